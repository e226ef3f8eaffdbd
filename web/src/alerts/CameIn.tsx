import { Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Foreign } from '../parts/Foreign.tsx';
import { OutLink } from '../parts/OutLink.tsx';
import { Time } from '../parts/Time.tsx';
import { AsReceived } from './AsReceived.tsx';
import { flagInWords } from './flags.ts';
import type { WholeAlert } from './queries.ts';

/** What came in: the fields that one reads, then everything as it was sent. */
export function CameIn({ alert: whole }: { alert: WholeAlert }) {
  const { alert, flags } = whole;
  return (
    <Stack component="section" gap="md" aria-labelledby="came-in">
      <Title order={2} id="came-in">
        What came in
      </Title>
      {flags.length > 0 && (
        <ul className="remarks">
          {flags.map((flag) => (
            <li key={flag}>{flagInWords(flag)}</li>
          ))}
        </ul>
      )}
      <Subject whole={whole} />
      <LongText title="Description" text={alert.description} />
      <LongText title="Recommended by the sender" text={alert.recommendedAction} />
      <Events events={alert.events} />
      <Labels labels={alert.labels} />
      <AsReceived alertId={whole.id} />
    </Stack>
  );
}

function Subject({ whole }: { whole: WholeAlert }) {
  const { alert } = whole;
  return (
    <dl className="facts">
      <Fact name="Organization">
        <OrganizationOf whole={whole} />
      </Fact>
      <TextFact name="User" text={together(alert.user?.name, alert.user?.email)} />
      <TextFact name="Device" text={together(alert.device?.name, alert.device?.ip)} />
      <TextFact name="Application" text={alert.application} />
      <TextFact name="IP address" text={alert.ip} />
      <TextFact name="Location" text={together(alert.location?.city, alert.location?.country, ', ')} />
      <TextFact name="Event type" text={whole.eventType ?? undefined} />
      <TextFact name="Rule" text={together(alert.rule?.name ?? alert.rule?.id, alert.rule?.kind)} />
      <TextFact name="Severity as sent" text={whole.originalSeverity} />
      <TextFact name="Status" text={whole.status ?? undefined} />
      <TextFact name="Incident" text={alert.incidentId} />
      {whole.occurredAt !== null && (
        <Fact name="Happened">
          <Moment text={whole.occurredAt} />
        </Fact>
      )}
      <TextFact name="Source" text={whole.source} />
      <TextFact name="Id at the source" text={whole.externalId} />
      {alert.url !== undefined && (
        <Fact name="At the source">
          <OutLink to={alert.url}>
            <Foreign text={alert.url} />
          </OutLink>
        </Fact>
      )}
    </dl>
  );
}

function OrganizationOf({ whole }: { whole: WholeAlert }) {
  const { organization, unassignedReference, alert } = whole;
  if (organization) {
    return (
      <Link to="/organizations/$organizationId" params={{ organizationId: organization.id }}>
        <Foreign text={organization.name} />
      </Link>
    );
  }
  if (unassignedReference === null) return 'The sender named none.';
  const said = alert.organization;
  const name = said?.name ?? said?.domain ?? said?.externalId ?? said?.tenantId ?? '';
  return (
    <>
      Unassigned: <Foreign text={name} />. <Link to="/organizations/unassigned">Assign it</Link>
    </>
  );
}

/** As the sender wrote it, if it is no time that we can read. */
function Moment({ text }: { text: string }) {
  return Number.isNaN(Date.parse(text)) ? <Foreign text={text} /> : <Time at={text} />;
}

/** "Ana Ruiz (ana@northwind.example)", or the one that is there. */
function together(first: string | undefined, second: string | undefined, join?: string): string | undefined {
  if (first === undefined || second === undefined || first === second) return first ?? second;
  return join === undefined ? `${first} (${second})` : `${first}${join}${second}`;
}

function TextFact({ name, text }: { name: string; text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <Fact name={name}>
      <Foreign text={text} />
    </Fact>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function LongText({ title, text }: { title: string; text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <div>
      <Title order={3} mb={4}>
        {title}
      </Title>
      <Foreign text={text} isBlock />
    </div>
  );
}

function Events({ events = [] }: { events?: WholeAlert['alert']['events'] }) {
  if (events.length === 0) return null;
  return (
    <div>
      <Title order={3} mb={4}>
        Events behind it
      </Title>
      <ol className="events">
        {events.map(({ type, at, summary }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: what was sent never changes places
          <li key={i}>
            {at !== undefined && <Moment text={at} />} {type !== undefined && <Foreign text={type} />}
            {summary !== undefined && <Foreign text={summary} isBlock />}
          </li>
        ))}
      </ol>
    </div>
  );
}

function Labels({ labels = {} }: { labels?: Record<string, string> }) {
  const pairs = Object.entries(labels);
  if (pairs.length === 0) return null;
  return (
    <div>
      <Title order={3} mb={4}>
        Labels
      </Title>
      <ul className="labels">
        {pairs.map(([name, value]) => (
          <li key={name}>
            <Text span size="sm" className="quiet">
              <Foreign text={name} />
            </Text>{' '}
            <Foreign text={value} />
          </li>
        ))}
      </ul>
    </div>
  );
}
