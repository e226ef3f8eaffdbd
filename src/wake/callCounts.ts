/** Calls made to a PSA, by minute: the rolling window of the budget survives a restart and a change of worker. */
import type { Tx } from '../db/database.ts';

interface Where {
  workspaceId: string;
}

export async function loadCallCounts(
  tx: Tx,
  { workspaceId, channelId }: Where & { channelId: string },
): Promise<{ minute: number; calls: number }[]> {
  const { rows } = await tx.query<{ minute: number; calls: number }>(
    `select extract(epoch from minute)::float8 * 1000 as minute, calls from call_counts
      where workspace_id = $1 and connection_id = $2 and minute > now() - interval '1 hour'`,
    [workspaceId, channelId],
  );
  return rows;
}

export async function saveCallCounts(
  tx: Tx,
  { workspaceId, connectionId }: Where & { connectionId: string },
  counts: readonly { minute: number; calls: number }[],
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
