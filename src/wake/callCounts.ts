/** Calls made to a PSA, by minute: the rolling window of the budget survives a restart and a change of worker. */
import type { Logger } from 'pino';
import type { Database, Tx } from '../db/database.ts';
import type { MinuteCount } from '../deliver/flow.ts';

interface Where {
  workspaceId: string;
}

/** The last hour's calls of these channels, by everybody; a channel without calls has an empty list. */
export async function loadCallCounts(
  tx: Tx,
  { workspaceId, channelIds }: Where & { channelIds: readonly string[] },
): Promise<Map<string, MinuteCount[]>> {
  const { rows } = await tx.query<MinuteCount & { connection_id: string }>(
    `select connection_id, extract(epoch from minute)::float8 * 1000 as minute, calls from call_counts
      where workspace_id = $1 and connection_id = any($2::uuid[]) and minute > now() - interval '1 hour'`,
    [workspaceId, channelIds],
  );
  const counts = new Map<string, MinuteCount[]>(channelIds.map((id) => [id, []]));
  for (const { connection_id, minute, calls } of rows) counts.get(connection_id)?.push({ minute, calls });
  return counts;
}

export async function saveCallCounts(
  tx: Tx,
  { workspaceId, connectionId }: Where & { connectionId: string },
  counts: readonly MinuteCount[],
): Promise<void> {
  await tx.query(
    `insert into call_counts (workspace_id, connection_id, minute, calls)
     select $1, $2, to_timestamp(c.minute / 1000), c.calls from unnest($3::float8[], $4::int[]) as c(minute, calls)
     on conflict (workspace_id, connection_id, minute) do update set calls = call_counts.calls + excluded.calls`,
    [workspaceId, connectionId, counts.map(({ minute }) => minute), counts.map(({ calls }) => calls)],
  );
  await tx.query(
    `delete from call_counts
      where workspace_id = $1 and connection_id = $2 and minute < now() - interval '2 hours'`,
    [workspaceId, connectionId],
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
  minutes: Map<number, number>;
}

const flushEveryMs = 5_000;
const minuteMs = 60_000;

export function createCallCounter(db: Database, log: Logger, now: () => number = Date.now): CallCounter {
  let counted = new Map<string, Counted>();

  function add(workspaceId: string, connectionId: string, minute: number, calls: number): void {
    const one = counted.get(connectionId) ?? { workspaceId, connectionId, minutes: new Map() };
    one.minutes.set(minute, (one.minutes.get(minute) ?? 0) + calls);
    counted.set(connectionId, one);
  }

  async function flush(): Promise<void> {
    const taken = [...counted.values()];
    counted = new Map();
    for (const one of taken) {
      const counts = [...one.minutes].map(([minute, calls]) => ({ minute, calls }));
      try {
        await db.inWorkspace(one.workspaceId, (tx) => saveCallCounts(tx, one, counts));
      } catch (error) {
        log.warn({ workspaceId: one.workspaceId, err: error }, 'wake.counts.failed');
        for (const { minute, calls } of counts) add(one.workspaceId, one.connectionId, minute, calls);
      }
    }
  }

  const timer = setInterval(() => void flush(), flushEveryMs);
  timer.unref();

  return {
    called: (workspaceId, connectionId) =>
      add(workspaceId, connectionId, Math.floor(now() / minuteMs) * minuteMs, 1),
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
