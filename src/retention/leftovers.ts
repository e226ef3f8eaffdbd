/** What nobody can use any more, whatever the days of the workspace. */
import type { Tx } from '../db/database.ts';
import type { Piece } from './piece.ts';

const mostAtOnce = 5_000;

/** Answers to an Idempotency-Key are kept for 24 hours (promise P2). */
export async function removeKeys(tx: Tx, workspaceId: string): Promise<Piece> {
  const { rowCount } = await tx.query(
    `delete from idempotency_keys
      where workspace_id = $1 and key_hash = any(array(
        select key_hash from idempotency_keys
         where workspace_id = $1 and created_at < now() - interval '24 hours' limit ${mostAtOnce} for update skip locked))`,
    [workspaceId],
  );
  const idempotencyKeys = rowCount ?? 0;
  return { removed: { idempotencyKeys }, next: idempotencyKeys < mostAtOnce ? undefined : '0' };
}

const isGone = (id: string): string =>
  `not exists (select from connections c where c.workspace_id = $1 and c.id = ${id})`;

/**
 * Leases and counts of connections that were removed, and their ticket groups once no write is left in them: the id of a
 * connection never comes back. Each channel is a connection, but for the mail of the workspace.
 */
export async function removeOfRemovedConnections(tx: Tx, workspaceId: string): Promise<Piece> {
  const leases = await removeRows(
    tx,
    workspaceId,
    `delete from leases where workspace_id = $1 and expires_at <= clock_timestamp()
        and channel_id <> workspace_id and ${isGone('channel_id')}`,
  );
  for (const table of ['call_counts', 'opened_tickets']) {
    await removeRows(
      tx,
      workspaceId,
      `delete from ${table} where workspace_id = $1 and ${isGone('connection_id')}`,
    );
  }
  const groups = await removeRows(
    tx,
    workspaceId,
    `delete from ticket_groups where workspace_id = $1 and id = any(array(
       select g.id from ticket_groups g
        where g.workspace_id = $1 and ${isGone('g.connection_id')}
          and g.waiting_lane is null and g.busy_write_id is null
          and not exists (select from writes w where w.workspace_id = $1 and w.group_id = g.id)
        limit ${mostAtOnce}))`,
  );
  return { removed: { leases, groups }, next: groups < mostAtOnce ? undefined : '0' };
}

async function removeRows(tx: Tx, workspaceId: string, text: string): Promise<number> {
  return (await tx.query(text, [workspaceId])).rowCount ?? 0;
}
