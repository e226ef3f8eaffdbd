import './tickets.css';
import { Alert, Stack, Text, Title } from '@mantine/core';
import type { Field } from '../../../api/types.ts';
import { Misreading } from '../../psa/Misreading.tsx';
import { FieldInput } from '../fields/FieldInput.tsx';
import { isShown } from '../form/stepValues.ts';
import { StepFrame } from '../frame/StepFrame.tsx';
import type { StepProps } from '../step.ts';
import { TicketPreview } from './TicketPreview.tsx';
import { useNoteVisibility } from './useNoteVisibility.ts';
import { useTicketPreview } from './useTicketPreview.ts';

/** What a ticket and its notes look like, for all alerts and for some (req 68–90). */
export function TicketsStep(props: StepProps) {
  const { connection } = props;
  const live = useTicketPreview(connection.id, props.form);
  const guarded = useNoteVisibility(connection, props.form);
  const own = new Set(props.form.shown.map(({ field }) => field));
  const shown = [...props.form.shown, ...live.mistakes.filter(({ field }) => !own.has(field))];
  const form = { ...guarded.form, shown };
  const fields = form.fields.filter((field) => isShown(field, form.values));
  return (
    <StepFrame
      {...props}
      form={form}
      intro="Every new ticket gets these values, unless a row further down says otherwise."
      aside={
        <TicketPreview
          connectionId={connection.id}
          label={connection.label}
          form={form}
          recent={live.recent}
          preview={live.preview}
          priority={live.priority}
          problem={live.problem}
        />
      }
    >
      {sections.map(({ key, title, intro }) => {
        const ofSection = fields.filter((field) => sectionOf(field) === key);
        if (ofSection.length === 0) return null;
        return (
          <Stack key={key} component="section" aria-label={title}>
            <Stack gap={2}>
              <Title order={3}>{title}</Title>
              {intro && (
                <Text size="sm" className="quiet">
                  {intro}
                </Text>
              )}
            </Stack>
            {key === 'tickets' && <Misreading about="filter" />}
            <div className="ticketFields">
              {ofSection.map((field) => (
                <div key={field.key} className={field.kind === 'select' ? '' : 'wholeLine'}>
                  <FieldInput field={field} form={form} connectionId={connection.id} />
                </div>
              ))}
            </div>
            {key === 'notes' && guarded.isVisible && (
              <Alert color="yellow" title="The client reads these notes">
                Each further alert of a ticket is shown to the client, with its users, devices and addresses.
              </Alert>
            )}
          </Stack>
        );
      })}
    </StepFrame>
  );
}

type Section = 'tickets' | 'notes' | 'overrides' | 'life';

const sections: readonly { key: Section; title: string; intro?: string }[] = [
  { key: 'tickets', title: 'New tickets' },
  {
    key: 'notes',
    title: 'Notes on tickets',
    intro: 'A further alert that belongs to a ticket is added to it as a note.',
  },
  {
    key: 'overrides',
    title: 'Other issue types for some alerts',
    intro:
      'Optional. A Respond rule counts before an IOC rule, that before an event type; where none matches, the defaults above hold.',
  },
  { key: 'life', title: 'Floods and closed tickets' },
];

function sectionOf({ kind, isOfNotes }: Field): Section {
  if (kind === 'overrides') return 'overrides';
  if (kind === 'brake' || kind === 'closedTicket') return 'life';
  return isOfNotes ? 'notes' : 'tickets';
}
