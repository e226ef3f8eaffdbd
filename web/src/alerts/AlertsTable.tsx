import { Group, Text } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { type Column, DataTable } from '../parts/DataTable.tsx';
import { Foreign } from '../parts/Foreign.tsx';
import { SeverityBadge } from '../parts/Severity.tsx';
import { visible } from '../parts/visible.ts';
import { Outcome } from './Outcome.tsx';
import type { ListedAlert } from './queries.ts';
import { ReceivedAt } from './ReceivedAt.tsx';

const columns: Column<ListedAlert>[] = [
  { key: 'time', label: 'Received', width: '145px', cell: (alert) => <ReceivedAt alert={alert} /> },
  {
    key: 'severity',
    label: 'Severity',
    width: '100px',
    cell: ({ severity }) => <SeverityBadge severity={severity} />,
  },
  {
    key: 'organization',
    label: 'Organization',
    cell: (alert) => (
      <span className="cut">
        <OrganizationOf alert={alert} />
      </span>
    ),
  },
  { key: 'title', label: 'Alert', cell: (alert) => <TitleOf alert={alert} /> },
  { key: 'subject', label: 'User or device', cell: (alert) => <SubjectOf alert={alert} /> },
  {
    key: 'outcome',
    label: 'Outcome',
    width: '230px',
    cell: ({ deliveries }) => <Outcome deliveries={deliveries} />,
  },
];

interface AlertsTableProps {
  alerts: readonly ListedAlert[];
  more: { isLoading: boolean; load(): void } | undefined;
}

/** Alerts, newest first; on a phone in two lines. */
export function AlertsTable({ alerts, more }: AlertsTableProps) {
  const navigate = useNavigate();
  return (
    <DataTable
      label="Alerts"
      rows={alerts}
      columns={columns}
      idOf={({ id }) => id}
      onOpen={({ id }) => navigate({ to: '/alerts/$alertId', params: { alertId: id } })}
      narrow={(alert) => <TwoLines alert={alert} />}
      more={more}
    />
  );
}

function TwoLines({ alert }: { alert: ListedAlert }) {
  return (
    <>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
        <TitleOf alert={alert} />
        <SeverityBadge severity={alert.severity} />
      </Group>
      <Group justify="space-between" gap="xs" mt={4}>
        <Text span size="sm" className="quiet">
          <ReceivedAt alert={alert} /> · <OrganizationOf alert={alert} />
        </Text>
        <Outcome deliveries={alert.deliveries} />
      </Group>
    </>
  );
}

function TitleOf({ alert: { id, title } }: { alert: ListedAlert }) {
  return (
    <Link to="/alerts/$alertId" params={{ alertId: id }} className="rowLink clamped">
      <Foreign text={title} />
    </Link>
  );
}

/** Who the alert is about, as the sender has said. */
function SubjectOf({ alert: { user, device } }: { alert: ListedAlert }) {
  const subject = user ?? device;
  if (subject === null) return <span className="quiet">–</span>;
  return (
    <span className="cut" title={visible(subject)}>
      <Foreign text={subject} />
    </span>
  );
}

function OrganizationOf({ alert: { organization, unassignedReference } }: { alert: ListedAlert }) {
  if (organization) return <Foreign text={organization.name} />;
  return <span className="quiet">{unassignedReference === null ? 'None named' : 'Unassigned'}</span>;
}
