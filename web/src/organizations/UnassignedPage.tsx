import { Group, Text } from '@mantine/core';
import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useSession, whyNot } from '../api/session.ts';
import { ActionButton } from '../parts/ActionButton.tsx';
import { type Column, DataTable } from '../parts/DataTable.tsx';
import { Empty } from '../parts/Empty.tsx';
import { Foreign } from '../parts/Foreign.tsx';
import { Page } from '../parts/Page.tsx';
import { Time } from '../parts/Time.tsx';
import { AssignReference } from './AssignReference.tsx';
import { type UnassignedReference, unassignedQuery } from './queries.ts';
import { kindLabel } from './references.ts';
import { unassignedRoute } from './routes.ts';

/** References in alerts that lead to no organization (decision 22). */
export function UnassignedPage() {
  const { reference } = unassignedRoute.useSearch();
  const navigate = useNavigate({ from: '/organizations/unassigned' });
  const { role } = useSession();
  const forAdmins = whyNot(role, 'admin');
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useSuspenseInfiniteQuery(unassignedQuery);
  const rows = data.pages.flatMap(({ items }) => items);
  const open = (row: UnassignedReference) =>
    void navigate({ search: { reference: row.reference }, replace: true });
  return (
    <Page
      title="Unassigned"
      above={<Link to="/organizations">Organizations</Link>}
      intro="Alerts came with these references, and no organization has them. They are delivered all the same, to the catch-all account. Say once whose a reference is, and from then on its alerts belong there."
    >
      {rows.length === 0 ? (
        <Empty title="Nothing is unassigned">
          Every alert that came in belongs to an organization. When a sender names one that is not known here,
          it is listed on this page.
        </Empty>
      ) : (
        <DataTable
          label="Unassigned references"
          rows={rows}
          columns={columnsFor(forAdmins, open)}
          idOf={(row) => row.reference}
          {...(forAdmins === undefined && { onOpen: open })}
          narrow={(row) => <Line row={row} whyNot={forAdmins} onAssign={open} />}
          more={hasNextPage ? { isLoading: isFetchingNextPage, load: () => void fetchNextPage() } : undefined}
        />
      )}
      <AssignReference
        chosen={forAdmins === undefined ? rows.find((row) => row.reference === reference) : undefined}
        onClose={() => void navigate({ search: {}, replace: true })}
      />
    </Page>
  );
}

interface LineProps {
  row: UnassignedReference;
  whyNot: string | undefined;
  onAssign(row: UnassignedReference): void;
}

function Line({ row, whyNot, onAssign }: LineProps) {
  const { kind, value, source, alerts, lastSeenAt } = row;
  return (
    <Group justify="space-between" wrap="nowrap">
      <div>
        <Foreign text={value} />
        <Text size="sm" className="quiet">
          {kindLabel(kind)} from <Foreign text={source} /> · {alerts.toLocaleString('en')}{' '}
          {alerts === 1 ? 'alert' : 'alerts'} · <Time at={lastSeenAt} />
        </Text>
      </div>
      <ActionButton
        size="compact-sm"
        variant="default"
        flex="none"
        whyNot={whyNot}
        onClick={() => onAssign(row)}
      >
        Assign…
      </ActionButton>
    </Group>
  );
}

const columnsFor = (
  whyNot: string | undefined,
  onAssign: (row: UnassignedReference) => void,
): Column<UnassignedReference>[] => [
  {
    key: 'value',
    label: 'Reference',
    cell: ({ kind, value }) => (
      <>
        <Foreign text={value} />{' '}
        <Text span size="sm" className="quiet">
          {kindLabel(kind)}
        </Text>
      </>
    ),
  },
  { key: 'source', label: 'Source', cell: ({ source }) => <Foreign text={source} /> },
  { key: 'alerts', label: 'Alerts', isNumber: true, cell: ({ alerts }) => alerts.toLocaleString('en') },
  { key: 'seen', label: 'Last seen', isNumber: true, cell: ({ lastSeenAt }) => <Time at={lastSeenAt} /> },
  {
    key: 'assign',
    label: 'Whose is it?',
    isNumber: true,
    cell: (row) => (
      <ActionButton size="compact-sm" variant="default" whyNot={whyNot} onClick={() => onAssign(row)}>
        Assign…
      </ActionButton>
    ),
  },
];
