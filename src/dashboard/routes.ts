/** GET /dashboard: whether every alert is accounted for, what needs a person, and how deliveries go. */

import { z } from 'zod';
import { toBudget, toWaiting } from '../connections/index.ts';
import type { Database } from '../db/database.ts';
import { type Plugin, typed } from '../http/index.ts';
import { listUnassigned } from '../organizations/index.ts';
import type { Adapter } from '../psa/contract.ts';
import type { SettingsCache } from '../settings/index.ts';
import { dashboard, type health, mostUnassigned } from './schemas.ts';
import {
  type ConnectionRow,
  type CountRow,
  countForPerson,
  listServed,
  type MailRow,
  readCounts,
  readMail,
  readSpans,
} from './store.ts';

export interface DashboardParts {
  db: Database;
  settings: SettingsCache;
  adapters: ReadonlyMap<string, Adapter>;
}

type Answer = z.input<typeof dashboard>;

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
          response: { 200: dashboard },
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
  const adapter = adapters.get(row.kind);
  return {
    id: row.id,
    name: row.name,
    status: row.connection_state,
    health: healthOf(row),
    budget: toBudget(row, adapter?.limits.share ?? 1),
    waits: toWaiting(row, adapter?.label ?? row.kind),
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
