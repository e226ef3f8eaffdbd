import { Badge, Group, Stack, Text, Title } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { type Column, DataTable } from '../parts/DataTable.tsx';
import { Foreign } from '../parts/Foreign.tsx';
import { Time } from '../parts/Time.tsx';
import type { DashboardConnection } from './queries.ts';
import { counted, figure } from './words.ts';

const columnsOf = (span: string): Column<DashboardConnection>[] => [
  { key: 'name', label: 'PSA connection', cell: (connection) => <Name connection={connection} /> },
  { key: 'state', label: 'State', cell: (connection) => <State connection={connection} /> },
  { key: 'budget', label: 'Calls used', isNumber: true, cell: ({ budget }) => <Budget budget={budget} /> },
  {
    key: 'delivered',
    label: `Delivered in ${span}`,
    isNumber: true,
    cell: ({ delivered }) => figure(delivered),
  },
  { key: 'waiting', label: 'Waiting', isNumber: true, cell: ({ waiting }) => figure(waiting) },
  {
    key: 'oldest',
    label: 'Oldest waiting',
    isNumber: true,
    cell: ({ oldestWaitingSince: at }) => (at ? <Time at={at} /> : <span className="quiet">–</span>),
  },
];

/** How each PSA is served. */
export function Connections({
  connections,
  span,
}: {
  connections: readonly DashboardConnection[];
  span: string;
}) {
  const navigate = useNavigate();
  return (
    <Stack component="section" gap="sm" aria-labelledby="connections">
      <Title order={2} id="connections">
        PSA connections
      </Title>
      <DataTable
        label="PSA connections"
        rows={connections}
        columns={columnsOf(span)}
        idOf={({ id }) => id}
        onOpen={({ id }) => navigate({ to: '/settings/psa/$connectionId', params: { connectionId: id } })}
        narrow={(connection) => <TwoLines connection={connection} />}
        footer={counted(connections.length, 'connection')}
      />
    </Stack>
  );
}

function Name({ connection: { id, name } }: { connection: DashboardConnection }) {
  return (
    <Link to="/settings/psa/$connectionId" params={{ connectionId: id }} className="rowLink">
      <Foreign text={name} />
    </Link>
  );
}

const statuses: Record<DashboardConnection['status'], { label: string; color: string }> = {
  active: { label: 'Active', color: 'green' },
  paused: { label: 'Paused', color: 'blue' },
  draft: { label: 'Not finished', color: 'gray' },
};

function State({ connection: { status, health } }: { connection: DashboardConnection }) {
  const { label, color } = statuses[status];
  return (
    <Group gap={6} wrap="nowrap">
      <Badge color={color} variant="light" radius="sm" size="sm" className={`state ${status}`}>
        {label}
      </Badge>
      {health.state === 'attention' && (
        <Badge color="red" variant="light" radius="sm" size="sm" className="state failed">
          Needs a person
        </Badge>
      )}
    </Group>
  );
}

/** Ours and those of other tools, of what the PSA allows all of them together. */
function Budget({ budget }: { budget: DashboardConnection['budget'] }) {
  if (!budget) return <span className="quiet">none yet</span>;
  const { used, others, quota } = budget;
  return (
    <>
      {figure(used)} ours
      {others !== null && `, ${figure(others)} others`} <span className="quiet">of {figure(quota)}</span>
    </>
  );
}

function TwoLines({ connection }: { connection: DashboardConnection }) {
  const { waiting, oldestWaitingSince, budget, delivered } = connection;
  return (
    <>
      <Group justify="space-between" gap="xs">
        <Name connection={connection} />
        <State connection={connection} />
      </Group>
      <Text size="sm" className="quiet" mt={4}>
        {figure(delivered)} delivered · {figure(waiting)} waiting
        {oldestWaitingSince && (
          <>
            {' '}
            since <Time at={oldestWaitingSince} />
          </>
        )}{' '}
        · calls: <Budget budget={budget} />
      </Text>
    </>
  );
}
