import './psa.css';
import { Group, Stack, Title } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useSession, whyNot } from '../../api/session.ts';
import { ActionButton } from '../../parts/ActionButton.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { EmailSection } from '../email/EmailSection.tsx';
import { SettingsPage } from '../SettingsPage.tsx';
import { ConnectionsTable } from './ConnectionsTable.tsx';
import { connectionsQuery } from './queries.ts';

/** How alerts can be delivered, for all organizations: the connections, and mail (req 9). */
export function PsaPage() {
  const { role } = useSession();
  const { data: connections } = useSuspenseQuery(connectionsQuery);
  const navigate = useNavigate();
  const add = (
    <ActionButton whyNot={whyNot(role, 'admin')} onClick={() => void navigate({ to: '/settings/psa/add' })}>
      + Add PSA
    </ActionButton>
  );
  return (
    <SettingsPage
      title="PSA & Email"
      intro="How alerts are delivered. Whether they are delivered is set on each organization."
    >
      <Stack component="section" aria-labelledby="psa" gap="sm">
        <Group justify="space-between">
          <Title order={2} id="psa">
            PSA
          </Title>
          {connections.length > 0 && add}
        </Group>
        {connections.length === 0 ? (
          <Empty title="No PSA is connected" action={add}>
            Alerts are accepted and kept, and none of them becomes a ticket yet. Connect the PSA that your
            tickets live in: credentials, accounts, ticket settings, and a test ticket. It takes about ten
            minutes.
          </Empty>
        ) : (
          <ConnectionsTable connections={connections} />
        )}
      </Stack>
      <EmailSection />
    </SettingsPage>
  );
}
