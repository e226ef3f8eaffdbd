import { Badge, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Connection } from '../../api/types.ts';
import { type Column, DataTable } from '../../parts/DataTable.tsx';
import { Foreign } from '../../parts/Foreign.tsx';
import { Budget } from './Budget.tsx';
import { ConnectionMenu } from './ConnectionMenu.tsx';
import { Health } from './Health.tsx';
import { StatusControl } from './StatusControl.tsx';

/** All connections: what they are, whether they send, how they are, and what waits. */
export function ConnectionsTable({ connections }: { connections: readonly Connection[] }) {
  return (
    <DataTable
      label="Connections"
      rows={connections}
      columns={columns}
      idOf={({ id }) => id}
      narrow={(connection) => <Narrow connection={connection} />}
    />
  );
}

const columns: Column<Connection>[] = [
  { key: 'name', label: 'Name', cell: (connection) => <Name connection={connection} /> },
  { key: 'psa', label: 'PSA', cell: ({ label }) => label },
  { key: 'status', label: 'Status', cell: (connection) => <StatusControl connection={connection} /> },
  { key: 'health', label: 'Health', cell: (connection) => <Health connection={connection} /> },
  { key: 'budget', label: 'Calls', cell: ({ budget }) => <Budget budget={budget} />, width: '170px' },
  { key: 'waiting', label: 'Waiting', isNumber: true, cell: (one) => <Count one={one} of="waiting" /> },
  { key: 'held', label: 'Held', isNumber: true, cell: (one) => <Count one={one} of="held" /> },
  { key: 'menu', label: '', width: '40px', cell: (connection) => <ConnectionMenu connection={connection} /> },
];

function Name({ connection: { id, name, isDefault, status } }: { connection: Connection }) {
  return (
    <Group gap={8}>
      <Link
        to="/settings/psa/$connectionId"
        params={{ connectionId: id }}
        search={status === 'draft' ? {} : { step: 'finish' }}
      >
        <Foreign text={name} />
      </Link>
      {isDefault && (
        <Badge
          variant="outline"
          color="gray"
          radius="sm"
          size="sm"
          title="Organizations go here unless another one is chosen for them"
        >
          Default
        </Badge>
      )}
    </Group>
  );
}

const states = { waiting: 'pending', held: 'held' } as const;

function Count({ one, of }: { one: Connection; of: keyof typeof states }) {
  const count = one.counts[of];
  if (count === 0) return <span className="quiet">0</span>;
  return (
    <Link to="/deliveries" search={{ connectionId: one.id, state: states[of] }}>
      {count.toLocaleString('en')}
      <span className="unseen"> {of}</span>
    </Link>
  );
}

function Narrow({ connection }: { connection: Connection }) {
  const { label, counts, budget, status } = connection;
  return (
    <Stack gap={6}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Stack gap={0}>
          <Name connection={connection} />
          <Text size="sm" className="quiet">
            {label}
          </Text>
        </Stack>
        <ConnectionMenu connection={connection} />
      </Group>
      <StatusControl connection={connection} />
      <Health connection={connection} />
      {status !== 'draft' && (
        <Text size="sm">
          {counts.waiting} waiting, {counts.held} held
        </Text>
      )}
      {budget && <Budget budget={budget} />}
    </Stack>
  );
}
