/** Alerts as the API answers them. */
import { z } from 'zod';
import { deliverySchema } from '../receipts/index.ts';
import { severities } from './types.ts';

/** In a list. */
export const listedAlert = z.object({
  id: z.string(),
  source: z.string(),
  externalId: z.string(),
  title: z.string(),
  severity: z.enum(severities),
  originalSeverity: z.string(),
  status: z.string().nullable(),
  eventType: z.string().nullable(),
  user: z.string().nullable().meta({ description: 'The address of the user, else the name.' }),
  device: z.string().nullable().meta({ description: 'The name of the device, else its address.' }),
  organization: z.object({ id: z.string(), name: z.string() }).nullable(),
  unassignedReference: z
    .string()
    .nullable()
    .meta({ description: "The sender's reference, when the organization is unknown." }),
  receivedAt: z.string().meta({
    description:
      'When its present state came in: of an alert that was sent again with a change, the last time.',
  }),
  firstReceivedAt: z.string().meta({ description: 'When it came in for the first time.' }),
  occurredAt: z.string().nullable(),
  flags: z.array(z.string()),
  deliveries: z.array(deliverySchema),
});

const condition = z.enum(['open', 'closed', 'gone', 'shut']);
const named = { id: z.string(), number: z.string().nullable(), link: z.string().nullable() };

/** A ticket that an alert is in, as Herald saw it last. */
export const ticketNow = z.object({
  deliveryIds: z.array(z.string()),
  ...named,
  state: z.enum([...condition.options, 'merged', 'replaced']).meta({
    description:
      'gone: deleted, or moved to where it cannot be seen. shut: takes no notes any more. merged: into `successor`. replaced: it took no more, and later alerts go to `successor`.',
  }),
  closedAt: z.string().nullable(),
  checkedAt: z.string().nullable().meta({
    description: 'When Herald last looked at it, or at `successor`. It looks when it has something to add.',
  }),
  successor: z
    .object({ ...named, state: condition })
    .nullable()
    .meta({
      description: 'The ticket that has taken its place; null while that is not made.',
    }),
});

/** One, with everything. */
export const wholeAlert = listedAlert.extend({
  revision: z.number(),
  alert: z.record(z.string(), z.unknown()).meta({ description: 'The alert, normalized; `raw` as it came.' }),
  trace: z.array(z.string()).meta({ description: 'How it was planned, in words.' }),
  tickets: z.array(ticketNow).meta({ description: 'The tickets that it is in, and how they stand now.' }),
  revisions: z.array(
    z.object({
      revision: z.number(),
      severity: z.enum(severities),
      status: z.string().nullable(),
      receivedAt: z.string(),
    }),
  ),
});
