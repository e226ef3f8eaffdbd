import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Empty } from '../parts/Empty.tsx';
import { NothingFits } from '../parts/NothingFits.tsx';
import { DeliveriesTable } from './DeliveriesTable.tsx';
import { type DeliveryFilter, deliveriesQuery } from './queries.ts';

/** Deliveries of a filter, newest first. */
export function AllDeliveries({ filter }: { filter: DeliveryFilter }) {
  const { data, fetchNextPage, hasNextPage, isFetchingNextPage } = useSuspenseInfiniteQuery(
    deliveriesQuery(filter),
  );
  const rows = data.pages.flatMap(({ items }) => items);
  if (rows.length === 0) return <Nothing isFiltered={Object.keys(filter).length > 0} />;
  return (
    <DeliveriesTable
      label={filter.causeId ? 'Deliveries of this cause' : 'All deliveries'}
      isOfCause={filter.causeId !== undefined}
      rows={rows}
      more={hasNextPage ? { isLoading: isFetchingNextPage, load: () => void fetchNextPage() } : undefined}
    />
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) {
    return <NothingFits what="delivery" all={<Link to="/deliveries">Show all deliveries</Link>} />;
  }
  return (
    <Empty title="Nothing has been delivered yet">
      A delivery is one alert on its way to a PSA, or to a recipient of e-mail. The first one comes with the
      first alert, once <Link to="/settings/psa">a PSA is connected, or e-mail is set up</Link>.
    </Empty>
  );
}
