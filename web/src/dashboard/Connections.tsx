import { Badge, Group, Stack, Text, Title } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { type Column, DataTable } from '../parts/DataTable.tsx';
import { Foreign } from '../parts/Foreign.tsx';
import { counted, figure } from '../parts/figures.ts';
import { Time } from '../parts/Time.tsx';
import type { DashboardConnection, DashboardMail } from './queries.ts';

/** A way out: a PSA, or e-mail. */
type Way = DashboardConnection | (DashboardMail & { id: 'mail' });

const isPsa = (way: Way): way is DashboardConnection => 'status' in way;

const columnsOf = (span: string): Column<Way>[] => [
  {
    key: 'name',
    label: 'Connection',
    cell: (way) => (
      <>
        <Name way={way} />
        <Waits way={way} />
      </>
    ),
  },
  { key: 'state', label: 'State', cell: (way) => <State way={way} /> },
  { key: 'budget', label: 'Calls used', isNumber: true, cell: (way) => <Calls way={way} /> },
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

interface ConnectionsProps {
  connections: readonly DashboardConnection[];
  /** Null while no mail can leave. */
  mail: DashboardMail | null;
  span: string;
}

/** How each PSA is served, and e-mail. */
export function Connections({ connections, mail, span }: ConnectionsProps) {
  const navigate = useNavigate();
  const ways: Way[] = [...connections, ...(mail ? [{ ...mail, id: 'mail' as const }] : [])];
  const open = (way: Way) =>
    isPsa(way)
      ? navigate({ to: '/settings/psa/$connectionId', params: { connectionId: way.id } })
      : navigate({ to: '/settings/psa', search: {} });
  return (
    <Stack component="section" gap="sm" aria-labelledby="connections">
      <Title order={2} id="connections">
        Connections
      </Title>
      <DataTable
        label="Connections"
        rows={ways}
        columns={columnsOf(span)}
        idOf={({ id }) => id}
        onOpen={open}
        narrow={(way) => <TwoLines way={way} />}
        footer={counted(connections.length, 'PSA connection')}
      />
    </Stack>
  );
}

function Name({ way }: { way: Way }) {
  if (!isPsa(way)) {
    return (
      <Link to="/settings/psa" className="rowLink">
        E-mail
      </Link>
    );
  }
  return (
    <Link to="/settings/psa/$connectionId" params={{ connectionId: way.id }} className="rowLink">
      <Foreign text={way.name} />
    </Link>
  );
}

const statuses: Record<DashboardConnection['status'], { label: string; color: string }> = {
  active: { label: 'Active', color: 'green' },
  paused: { label: 'Paused', color: 'blue' },
  draft: { label: 'Not finished', color: 'gray' },
};

function State({ way }: { way: Way }) {
  const { health } = way;
  const status = isPsa(way) ? way.status : 'active';
  const { label, color } = statuses[status];
  return (
    <Group gap={6}>
      <Badge color={color} variant="light" radius="sm" size="sm" className={`state ${status}`}>
        {label}
      </Badge>
      {health.state === 'attention' ? (
        <Badge color="red" variant="light" radius="sm" size="sm" className="state failed">
          Needs a person
        </Badge>
      ) : (
        isPsa(way) &&
        way.waits?.for === 'away' && (
          <Badge color="orange" variant="light" radius="sm" size="sm" className="state uncertain">
            Does not answer
          </Badge>
        )
      )}
    </Group>
  );
}

/** Why it makes no calls now; what a person has to do says the list of what needs one. */
function Waits({ way }: { way: Way }) {
  if (!isPsa(way) || !way.waits || way.health.state === 'attention') return null;
  return (
    <Text size="sm" className="quiet">
      {way.waits.words}
    </Text>
  );
}

function Calls({ way }: { way: Way }) {
  return isPsa(way) ? <Budget budget={way.budget} /> : <span className="quiet">–</span>;
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

function TwoLines({ way }: { way: Way }) {
  const { waiting, oldestWaitingSince, delivered } = way;
  return (
    <>
      <Group justify="space-between" gap="xs">
        <Name way={way} />
        <State way={way} />
      </Group>
      <Waits way={way} />
      <Text size="sm" className="quiet" mt={4}>
        {figure(delivered)} delivered · {figure(waiting)} waiting
        {oldestWaitingSince && (
          <>
            {' '}
            since <Time at={oldestWaitingSince} />
          </>
        )}
        {isPsa(way) && (
          <>
            {' '}
            · calls: <Budget budget={way.budget} />
          </>
        )}
      </Text>
    </>
  );
}
