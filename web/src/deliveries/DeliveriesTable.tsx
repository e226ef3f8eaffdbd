import { Group, Text } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import type { Delivery } from '../api/types.ts';
import { type Column, DataTable } from '../parts/DataTable.tsx';
import { Foreign } from '../parts/Foreign.tsx';
import { StateBadge } from '../parts/StateBadge.tsx';
import { Time } from '../parts/Time.tsx';
import { DeliveryWords } from './DeliveryWords.tsx';

const columns: Column<Delivery>[] = [
  { key: 'state', label: 'State', width: '100px', cell: ({ state }) => <StateBadge state={state} /> },
  { key: 'alert', label: 'Alert', width: '30%', cell: (delivery) => <AlertOf delivery={delivery} /> },
  { key: 'words', label: 'What became of it', cell: (delivery) => <Words delivery={delivery} /> },
  {
    key: 'connection',
    label: 'PSA connection',
    width: '140px',
    cell: ({ connectionName }) => <Foreign text={connectionName ?? 'Removed'} />,
  },
  {
    key: 'settled',
    label: 'Settled',
    width: '110px',
    cell: ({ settledAt }) => (settledAt ? <Time at={settledAt} /> : <span className="quiet">not yet</span>),
  },
];

/** Columns that differ among those of one cause. */
const tellsApart = new Set(['alert', 'words', 'settled']);

interface DeliveriesTableProps {
  label: string;
  rows: readonly Delivery[];
  /** All of them have the same cause: what they share is said above them. */
  isOfCause?: boolean;
  more: { isLoading: boolean; load(): void } | undefined;
}

/** Deliveries, each of which leads to its alert. */
export function DeliveriesTable({ label, rows, isOfCause, more }: DeliveriesTableProps) {
  const navigate = useNavigate();
  return (
    <DataTable
      label={label}
      rows={rows}
      columns={isOfCause ? columns.filter(({ key }) => tellsApart.has(key)) : columns}
      idOf={({ id }) => id}
      onOpen={({ alertId }) => navigate({ to: '/alerts/$alertId', params: { alertId } })}
      narrow={(delivery) => <TwoLines delivery={delivery} />}
      more={more}
    />
  );
}

function AlertOf({ delivery: { alertId, alertTitle } }: { delivery: Delivery }) {
  return (
    <Link to="/alerts/$alertId" params={{ alertId }} className="rowLink clamped">
      <Foreign text={alertTitle} />
    </Link>
  );
}

function Words({ delivery }: { delivery: Delivery }) {
  return (
    <span className="clamped">
      <DeliveryWords delivery={delivery} />
    </span>
  );
}

function TwoLines({ delivery }: { delivery: Delivery }) {
  const { state, connectionName, settledAt } = delivery;
  return (
    <>
      <AlertOf delivery={delivery} />
      <Text component="div" size="sm" className="quiet">
        <Words delivery={delivery} />
      </Text>
      <Group gap="xs" mt={4}>
        <StateBadge state={state} />
        <Text span size="sm" className="quiet">
          <Foreign text={connectionName ?? 'Removed'} />
          {settledAt && (
            <>
              {' · '}
              <Time at={settledAt} />
            </>
          )}
        </Text>
      </Group>
    </>
  );
}
