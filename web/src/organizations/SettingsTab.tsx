import { Alert, NativeSelect, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, Suspense, useState } from 'react';
import { ChangedMeanwhile, change } from '../api/change.ts';
import { getVersioned } from '../api/client.ts';
import { useSession, whyNot } from '../api/session.ts';
import type { Organization } from '../api/types.ts';
import { Foreign } from '../parts/Foreign.tsx';
import { Skeletons } from '../parts/Skeletons.tsx';
import { tellDone } from '../parts/tell.tsx';
import { connectionsQuery } from '../settings/psa/queries.ts';
import { DeliverySwitch } from './DeliverySwitch.tsx';
import { differencesIn } from './differences.ts';
import { organizationPath, organizationQuery } from './queries.ts';
import { OrganizationRecipients } from './recipients/OrganizationRecipients.tsx';
import { Outlook } from './recipients/Outlook.tsx';
import { outlookQuery } from './recipients/queries.ts';

/** Whether the workspace's delivery is used for this organization, and where its tickets go (req 10-20). */
export function SettingsTab({ organization }: { organization: Organization }) {
  const [reason, setReason] = useState('');
  const why = { reason: reason.trim(), onDone: () => setReason('') };
  return (
    <Stack gap="xl" maw={860}>
      <Section title="Delivery">
        <DeliverySwitch
          organization={organization}
          name="enabled"
          {...why}
          description="Whether anything of this organization goes out: tickets and e-mail."
        />
        <Stack gap="sm" className="finer">
          <DeliverySwitch
            organization={organization}
            name="tickets"
            {...why}
            description="Its alerts become tickets."
          />
          <DeliverySwitch
            organization={organization}
            name="email"
            {...why}
            description="Its alerts are mailed, to the global recipients and to its own below."
          />
        </Stack>
        <Reason value={reason} onChange={setReason} />
        <Text size="sm" className="quiet">
          This decides about delivery only. Alerts are still made, investigated and answered when it is off.
          To have fewer alerts, use the power filters or the application settings where they are made.
        </Text>
        <Stack gap="xs" mt="xs" component="section" aria-labelledby="now">
          <Title order={3} id="now">
            What would happen right now
          </Title>
          <Meaning organization={organization} />
          <Suspense fallback={<Skeletons rows={3} />}>
            <Outlook organization={organization} />
          </Suspense>
        </Stack>
      </Section>
      <Section title="Additional recipients">
        <Suspense fallback={<Skeletons rows={2} />}>
          <OrganizationRecipients organization={organization} />
        </Suspense>
      </Section>
      <Section title="Ticket target">
        <Target organization={organization} {...why} />
        <Account organization={organization} />
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

/** Why something is changed; the switches and the target send it along. */
function Reason({ value, onChange }: { value: string; onChange(text: string): void }) {
  const { role } = useSession();
  if (whyNot(role, 'admin') !== undefined) return null;
  return (
    <TextInput
      label="Why (optional)"
      description="Write it before you turn a switch or move the ticket target: it stands in the audit with that change."
      maw={560}
      maxLength={500}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** What the settings come to now. */
function Meaning({ organization }: { organization: Organization }) {
  const { data: outlook } = useQuery(outlookQuery(organization.id));
  const isMailed = outlook?.some(({ mail }) => mail.kind === 'goes') ?? false;
  const kinds = outlook?.map(({ ticket }) => ticket.kind) ?? ['goes'];
  const tickets = (['goes', 'held'] as const).find((kind) => kinds.includes(kind)) ?? 'none';
  const isDelivering = organization.hint === null && ((isOn(organization) && tickets === 'goes') || isMailed);
  return (
    <Alert color={isDelivering ? 'green' : 'gray'} variant="light" role="status">
      <Sentence organization={organization} tickets={tickets} />
      {isMailed && ' Mail about them goes out as shown below.'}
    </Alert>
  );
}

const isOn = ({ delivery, ticketTarget }: Organization): boolean =>
  delivery.enabled && delivery.tickets && ticketTarget !== null;

interface SentenceProps {
  organization: Organization;
  /** `held`: no severity gets one now, and some do later. */
  tickets: 'goes' | 'held' | 'none';
}

function Sentence({ organization: { delivery, hint, ticketTarget }, tickets }: SentenceProps) {
  if (hint !== null) return hint;
  if (!delivery.enabled) return 'Nothing goes out for this organization. Its alerts are kept and shown here.';
  if (!delivery.tickets)
    return 'No tickets are made for this organization. Its alerts are kept and shown here.';
  if (!ticketTarget)
    return 'There is no active connection for its tickets yet. Its alerts are kept and shown here.';
  const { connectionName, accountName, accountId, isCatchAll } = ticketTarget;
  if (tickets === 'none') return `No severity becomes a ticket in ${connectionName} now.`;
  return (
    <>
      {tickets === 'held'
        ? `Tickets are held now. Once ${connectionName} takes them again, they go to the account `
        : `New alerts become tickets in ${connectionName}, at the account `}
      <strong>
        <Foreign text={accountName ?? accountId} />
      </strong>
      {isCatchAll ? ' (the catch-all, because this organization is not mapped).' : '.'}
    </>
  );
}

/** The account that its tickets go to, and where that is decided. */
function Account({ organization: { name, ticketTarget } }: { organization: Organization }) {
  if (!ticketTarget) return null;
  const { connectionId, connectionName, accountName, accountId, isCatchAll } = ticketTarget;
  return (
    <Text size="sm">
      In {connectionName} they go to <Foreign text={accountName ?? accountId} />
      {isCatchAll ? ', the catch-all, because it is not mapped.' : ', to which it is mapped.'}{' '}
      <Link to="/settings/psa/$connectionId" params={{ connectionId }} search={{ step: 'accounts', q: name }}>
        {isCatchAll ? 'Map it to an account' : 'Change the mapping'}
      </Link>
    </Text>
  );
}

interface TargetProps {
  organization: Organization;
  /** Why it is moved, for the audit. */
  reason: string;
  onDone(): void;
}

function Target({ organization, reason, onDone }: TargetProps) {
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
      onChange={(event) =>
        move.mutate(
          { organization, connectionId: event.currentTarget.value || null, reason },
          { onSuccess: onDone },
        )
      }
    />
  );
}

function useTarget() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({
      organization,
      connectionId,
      reason,
    }: {
      organization: Organization;
      connectionId: string | null;
      reason: string;
    }) => {
      const path = organizationPath(organization.id);
      const shown = await getVersioned<Organization>(path);
      const differences = differencesIn('connectionId')(organization, shown.value);
      if (differences.length > 0) throw new ChangedMeanwhile(differences, shown);
      return change(path, shown, { connectionId }, differencesIn('connectionId'), reason);
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
