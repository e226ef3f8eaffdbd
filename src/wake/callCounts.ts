/** Calls made to a PSA, by time: the rolling window of the budget survives a restart and a change of worker. */

import type { Logger } from 'pino';
import { crashPoint } from '../crashPoints.ts';
import type { Database, Tx } from '../db/database.ts';
import type { CallCount } from '../deliver/callWindow.ts';

interface Where {
  workspaceId: string;
}

/** Calls of these channels that may be in an hour's window, by everybody; a channel without calls has an empty list. */
export async function loadCallCounts(
  tx: Tx,
  { workspaceId, channelIds }: Where & { channelIds: readonly string[] },
): Promise<Map<string, CallCount[]>> {
  const { rows } = await tx.query<CallCount & { connection_id: string }>(
    `select connection_id, extract(epoch from span_start)::float8 * 1000 as at, calls from call_counts
      where workspace_id = $1 and connection_id = any($2::uuid[]) and span_start > now() - interval '62 minutes'`,
    [workspaceId, channelIds],
  );
  const counts = new Map<string, CallCount[]>(channelIds.map((id) => [id, []]));
  for (const { connection_id, at, calls } of rows) counts.get(connection_id)?.push({ at, calls });
  return counts;
}

/** Calls of one span of one connection. */
export interface ConnectionCount extends CallCount {
  connectionId: string;
}

/** Adds calls to what is stored; a connection has each span at most once among them. */
export async function saveCallCounts(
  tx: Tx,
  { workspaceId }: Where,
  counts: readonly ConnectionCount[],
): Promise<void> {
  const connectionIds = counts.map(({ connectionId }) => connectionId);
  await tx.query(
    `insert into call_counts (workspace_id, connection_id, span_start, calls)
     select $1, c.connection_id, to_timestamp(c.at / 1000), c.calls
       from unnest($2::uuid[], $3::float8[], $4::int[]) as c(connection_id, at, calls)
      order by c.connection_id, c.at
     on conflict (workspace_id, connection_id, span_start) do update set calls = call_counts.calls + excluded.calls`,
    [workspaceId, connectionIds, counts.map(({ at }) => at), counts.map(({ calls }) => calls)],
  );
  await tx.query(
    `delete from call_counts
      where workspace_id = $1 and connection_id = any($2::uuid[]) and span_start < now() - interval '2 hours'`,
    [workspaceId, [...new Set(connectionIds)]],
  );
}

/** Counts the calls that people and loads of accounts cause, beside the deliveries: they use up the same budget. */
export interface CallCounter {
  called(workspaceId: string, connectionId: string): void;
  /** Stores what was counted; what cannot be stored is kept for the next time. */
  flush(): Promise<void>;
  /** Ends after a last flush. */
  close(): Promise<void>;
}

interface Counted {
  workspaceId: string;
  connectionId: string;
  bySecond: Map<number, number>;
}

const flushEveryMs = 5_000;
const secondMs = 1_000;

export function createCallCounter(db: Database, log: Logger, now: () => number = Date.now): CallCounter {
  let counted = new Map<string, Counted>();

  function add(workspaceId: string, connectionId: string, at: number, calls: number): void {
    const one = counted.get(connectionId) ?? { workspaceId, connectionId, bySecond: new Map() };
    one.bySecond.set(at, (one.bySecond.get(at) ?? 0) + calls);
    counted.set(connectionId, one);
  }

  async function flush(): Promise<void> {
    const taken = [...counted.values()];
    counted = new Map();
    for (const [workspaceId, ofWorkspace] of Map.groupBy(taken, (one) => one.workspaceId)) {
      const counts = ofWorkspace.flatMap(({ connectionId, bySecond }) =>
        [...bySecond].map(([at, calls]) => ({ connectionId, at, calls })),
      );
      try {
        crashPoint('before-questions-saved');
        await db.inWorkspace(workspaceId, (tx) => saveCallCounts(tx, { workspaceId }, counts));
        crashPoint('after-questions-saved');
      } catch (error) {
        log.warn({ workspaceId, err: error }, 'wake.counts.failed');
        for (const { connectionId, at, calls } of counts) add(workspaceId, connectionId, at, calls);
      }
    }
  }

  const timer = setInterval(() => void flush(), flushEveryMs);
  timer.unref();

  return {
    called: (workspaceId, connectionId) =>
      add(workspaceId, connectionId, Math.floor(now() / secondMs) * secondMs, 1),
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
