import { Group, Text } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useSession, whyNot } from '../../api/session.ts';
import type { Organization } from '../../api/types.ts';
import { ActionButton } from '../../parts/ActionButton.tsx';
import { recipientsQuery } from '../../settings/email/queries.ts';
import { RecipientTable } from '../../settings/email/recipients/RecipientTable.tsx';
import { organizationRoute } from '../routes.ts';
import '../../settings/email/email.css';

/** Those who get the alerts of this organization only, besides the global recipients (req 21–25). */
export function OrganizationRecipients({ organization: { id, name } }: { organization: Organization }) {
  const { role } = useSession();
  const { recipient } = organizationRoute.useSearch();
  const navigate = useNavigate({ from: '/organizations/$organizationId' });
  const list = { organizationId: id };
  const open = (opened: string | undefined) =>
    void navigate({
      search: { tab: 'settings', ...(opened && { recipient: opened }) },
      replace: true,
      resetScroll: false,
    });
  return (
    <>
      <Group justify="space-between" align="flex-start" gap="sm">
        <Text size="sm" className="quiet" maw={560}>
          They get the alerts of this organization only, besides the{' '}
          <Link to="/settings/psa">global recipients</Link>, never instead of them.
        </Text>
        <ActionButton variant="default" whyNot={whyNot(role, 'admin')} onClick={() => open('new')}>
          + Add Email
        </ActionButton>
      </Group>
      <RecipientTable
        label="Additional recipients"
        query={recipientsQuery(list)}
        list={list}
        organizationName={name}
        opened={recipient}
        onOpen={open}
        empty={<Text size="sm">Nobody is mailed about this organization alone.</Text>}
      />
    </>
  );
}
