import { Text } from '@mantine/core';
import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { AuditEntry } from '../api/types.ts';
import { type Column, DataTable } from '../parts/DataTable.tsx';
import { Empty } from '../parts/Empty.tsx';
import { Foreign } from '../parts/Foreign.tsx';
import { NothingFits } from '../parts/NothingFits.tsx';
import { Time } from '../parts/Time.tsx';
import { type AuditFilter, entriesQuery } from './queries.ts';
import { Did, Who } from './words.tsx';

const columns: Column<AuditEntry>[] = [
  { key: 'when', label: 'When', width: '110px', cell: ({ at }) => <Time at={at} /> },
  { key: 'who', label: 'Who', width: '220px', cell: (entry) => <Who entry={entry} /> },
  { key: 'what', label: 'What', cell: (entry) => <What entry={entry} /> },
  {
    key: 'where',
    label: 'From where',
    width: '140px',
    cell: ({ address }) => <span className="quiet">{address ?? 'Herald itself'}</span>,
  },
];

/** Entries of a filter, newest first. */
export function EntryList({ filter }: { filter: AuditFilter }) {
  const { data, fetchNextPage, hasNextPage, isFetchingNextPage } = useSuspenseInfiniteQuery(
    entriesQuery(filter),
  );
  const navigate = useNavigate({ from: '/audit' });
  const rows = data.pages.flatMap(({ items }) => items);
  if (rows.length === 0) return <Nothing isFiltered={Object.keys(filter).length > 0} />;
  return (
    <DataTable
      label="Entries of the audit"
      rows={rows}
      columns={columns}
      idOf={({ n }) => String(n)}
      onOpen={({ n }) =>
        void navigate({ search: (now) => ({ ...now, entry: String(n) }), resetScroll: false })
      }
      narrow={(entry) => (
        <>
          <What entry={entry} />
          <Text size="sm" className="quiet">
            <Who entry={entry} /> · <Time at={entry.at} />
          </Text>
        </>
      )}
      more={hasNextPage ? { isLoading: isFetchingNextPage, load: () => void fetchNextPage() } : undefined}
    />
  );
}

/** What was done, how much differs, and why. */
function What({ entry }: { entry: AuditEntry }) {
  const { changes, reason } = entry;
  const first = changes[0];
  return (
    <>
      <Did entry={entry} />
      {first && changes.length === 1 && (
        <span className="quiet">
          {' '}
          · <Foreign text={`${first.field}: ${first.before ?? 'nothing'} → ${first.after ?? 'nothing'}`} />
        </span>
      )}
      {changes.length > 1 && <span className="quiet"> · {changes.length} values</span>}
      {reason && (
        <div className="quiet">
          “<Foreign text={reason} />”
        </div>
      )}
    </>
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) {
    return <NothingFits what="entry" all={<Link to="/audit">Show all entries</Link>} />;
  }
  return (
    <Empty title="Nothing has been changed yet">
      Each change of a setting, each retry and each discard will stand here: who did it, from where, what it
      was before and after, and why. It begins when you <Link to="/settings">set something up</Link>.
    </Empty>
  );
}
