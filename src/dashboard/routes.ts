/** GET /dashboard: whether every alert is accounted for, what needs a person, and how deliveries go. */
import { z } from 'zod';
import { budgetSchema, toBudget } from '../connections/index.ts';
import type { Database } from '../db/database.ts';
import { type Plugin, typed } from '../http/index.ts';
import { listUnassigned } from '../organizations/index.ts';
import type { Adapter } from '../psa/contract.ts';
import type { SettingsCache } from '../settings/index.ts';
import {
  type ConnectionRow,
  type CountRow,
  countForPerson,
  listServed,
  type MailRow,
  mostWaiting,
  readCounts,
  readMail,
  readSpans,
} from './store.ts';

export interface DashboardParts {
  db: Database;
  settings: SettingsCache;
  adapters: ReadonlyMap<string, Adapter>;
}

const mostUnassigned = 100;

const spanCounts = {
  delivered: z.int(),
  waiting: z.int().meta({ description: 'Pending, being sent, or uncertain.' }),
  held: z.int(),
  skipped: z.int(),
  failed: z.int(),
};

const health = z.object({
  state: z.enum(['ok', 'attention']),
  reason: z.string().optional(),
  since: z.string().optional(),
});

const answer = z.object({
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

type Answer = z.input<typeof answer>;

const spansOf = { 24: ['hour', 24], 168: ['day', 7], 720: ['day', 30] } as const;

export function dashboardRoutes({ db, settings, adapters }: DashboardParts): Plugin {
  return (app) => {
    typed(app).get(
      '/dashboard',
      {
        config: { scope: 'read' },
        schema: {
          tags: ['dashboard'],
          summary: 'Whether every alert is accounted for, what needs a person, and how deliveries go',
          querystring: z.strictObject({ hours: z.enum(['24', '168', '720']).default('24') }),
          response: { 200: answer },
        },
      },
      ({ actor: { workspaceId }, query }) => {
        const [unit, spans] = spansOf[query.hours];
        return db.inWorkspace(workspaceId, async (tx) => {
          const snapshot = await settings.inStep(tx, workspaceId);
          const beginnings = await readSpans(tx, workspaceId, { unit, spans, now: new Date() });
          const [from = new Date()] = beginnings;
          const counts = await readCounts(tx, workspaceId, beginnings);
          const person = await countForPerson(tx, workspaceId);
          const unassigned = await listUnassigned(tx, snapshot, { limit: mostUnassigned });
          const served = await listServed(tx, workspaceId);
          const { count, median_ms, p95_ms } = counts.timed;
          return {
            from: from.toISOString(),
            accounted: sumOf(counts.rows, ['alerts', 'unaccounted']),
            needsPerson: { ...person, unassigned: unassigned.length, attention: attentionOf(served) },
            series: toSeries(counts.rows, beginnings),
            latency: { medianMs: median_ms, p95Ms: p95_ms, count },
            connections: served.map((row) => toConnection(row, counts.rows, adapters)),
            mail: snapshot.mail ? toMail(await readMail(tx, workspaceId), counts.rows, workspaceId) : null,
          };
        });
      },
    );
  };
}

type Counted = 'alerts' | 'unaccounted' | 'delivered' | 'waiting' | 'held' | 'skipped' | 'failed';

function sumOf<Key extends Counted>(rows: readonly CountRow[], keys: readonly Key[]): Record<Key, number> {
  const entries = keys.map((key) => [key, rows.reduce((sum, row) => sum + row[key], 0)]);
  return Object.fromEntries(entries) as Record<Key, number>;
}

function attentionOf(served: readonly ConnectionRow[]): Answer['needsPerson']['attention'] {
  return served.flatMap(({ id, name, attention }) =>
    attention === null ? [] : [{ connectionId: id, name, reason: attention }],
  );
}

/** Spans without alerts are there too: a gap on the screen would read as a fault. */
function toSeries(rows: readonly CountRow[], beginnings: readonly Date[]): Answer['series'] {
  const bySpan = Map.groupBy(rows, ({ at }) => at.getTime());
  return beginnings.map((at) => ({
    at: at.toISOString(),
    ...sumOf(bySpan.get(at.getTime()) ?? [], ['delivered', 'waiting', 'held', 'skipped', 'failed']),
  }));
}

function toConnection(
  row: ConnectionRow,
  counts: readonly CountRow[],
  adapters: DashboardParts['adapters'],
): Answer['connections'][number] {
  const own = counts.filter(({ channel_id }) => channel_id === row.id);
  return {
    id: row.id,
    name: row.name,
    status: row.connection_state,
    health: healthOf(row),
    budget: toBudget(row, adapters.get(row.kind)?.limits.share ?? 1),
    waiting: row.waiting,
    oldestWaitingSince: row.oldest_waiting_at?.toISOString() ?? null,
    delivered: sumOf(own, ['delivered']).delivered,
  };
}

function toMail(row: MailRow, counts: readonly CountRow[], channelId: string): Answer['mail'] {
  const own = counts.filter(({ channel_id }) => channel_id === channelId);
  return {
    health: healthOf(row),
    waiting: row.waiting,
    oldestWaitingSince: row.oldest_waiting_at?.toISOString() ?? null,
    delivered: sumOf(own, ['delivered']).delivered,
  };
}

function healthOf({
  attention,
  attention_since: since,
}: Pick<MailRow, 'attention' | 'attention_since'>): z.input<typeof health> {
  if (attention === null) return { state: 'ok' };
  return { state: 'attention', reason: attention, ...(since && { since: since.toISOString() }) };
}
