import { Group, Tabs } from '@mantine/core';
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { send, type Versioned } from '../api/client.ts';
import { useSession, whyNot } from '../api/session.ts';
import type { Organization } from '../api/types.ts';
import { ActionButton } from '../parts/ActionButton.tsx';
import { useConfirm } from '../parts/confirm.tsx';
import { Page } from '../parts/Page.tsx';
import { tellDone } from '../parts/tell.tsx';
import { GeneralTab } from './GeneralTab.tsx';
import { organizationPath, organizationQuery } from './queries.ts';
import { organizationRoute, organizationTabs } from './routes.ts';
import { SettingsTab } from './SettingsTab.tsx';

const tabLabels: Record<(typeof organizationTabs)[number], string> = {
  general: 'General',
  settings: 'Settings',
};

/** One organization: what it is called and by whom, and whether anything is delivered for it. */
export function OrganizationPage() {
  const { organizationId } = organizationRoute.useParams();
  const { tab = 'general' } = organizationRoute.useSearch();
  const navigate = useNavigate({ from: '/organizations/$organizationId' });
  const { data: shown } = useSuspenseQuery(organizationQuery(organizationId));
  return (
    <Page
      title={shown.value.name}
      above={<Link to="/organizations">Organizations</Link>}
      actions={<Remove shown={shown} />}
    >
      <Tabs
        value={tab}
        onChange={(next) =>
          navigate({ search: next === 'settings' ? { tab: 'settings' } : {}, replace: true })
        }
      >
        <Tabs.List mb="lg">
          {organizationTabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {tabLabels[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="general">
          <GeneralTab key={organizationId} shown={shown} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <SettingsTab organization={shown.value} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Remove({ shown: { value, etag } }: { shown: Versioned<Organization> }) {
  const { role } = useSession();
  const confirm = useConfirm();
  const navigate = useNavigate();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: (reason: string | undefined) =>
      send('DELETE', organizationPath(value.id), { ifMatch: etag, reason }),
    onSuccess: async () => {
      await navigate({ to: '/organizations', search: {} });
      client.removeQueries({ queryKey: organizationQuery(value.id).queryKey });
      await client.invalidateQueries({ queryKey: ['organizations'] });
      tellDone(`${value.name} was removed.`);
    },
  });
  const ask = async () => {
    const answer = await confirm({
      title: `Remove ${value.name}?`,
      text: `Its ${countOf(value.externalRefs.length)} and its mappings to accounts go with it. Its alerts stay. New alerts that carry these references count as unassigned: they go to the catch-all account.`,
      action: 'Remove',
      isDangerous: true,
      reason: 'optional',
    });
    if (answer) remove.mutate(answer.reason);
  };
  return (
    <Group>
      <ActionButton
        variant="default"
        whyNot={whyNot(role, 'admin')}
        loading={remove.isPending}
        onClick={() => void ask()}
      >
        Remove…
      </ActionButton>
    </Group>
  );
}

const countOf = (count: number): string => (count === 1 ? 'reference' : `${count} references`);
