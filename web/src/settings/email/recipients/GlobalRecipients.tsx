import { Group, Stack, Text } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useSession, whyNot } from '../../../api/session.ts';
import { ActionButton } from '../../../parts/ActionButton.tsx';
import { Empty } from '../../../parts/Empty.tsx';
import { psaRoute } from '../../routes.ts';
import { recipientsQuery } from '../queries.ts';
import { RecipientTable } from './RecipientTable.tsx';

const list = { organizationId: null } as const;

/** Those who get the alerts of all organizations (req 109–111). */
export function GlobalRecipients() {
  const { role } = useSession();
  const { recipient } = psaRoute.useSearch();
  const navigate = useNavigate({ from: '/settings/psa' });
  const open = (id: string | undefined) =>
    void navigate({ search: id === undefined ? {} : { recipient: id }, replace: true, resetScroll: false });
  const add = (
    <ActionButton variant="default" whyNot={whyNot(role, 'admin')} onClick={() => open('new')}>
      + Add Email
    </ActionButton>
  );
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Text className="quiet" maw={640}>
          Global recipients get the alerts of all organizations whose e-mail is on. Recipients of single
          organizations are on the page of the organization.{' '}
          <Link to="/settings/psa/recipients">All recipients</Link>
        </Text>
        {add}
      </Group>
      <RecipientTable
        label="Global recipients"
        query={recipientsQuery(list)}
        list={list}
        opened={recipient}
        onOpen={open}
        empty={
          <Empty title="Nobody is mailed about all organizations">
            Add the addresses that shall hear of the alerts of every organization, for example that of your
            service desk. Each one can be limited to some severities.
          </Empty>
        }
      />
    </Stack>
  );
}
