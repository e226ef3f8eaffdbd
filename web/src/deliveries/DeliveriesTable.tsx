import { Group, Text } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import type { Delivery } from '../api/types.ts';
import { isMail } from '../parts/channel.ts';
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
    label: 'Where',
    width: '190px',
    cell: (delivery) => <Foreign text={channelOf(delivery)} />,
  },
  {
    key: 'settled',
    label: 'Settled',
    width: '110px',
    cell: ({ settledAt }) => (settledAt ? <Time at={settledAt} /> : <span className="quiet">not yet</span>),
  },
];

/** In a column of its own: the address alone, without a sentence. */
const channelOf = ({ address, connectionName }: Delivery): string =>
  address === null ? (connectionName ?? 'Removed') : address || 'E-mail';

/** Columns that differ among those of one cause. */
const tellsApart = new Set(['alert', 'words', 'settled']);

/** Mails of one cause can go to several addresses. */
const columnsOfCause = (rows: readonly Delivery[]): Column<Delivery>[] =>
  columns.filter(({ key }) => tellsApart.has(key) || (key === 'connection' && rows.some(isMail)));

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
      columns={isOfCause ? columnsOfCause(rows) : columns}
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
  const { state, settledAt } = delivery;
  return (
    <>
      <AlertOf delivery={delivery} />
      <Text component="div" size="sm" className="quiet">
        <Words delivery={delivery} />
      </Text>
      <Group gap="xs" mt={4}>
        <StateBadge state={state} />
        <Text span size="sm" className="quiet">
          <Foreign text={channelOf(delivery)} />
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
