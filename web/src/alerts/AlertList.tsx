import { Button } from '@mantine/core';
import { useQuery, useQueryClient, useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { NothingFits } from '../parts/NothingFits.tsx';
import { AlertsTable } from './AlertsTable.tsx';
import { standStill } from './newer.ts';
import { type AlertFilter, alertsQuery, newestAlertsQuery } from './queries.ts';

/** More than a page of new ones is not counted. */
const mostNewer = 50;

/** The alerts of a filter, page by page; those that come meanwhile wait behind a button. */
export function AlertList({ filter }: { filter: AlertFilter }) {
  const client = useQueryClient();
  const { data, fetchNextPage, hasNextPage, isFetchingNextPage } = useSuspenseInfiniteQuery(
    alertsQuery(filter),
  );
  const { data: newest } = useQuery(newestAlertsQuery(filter));
  const shown = data.pages.flatMap(({ items }) => items);
  const { rows, newer } = standStill(shown, newest?.items ?? []);
  const showNewer = async () => {
    await client.resetQueries({ queryKey: alertsQuery(filter).queryKey });
    window.scrollTo({ top: 0 });
  };
  return (
    <>
      <div role="status" className="newer">
        {newer > 0 && (
          <Button variant="light" size="compact-sm" radius="xl" onClick={showNewer}>
            {newerWords(newer)}
          </Button>
        )}
      </div>
      {rows.length === 0 ? (
        <Nothing />
      ) : (
        <AlertsTable
          alerts={rows}
          more={hasNextPage ? { isLoading: isFetchingNextPage, load: () => void fetchNextPage() } : undefined}
        />
      )}
    </>
  );
}

function newerWords(newer: number): string {
  if (newer === 1) return '1 newer alert';
  return newer >= mostNewer ? `${mostNewer} or more newer alerts` : `${newer} newer alerts`;
}

function Nothing() {
  return <NothingFits what="alert" all={<Link to="/alerts">Show all alerts</Link>} />;
}
