import { Alert, NativeSelect, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ChangedMeanwhile, change } from '../api/change.ts';
import { getVersioned } from '../api/client.ts';
import { useSession, whyNot } from '../api/session.ts';
import type { Organization } from '../api/types.ts';
import { Foreign } from '../parts/Foreign.tsx';
import { tellDone } from '../parts/tell.tsx';
import { connectionsQuery } from '../settings/psa/queries.ts';
import { DeliverySwitch } from './DeliverySwitch.tsx';
import { differencesIn } from './differences.ts';
import { organizationPath, organizationQuery } from './queries.ts';

/** Whether the workspace's delivery is used for this organization, and where its tickets go (req 10-20). */
export function SettingsTab({ organization }: { organization: Organization }) {
  return (
    <Stack gap="xl" maw={760}>
      <Section title="Delivery">
        <DeliverySwitch
          organization={organization}
          name="enabled"
          description="Whether anything of this organization goes out: tickets and e-mail."
        />
        <Stack gap="sm" className="finer">
          <DeliverySwitch
            organization={organization}
            name="tickets"
            description="Its alerts become tickets."
          />
          <DeliverySwitch
            organization={organization}
            name="email"
            description="Its alerts are mailed. This version delivers tickets only."
          />
        </Stack>
        <Meaning organization={organization} />
        <Text size="sm" className="quiet">
          This decides about delivery only. Alerts are still made, investigated and answered when it is off.
          To have fewer alerts, use the power filters or the application settings where they are made.
        </Text>
      </Section>
      <Section title="Ticket target">
        <Target organization={organization} />
      </Section>
    </Stack>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack gap="sm" component="section">
      <Title order={2}>{title}</Title>
      {children}
    </Stack>
  );
}

/** What the settings come to now. */
function Meaning({ organization }: { organization: Organization }) {
  const isDelivering = isOn(organization) && organization.hint === null;
  return (
    <Alert color={isDelivering ? 'green' : 'gray'} variant="light" role="status" title="Right now">
      <Sentence organization={organization} />
    </Alert>
  );
}

const isOn = ({ delivery, ticketTarget }: Organization): boolean =>
  delivery.enabled && delivery.tickets && ticketTarget !== null;

function Sentence({ organization: { delivery, hint, ticketTarget } }: { organization: Organization }) {
  if (hint !== null) return hint;
  if (!delivery.enabled) return 'Nothing goes out for this organization. Its alerts are kept and shown here.';
  if (!delivery.tickets)
    return 'No tickets are made for this organization. Its alerts are kept and shown here.';
  if (!ticketTarget)
    return 'There is no active connection for its tickets yet. Its alerts are kept and shown here.';
  const { connectionName, accountName, accountId, isCatchAll } = ticketTarget;
  return (
    <>
      New alerts become tickets in {connectionName}, at the account{' '}
      <strong>
        <Foreign text={accountName ?? accountId} />
      </strong>
      {isCatchAll ? ' (the catch-all, because this organization is not mapped).' : '.'}
    </>
  );
}

function Target({ organization }: { organization: Organization }) {
  const { role } = useSession();
  const { data: connections } = useSuspenseQuery(connectionsQuery);
  const move = useTarget();
  const usual = connections.find(({ isDefault }) => isDefault);
  const forAdmins = whyNot(role, 'admin');
  return (
    <NativeSelect
      label="PSA connection that gets its tickets"
      description={
        forAdmins ?? 'Tickets that exist stay where they are; what comes next goes to the new one.'
      }
      maw={420}
      disabled={forAdmins !== undefined || move.isPending}
      value={organization.connectionId ?? ''}
      data={[
        { value: '', label: usual ? `The default one (${usual.name})` : 'The default one' },
        ...connections.map(({ id, name, status }) => ({
          value: id,
          label: status === 'draft' ? `${name} (not finished)` : name,
        })),
      ]}
      onChange={(event) => move.mutate({ organization, connectionId: event.currentTarget.value || null })}
    />
  );
}

function useTarget() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({
      organization,
      connectionId,
    }: {
      organization: Organization;
      connectionId: string | null;
    }) => {
      const path = organizationPath(organization.id);
      const shown = await getVersioned<Organization>(path);
      const differences = differencesIn('connectionId')(organization, shown.value);
      if (differences.length > 0) throw new ChangedMeanwhile(differences, shown);
      return change(path, shown, { connectionId }, differencesIn('connectionId'));
    },
    onSuccess: (now) => {
      client.setQueryData(organizationQuery(now.value.id).queryKey, now);
      const { name, ticketTarget } = now.value;
      tellDone(
        `Tickets of ${name} go to ${ticketTarget?.connectionName ?? 'that connection, once it is active'}.`,
      );
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['organizations'] }),
  });
}
