/** Deliveries as the API answers them. */
import { z } from 'zod';
import { wayOutInWords } from '../deliver/wayOut.ts';
import { briefOf, furtherReasons } from './brief.ts';
import { explain } from './explain.ts';
import type { DeliveryRow } from './row.ts';
import type { AttemptRow, WriteOfDelivery } from './store.ts';

const writeKind = z.enum(['ticket', 'note', 'digest', 'mail', 'mailDigest']);

const attempt = z.object({
  n: z.number().meta({ description: 'Counted over everything that was sent for the delivery.' }),
  kind: writeKind,
  state: z.enum(['sending', 'confirmed', 'refused', 'uncertain', 'givenUp']).meta({
    description:
      'givenUp: it has ended and nobody knows whether it arrived: a person has ended it, or it was a mail, which cannot be looked for.',
  }),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  evidence: z.string().nullable(),
  lookProblem: z.string().nullable().meta({ description: 'Why the last look-up failed, if it did.' }),
  adopted: z.boolean().meta({ description: 'Found by look-up, not answered by the PSA.' }),
  looks: z.number(),
  sent: z
    .object({ title: z.string(), text: z.string() })
    .nullable()
    .meta({ description: 'The ticket or note as it was sent.' }),
});

export const deliveryStates = [
  'pending',
  'sending',
  'uncertain',
  'delivered',
  'held',
  'skipped',
  'failed',
] as const;

export const deliverySchema = z.object({
  id: z.string(),
  alertId: z.string(),
  alertTitle: z.string(),
  revision: z.number(),
  connectionId: z.string().nullable().meta({ description: 'Null for e-mail.' }),
  connectionName: z.string().nullable(),
  address: z.string().nullable().meta({
    description: 'For e-mail: to whom. Empty when one decision stands for all recipients. Null for a PSA.',
  }),
  organizationId: z.string().nullable(),
  state: z.enum(deliveryStates),
  reason: z.string().nullable(),
  words: z.string().meta({ description: 'The state in one sentence.' }),
  brief: z.object({ before: z.string(), after: z.string() }).meta({
    description:
      'The same beside the name of the state, which it leaves out: what stands before and after the name of the ticket.',
  }),
  next: z.object({ at: z.string().nullable(), words: z.string() }).nullable(),
  kind: writeKind.nullable(),
  messageId: z.string().nullable().meta({ description: 'Of the mail that was, or is, sent for it.' }),
  ticket: z.object({ id: z.string(), number: z.string().nullable(), link: z.string().nullable() }).nullable(),
  trace: z.array(z.string()).meta({ description: 'Why it is so, in the order of the decisions.' }),
  why: z.array(z.string()).meta({ description: 'The lines of the trace that `words` does not say already.' }),
  tries: z.number(),
  settledAt: z.string().nullable(),
  wayOut: z.object({ decidedAt: z.string(), words: z.string() }).nullable().meta({
    description:
      'Set when the PSA has not taken this critical alert within the minutes that the workspace has set.',
  }),
  attempts: z.array(attempt).optional(),
  surplus: z
    .array(z.object({ id: z.string(), link: z.string().nullable() }))
    .optional()
    .meta({
      description:
        'Further tickets in the PSA that carry our key: made late by an attempt that was given up.',
    }),
});

/** What was sent for deliveries: their writes, the attempts at them, and surplus records that were found. */
export interface Sent {
  /** Oldest first. */
  writes: readonly WriteOfDelivery[];
  attempts: readonly AttemptRow[];
  surplus: readonly { write_id: string; receipt_ref: string; receipt_link: string | null }[];
}

export function toDelivery(row: DeliveryRow, sent?: Sent): z.input<typeof deliverySchema> {
  const explanation = explain(row);
  const { words, next } = explanation;
  const trace = [...row.trace, ...(row.write_trace ?? [])];
  const writes = sent?.writes.filter(({ delivery_id }) => delivery_id === row.id);
  return {
    id: row.id,
    alertId: row.alert_id,
    alertTitle: row.alert_title,
    revision: row.revision,
    connectionId: row.mail_target === null ? row.channel_id : null,
    address: row.mail_target,
    connectionName: row.channel_name,
    organizationId: row.organization_id,
    state: row.delivery_state,
    reason: row.reason,
    words,
    brief: briefOf(row, explanation),
    next,
    kind: row.write_kind,
    messageId: row.message_id,
    ticket:
      row.ticket_ref && row.mail_target === null
        ? { id: row.ticket_ref, number: row.ticket_number, link: row.ticket_link }
        : null,
    trace,
    why: furtherReasons(trace, words),
    tries: row.tries,
    settledAt: row.settled_at?.toISOString() ?? null,
    wayOut: wayOutOf(row),
    attempts: writes?.flatMap((write) => attemptsOf(write, sent?.attempts ?? [])).map(numbered),
    surplus: sent?.surplus
      .filter((surplus) => writes?.some(({ write_id }) => write_id === surplus.write_id))
      .map(({ receipt_ref, receipt_link }) => ({ id: receipt_ref, link: receipt_link })),
  };
}

function wayOutOf(row: DeliveryRow): z.input<typeof deliverySchema>['wayOut'] {
  const { way_out_minutes: minutes, way_out_words: obstacle, way_out_at: decidedAt } = row;
  const { way_out_telling: telling } = row;
  if (!decidedAt || minutes === null || obstacle === null || telling === null) return null;
  return {
    decidedAt: decidedAt.toISOString(),
    words: wayOutInWords(minutes, obstacle, row.delivery_state, telling),
  };
}

const attemptsOf = (write: WriteOfDelivery, rows: readonly AttemptRow[]) =>
  rows.filter((row) => row.write_id === write.write_id).map((row) => toAttempt(row, write));

const numbered = (one: Omit<z.input<typeof attempt>, 'n'>, i: number): z.input<typeof attempt> => ({
  n: i + 1,
  ...one,
});

function toAttempt(row: AttemptRow, { write_kind, title, body }: WriteOfDelivery) {
  return {
    kind: write_kind,
    sent: title === null || body === null ? null : { title, text: body },
    state: row.attempt_state,
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    evidence: row.evidence,
    lookProblem: row.look_problem,
    adopted: row.adopted,
    looks: row.looks,
  };
}
