/** Who describes a workspace, and what others note for it. */
import type { Tx } from '../db/database.ts';

/**
 * Seconds after which a transaction that was open is over: it has 15 s for a statement and few statements. Ids below those
 * of alerts that are older are complete, and what moved before was seen.
 */
export const settlesWithin = `interval '60 seconds'`;

/** One process at a time describes a workspace; false = another one is at it. Held until the transaction ends. */
export async function takeBlocks(tx: Tx, workspaceId: string): Promise<boolean> {
  const { rows } = await tx.query<{ taken: boolean }>(
    `select pg_try_advisory_xact_lock(hashtextextended('alert_blocks ' || $1, 0)) as taken`,
    [workspaceId],
  );
  return rows[0]?.taken ?? false;
}

/** What is said of the block of this alert may be out of date: a later turn looks again. */
export async function noteChanged(tx: Tx, workspaceId: string, alertId: string): Promise<void> {
  await tx.query('insert into changed_alerts (workspace_id, alert_id) values ($1, $2)', [
    workspaceId,
    alertId,
  ]);
}

/** These alerts are removed: a later turn trims what is said of their blocks to what is left. */
export async function noteRemoved(tx: Tx, workspaceId: string, alertIds: readonly string[]): Promise<void> {
  await tx.query(
    `insert into changed_alerts (workspace_id, alert_id)
     select $1::uuid, min(id) from unnest($2::bigint[]) a(id) group by id >> 6`,
    [workspaceId, alertIds],
  );
}
