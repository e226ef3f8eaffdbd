/**
 * Keeps the budgets of served connections in the database: calls that were made, and what their process knows of the
 * quota. The next process goes on with them, and every process can show them (promise P8).
 */
import type { Logger } from 'pino';
import { crashPoint } from '../crashPoints.ts';
import type { Database, Tx } from '../db/database.ts';
import type { Channel } from '../deliver/channel.ts';
import { loadCallCounts, saveCallCounts } from './callCounts.ts';

export interface BudgetKeeper {
  /** What is known of a connection that this process begins to serve. */
  recall(channel: Channel): Promise<void>;
  /** Stores what was called and learnt since, and reads what others called. */
  exchange(): Promise<void>;
  /** So many calls were made that they are stored before the next exchange. */
  saveSoon(channel: Channel): void;
  /** Stores what was called and learnt since. */
  save(): Promise<void>;
}

export interface BudgetKeeperParts {
  db: Database;
  log: Logger;
  /** The channels that are served now. */
  channels(): readonly Channel[];
  /** Database time in milliseconds. */
  nowOf(channel: Channel): number;
}

export function createBudgetKeeper({ db, log, channels, nowOf }: BudgetKeeperParts): BudgetKeeper {
  /** Figures as they are stored, by connection. */
  const stored = new Map<string, string>();
  const soon = new Set<Channel>();
  let turn: Promise<unknown> = Promise.resolve();

  /** One after another: a window that was read beside a flush would miss the calls on their way. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = turn.then(work, work);
    turn = next.catch(() => undefined);
    return next;
  }

  async function saveCalls(workspaceId: string, ofWorkspace: readonly Channel[]): Promise<void> {
    const taken = ofWorkspace.map((channel) => ({ channel, counts: channel.flow.takeCounts() }));
    const counts = taken.flatMap(({ channel: { connectionId }, counts: ofChannel }) =>
      ofChannel.map((count) => ({ connectionId, ...count })),
    );
    if (counts.length === 0) return;
    try {
      crashPoint('before-calls-saved');
      await db.inWorkspace(workspaceId, (tx) => saveCallCounts(tx, { workspaceId }, counts));
      crashPoint('after-calls-saved');
    } catch (error) {
      for (const { channel, counts: ofChannel } of taken) channel.flow.putBack(ofChannel);
      throw error;
    }
  }

  async function saveFigures(workspaceId: string, ofWorkspace: readonly Channel[]): Promise<void> {
    const news = ofWorkspace
      .map((channel) => ({ connectionId: channel.connectionId, ...figuresOf(channel, nowOf(channel)) }))
      .filter((figures) => stored.get(figures.connectionId) !== JSON.stringify(figures));
    if (news.length === 0) return;
    crashPoint('before-budget-saved');
    await db.inWorkspace(workspaceId, (tx) => storeFigures(tx, workspaceId, news));
    crashPoint('after-budget-saved');
    for (const figures of news) stored.set(figures.connectionId, JSON.stringify(figures));
  }

  /** A workspace whose counts cannot be stored does not keep the others from it. */
  async function saveAll(some: readonly Channel[]): Promise<void> {
    const works = [...Map.groupBy(some, (channel) => channel.workspaceId)].map(
      async ([workspaceId, ofWorkspace]) => {
        await saveCalls(workspaceId, ofWorkspace);
        await saveFigures(workspaceId, ofWorkspace);
      },
    );
    const failed = (await Promise.allSettled(works)).find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** People and other processes call too: the window that counts is the one in the database. */
  async function loadAll(): Promise<void> {
    for (const [workspaceId, ofWorkspace] of Map.groupBy(channels(), (channel) => channel.workspaceId)) {
      const channelIds = ofWorkspace.map(({ connectionId }) => connectionId);
      const counts = await db.inWorkspace(workspaceId, (tx) =>
        loadCallCounts(tx, { workspaceId, channelIds }),
      );
      for (const { connectionId, flow } of ofWorkspace) flow.setWindow(counts.get(connectionId) ?? []);
    }
  }

  return {
    async recall(channel) {
      const { workspaceId, connectionId, flow } = channel;
      stored.delete(connectionId);
      const { quota, counts } = await db.inWorkspace(workspaceId, async (tx) => ({
        quota: await loadQuota(tx, workspaceId, connectionId),
        counts: await loadCallCounts(tx, { workspaceId, channelIds: [connectionId] }),
      }));
      if (quota) flow.recall(quota, nowOf(channel));
      flow.setWindow(counts.get(connectionId) ?? []);
    },
    exchange: () =>
      inTurn(async () => {
        await saveAll(channels());
        await loadAll();
      }),
    saveSoon(channel) {
      const isAwaited = soon.size > 0;
      soon.add(channel);
      // Those that come before their turn are stored together.
      if (isAwaited) return;
      inTurn(() => {
        const due = [...soon];
        soon.clear();
        return saveAll(due);
      })
        // What could not be stored is stored by the next exchange.
        .catch((error) => log.warn({ err: error }, 'wake.counts.failed'));
    },
    save: () => inTurn(() => saveAll(channels())),
  };
}

interface Figures {
  quota: number;
  windowMs: number;
  others: number | null;
  toldAt: number | null;
  isSpread: boolean;
  waitsFor: string | null;
  waitsUntil: number | null;
}

function figuresOf({ flow }: Channel, now: number): Figures {
  const { calls, windowMs, others, toldAt, isSpread } = flow.budget(now);
  const waiting = flow.waiting(now);
  return {
    quota: calls,
    windowMs,
    others: others ?? null,
    toldAt: toldAt ?? null,
    isSpread,
    waitsFor: waiting?.for ?? null,
    waitsUntil: waiting && Number.isFinite(waiting.until) ? waiting.until : null,
  };
}

async function loadQuota(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
): Promise<{ calls: number; windowMs: number } | undefined> {
  const { rows } = await tx.query<{ quota: number; window_ms: number }>(
    'select quota, window_ms from connection_budgets where workspace_id = $1 and connection_id = $2',
    [workspaceId, connectionId],
  );
  return rows[0] && { calls: rows[0].quota, windowMs: rows[0].window_ms };
}

/** A connection that was removed meanwhile has no figures. */
async function storeFigures(
  tx: Tx,
  workspaceId: string,
  news: readonly (Figures & { connectionId: string })[],
): Promise<void> {
  await tx.query(
    `insert into connection_budgets as b (workspace_id, connection_id, quota, window_ms, others, told_at, is_spread,
                                          waits_for, waits_until, waits_since)
     select c.workspace_id, c.id, f.quota, f.window_ms, f.others, to_timestamp(f.told_at / 1000), f.is_spread,
            f.waits_for, to_timestamp(f.waits_until / 1000), case when f.waits_for is not null then now() end
       from unnest($2::uuid[], $3::int[], $4::int[], $5::int[], $6::float8[], $7::bool[], $8::text[], $9::float8[])
            as f(connection_id, quota, window_ms, others, told_at, is_spread, waits_for, waits_until)
       join connections c on c.workspace_id = $1 and c.id = f.connection_id
      order by c.id
     on conflict (workspace_id, connection_id) do update
        set quota = excluded.quota, window_ms = excluded.window_ms, others = excluded.others,
            told_at = excluded.told_at, is_spread = excluded.is_spread, waits_for = excluded.waits_for,
            waits_until = excluded.waits_until,
            waits_since = case when b.waits_for = excluded.waits_for then b.waits_since else excluded.waits_since end`,
    [
      workspaceId,
      news.map(({ connectionId }) => connectionId),
      news.map(({ quota }) => quota),
      news.map(({ windowMs }) => windowMs),
      news.map(({ others }) => others),
      news.map(({ toldAt }) => toldAt),
      news.map(({ isSpread }) => isSpread),
      news.map(({ waitsFor }) => waitsFor),
      news.map(({ waitsUntil }) => waitsUntil),
    ],
  );
}
