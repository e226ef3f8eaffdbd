import { Alert, Group, Paper, Select, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Field } from '../../../api/types.ts';
import { Foreign } from '../../../parts/Foreign.tsx';
import { SeverityBadge } from '../../../parts/Severity.tsx';
import { accountQuery, choicesQuery } from '../offers/queries.ts';
import type { StepForm } from '../step.ts';
import type { Preview } from './queries.ts';
import type { useRecentAlert } from './useRecentAlert.ts';

type RecentAlert = ReturnType<typeof useRecentAlert>;

interface TicketPreviewProps {
  connectionId: string;
  label: string;
  form: StepForm;
  recent: RecentAlert;
  preview: Preview | undefined;
  /** By the form: null is no ticket, undefined not chosen yet. */
  priority: string | null | undefined;
  /** Why the ticket is not, or no longer, what the form says. */
  problem: string | undefined;
}

/** A ticket as it will stand in the PSA, made of a real recent alert, and what it will gather. */
export function TicketPreview(props: TicketPreviewProps) {
  const { label, preview, problem } = props;
  return (
    <Stack gap="sm" className="ticketAside">
      <Title order={3}>How it will look in {label}</Title>
      <AlertChoice {...props.recent} />
      {problem && (
        <Text size="sm" role="status" className="quiet">
          {problem}
        </Text>
      )}
      {preview ? <Ticket {...props} preview={preview} /> : !problem && <Skeleton height={220} />}
    </Stack>
  );
}

/** The recent alert that a preview is made of. */
export function AlertChoice({ alerts, alert, choose }: RecentAlert) {
  if (!alerts) return <Skeleton height={36} />;
  if (alerts.length === 0) {
    return (
      <Text size="sm" className="quiet">
        No alert has come in yet, so this one is made up. Real ones can be chosen here as soon as they come.
      </Text>
    );
  }
  return (
    <Group gap="xs" wrap="nowrap" align="flex-end">
      <Select
        size="xs"
        flex={1}
        label="Made of this alert"
        searchable
        allowDeselect={false}
        nothingFoundMessage="No recent alert is called that."
        data={alerts.map(({ id, title, organization }) => ({
          value: id,
          label: organization ? `${title} · ${organization.name}` : title,
        }))}
        placeholder="A made-up alert"
        value={alert?.id ?? null}
        onChange={(id) => id && choose(id)}
      />
      {alert && <SeverityBadge severity={alert.severity} />}
    </Group>
  );
}

const notChosen = 'not chosen yet';

function Ticket({ connectionId, form, preview, priority }: TicketPreviewProps & { preview: Preview }) {
  const { ticket, grouping, accountId } = preview;
  const { data: account } = useQuery({ ...accountQuery(connectionId, accountId), enabled: accountId !== '' });
  const map = form.fields.find((field) => field.kind === 'severityMap');
  const subject = form.fields.find(({ role }) => role === 'subject');
  const isWritten = subject !== undefined && form.values[subject.key] !== undefined;
  return (
    <>
      {priority === null && (
        <Alert color="gray" title="No ticket for this one">
          Alerts of this severity are set to no ticket. This is how it would look.
        </Alert>
      )}
      <Paper withBorder p="sm" component="article" aria-label="The ticket">
        <Stack gap="xs">
          <Text fw={600} className="wraps">
            <Foreign text={ticket.title} />
          </Text>
          <dl className="ticketFacts">
            <Fact name="Account" value={account?.name ?? (accountId || notChosen)} />
            {map?.kind === 'severityMap' && (
              <ChosenFact
                connectionId={connectionId}
                name="Priority"
                list={map.choices}
                id={priority}
                otherwise={priority === null ? 'no ticket' : notChosen}
              />
            )}
            {form.fields.filter(isTicketList).map((field) => (
              <ChosenFact
                key={field.key}
                connectionId={connectionId}
                name={field.label.replace(/^Ticket /, '')}
                list={field.key}
                id={form.values[field.key]}
                otherwise={notChosen}
              />
            ))}
            {preview.issueTypes && (
              <IssueTypes connectionId={connectionId} fields={form.fields} types={preview.issueTypes} />
            )}
          </dl>
          {/* What scrolls must be reached by keyboard. */}
          <Text
            size="sm"
            component="section"
            className="ticketText"
            tabIndex={0}
            aria-label="What the ticket says"
          >
            <Foreign text={ticket.description} isBlock />
          </Text>
        </Stack>
      </Paper>
      <Stack gap={4}>
        <Title order={3}>What it gathers</Title>
        <Text size="sm" dir="auto" role="status">
          {isWritten
            ? grouping.words
            : 'Write a subject, and here stands which alerts share a ticket. Until then the title stands in for it.'}
        </Text>
      </Stack>
    </>
  );
}

/** Lists that every ticket has a value of; notes have their own. */
const isTicketList = (field: Field): boolean =>
  field.kind === 'select' && field.required === true && !field.isOfNotes;

interface IssueTypesProps {
  connectionId: string;
  fields: readonly Field[];
  types: NonNullable<Preview['issueTypes']>;
}

/** The issue types that this alert gets, and the row that has chosen them (decision 10). */
function IssueTypes({ connectionId, fields, types }: IssueTypesProps) {
  const { chosenBy } = types;
  return (
    <>
      {(['issueType', 'subIssueType'] as const).map((role) => {
        const field = fields.find((one) => one.role === role);
        if (!field) return null;
        return (
          <ChosenFact
            key={role}
            connectionId={connectionId}
            name={field.label}
            list={field.key}
            id={types[role]}
            otherwise="none"
          />
        );
      })}
      <Fact
        name="Issue types by"
        value={chosenBy ? `the row for ${chosenBy.by} ${chosenBy.match}` : 'the defaults, no row matches'}
      />
    </>
  );
}

interface ChosenFactProps {
  connectionId: string;
  name: string;
  list: string;
  id: unknown;
  otherwise: string;
}

function ChosenFact({ connectionId, name, list, id, otherwise }: ChosenFactProps) {
  const { data } = useQuery(choicesQuery(connectionId, list));
  const isSet = typeof id === 'string' && id !== '';
  const label = data?.find((choice) => choice.id === id)?.label;
  return <Fact name={name} value={isSet ? (label ?? id) : otherwise} />;
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd dir="auto">{value}</dd>
    </>
  );
}
