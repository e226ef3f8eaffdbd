/** What the dashboard answers. */
import { z } from 'zod';
import { budgetSchema, waitingSchema } from '../connections/index.ts';
import { mostWaiting } from './store.ts';

/** References without an organization are counted up to this. */
export const mostUnassigned = 100;

const spanCounts = {
  delivered: z.int(),
  waiting: z.int().meta({ description: 'Pending, being sent, or uncertain.' }),
  held: z.int(),
  skipped: z.int(),
  failed: z.int(),
};

/** How a connection or the mail stands. */
export const health = z.object({
  state: z.enum(['ok', 'attention']),
  reason: z.string().optional(),
  since: z.string().optional(),
});

/** One look at the state of delivery. */
export const dashboard = z.object({
  from: z.string().meta({ description: 'The range begins with a whole hour or day of the workspace.' }),
  accounted: z.object({
    alerts: z.int().meta({ description: 'Received, or changed by their sender, in the range.' }),
    unaccounted: z.int().meta({
      description:
        'Those for which nothing is owed and no reason is recorded. Always 0, or something is broken.',
    }),
  }),
  needsPerson: z.object({
    failed: z.int(),
    held: z.int(),
    uncertain: z.int(),
    unassigned: z
      .int()
      .meta({ description: `References that lead to no organization, at most ${mostUnassigned}.` }),
    attention: z.array(z.object({ connectionId: z.string(), name: z.string(), reason: z.string() })),
  }),
  series: z.array(z.object({ at: z.string(), ...spanCounts })).meta({
    description: 'By the time at which alerts were received, one entry per hour or day, without gaps.',
  }),
  latency: z
    .object({
      medianMs: z.number().nullable(),
      p95Ms: z.number().nullable(),
      count: z.int(),
    })
    .meta({ description: 'From the acknowledgement of an alert to its ticket or first note.' }),
  connections: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      status: z.enum(['draft', 'active', 'paused']),
      health,
      budget: budgetSchema.nullable(),
      waits: waitingSchema
        .nullable()
        .meta({ description: 'Why no call is made at present, such as a PSA that does not answer.' }),
      waiting: z.int().meta({ description: `Not sent yet; counted up to ${mostWaiting}.` }),
      oldestWaitingSince: z.string().nullable(),
      delivered: z.int().meta({ description: 'Of the alerts of the range.' }),
    }),
  ),
  mail: z
    .object({
      health,
      waiting: z.int(),
      oldestWaitingSince: z.string().nullable(),
      delivered: z.int().meta({ description: 'Mails of the alerts of the range.' }),
    })
    .nullable()
    .meta({ description: 'Null while no mail can leave: there is no server or no sender.' }),
});
