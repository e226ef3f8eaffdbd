/** The columns of the list of organizations, and its lines on a phone. */
import { Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Organization } from '../api/types.ts';
import type { Column } from '../parts/DataTable.tsx';
import { Foreign } from '../parts/Foreign.tsx';
import { Time } from '../parts/Time.tsx';
import { DeliverySwitch } from './DeliverySwitch.tsx';

/** So many references are named; the others are counted. */
const mostNamed = 2;

export const organizationColumns: Column<Organization>[] = [
  { key: 'name', label: 'Organization', cell: (row) => <Name row={row} /> },
  { key: 'refs', label: 'References', cell: (row) => <References row={row} /> },
  { key: 'account', label: 'Account in the PSA', cell: (row) => <Accounts row={row} /> },
  {
    key: 'enabled',
    label: 'PSA & email',
    cell: (row) => <DeliverySwitch organization={row} name="enabled" />,
  },
  { key: 'tickets', label: 'Tickets', cell: (row) => <DeliverySwitch organization={row} name="tickets" /> },
  { key: 'email', label: 'E-mail', cell: (row) => <DeliverySwitch organization={row} name="email" /> },
  {
    key: 'alerts',
    label: 'Alerts, 7 days',
    isNumber: true,
    cell: ({ alerts7d }) => alerts7d.toLocaleString('en'),
  },
  { key: 'delivered', label: 'Last delivered', isNumber: true, cell: (row) => <Delivered row={row} /> },
];

export function OrganizationLine({ row }: { row: Organization }) {
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap">
        <Name row={row} />
        <DeliverySwitch organization={row} name="enabled" />
      </Group>
      <Group justify="space-between" wrap="nowrap" gap="sm" className="quiet">
        <Accounts row={row} />
        <Text span size="sm" flex="none">
          {row.alerts7d.toLocaleString('en')} in 7 days
        </Text>
      </Group>
    </Stack>
  );
}

function Name({ row: { id, name } }: { row: Organization }) {
  return (
    <Link to="/organizations/$organizationId" params={{ organizationId: id }} className="rowName">
      <Foreign text={name} />
    </Link>
  );
}

function References({ row: { externalRefs } }: { row: Organization }) {
  if (externalRefs.length === 0)
    return (
      <Text span size="sm" className="quiet">
        None: no alert finds it
      </Text>
    );
  const named = externalRefs.slice(0, mostNamed).map(({ value }) => value);
  const others = externalRefs.length - named.length;
  return (
    <Text span size="sm" className="quiet">
      <Foreign text={named.join(', ')} />
      {others > 0 && ` and ${others} more`}
    </Text>
  );
}

/** The account that gets its tickets, and those that it is mapped to in other connections. */
function Accounts({ row: { accounts, ticketTarget, connectionId: ownTarget } }: { row: Organization }) {
  const others = accounts.filter(
    ({ connectionId, isCatchAll }) => connectionId !== ticketTarget?.connectionId && !isCatchAll,
  );
  const shown = ticketTarget ? [ticketTarget, ...others] : others;
  // The default connection goes without saying.
  const isNamed = (connectionId: string) =>
    accounts.length > 1 && (ownTarget !== null || connectionId !== ticketTarget?.connectionId);
  if (shown.length === 0)
    return (
      <Text span size="sm" className="quiet">
        No connection yet
      </Text>
    );
  return (
    <Stack gap={0}>
      {shown.map(({ connectionId, connectionName, accountId, accountName, isCatchAll }) => (
        <Text key={connectionId} span size="sm" className={isCatchAll ? 'quiet' : ''}>
          {isCatchAll && 'Not mapped: '}
          <Foreign text={accountName ?? accountId} />
          {isNamed(connectionId) && <span className="quiet"> in {connectionName}</span>}
        </Text>
      ))}
    </Stack>
  );
}

function Delivered({ row: { lastDeliveredAt } }: { row: Organization }) {
  return lastDeliveredAt ? <Time at={lastDeliveredAt} /> : <span className="quiet">Never</span>;
}
