/**
 * Who serves a channel: one worker at a time, by a lease of 15 seconds in database time. Each new holder has a higher
 * epoch; every write of the journal checks that the epoch is still its own (promises §2.2, fencing).
 */
import type { Tx } from '../db/database.ts';

export interface Lease {
  workspaceId: string;
  channelId: string;
  epoch: string;
}

const lasts = `interval '15 seconds'`;
export const renewEveryMs = 5_000;

interface LeaseRow {
  workspace_id: string;
  channel_id: string;
  epoch: string;
}

const toLease = (row: LeaseRow): Lease => ({
  workspaceId: row.workspace_id,
  channelId: row.channel_id,
  epoch: row.epoch,
});

/** Makes the lease of a channel that may have deliveries from now on, so that the sweep of any worker finds it. */
export async function ensureLease(tx: Tx, workspaceId: string, channelId: string): Promise<void> {
  await tx.query('insert into leases (workspace_id, channel_id) values ($1, $2) on conflict do nothing', [
    workspaceId,
    channelId,
  ]);
}

/** Takes leases that nobody holds, at most `limit`, the longest free first. */
export async function takeFreeLeases(tx: Tx, holder: string, limit: number): Promise<Lease[]> {
  const { rows } = await tx.query<LeaseRow>(
    `update leases l set epoch = l.epoch + 1, holder = $1, expires_at = clock_timestamp() + ${lasts}
       from (select workspace_id, channel_id from leases
              where expires_at <= clock_timestamp() order by expires_at limit $2 for update skip locked) free
      where l.workspace_id = free.workspace_id and l.channel_id = free.channel_id
     returning l.workspace_id, l.channel_id, l.epoch`,
    [holder, limit],
  );
  return rows.map(toLease);
}

/** Takes one lease if nobody holds it; makes it for a channel that never had one. */
export async function takeLease(
  tx: Tx,
  holder: string,
  workspaceId: string,
  channelId: string,
): Promise<Lease | undefined> {
  const { rows } = await tx.query<LeaseRow>(
    `insert into leases (workspace_id, channel_id, epoch, holder, expires_at)
     values ($2, $3, 1, $1, clock_timestamp() + ${lasts})
     on conflict (workspace_id, channel_id) do update
        set epoch = leases.epoch + 1, holder = $1, expires_at = clock_timestamp() + ${lasts}
      where leases.expires_at <= clock_timestamp()
     returning workspace_id, channel_id, epoch`,
    [holder, workspaceId, channelId],
  );
  return rows[0] && toLease(rows[0]);
}

/** Prolongs our leases; those that are not in the answer are lost. */
export async function renewLeases(tx: Tx, holder: string): Promise<Lease[]> {
  const { rows } = await tx.query<LeaseRow>(
    `update leases set expires_at = clock_timestamp() + ${lasts}
      where holder = $1 and expires_at > clock_timestamp()
     returning workspace_id, channel_id, epoch`,
    [holder],
  );
  return rows.map(toLease);
}

/**
 * Gives one lease back, if it is still ours under this epoch. It is free from now, not from ever: those who take free
 * ones come to the others first.
 */
export async function releaseLease(
  tx: Tx,
  holder: string,
  { workspaceId, channelId, epoch }: Lease,
): Promise<void> {
  await tx.query(
    `update leases set holder = null, expires_at = clock_timestamp()
      where workspace_id = $1 and channel_id = $2 and holder = $3 and epoch = $4`,
    [workspaceId, channelId, holder, epoch],
  );
}

/** Gives all our leases back, so that the next worker need not wait for them to run out. */
export async function releaseLeases(tx: Tx, holder: string): Promise<void> {
  await tx.query(`update leases set holder = null, expires_at = '-infinity' where holder = $1`, [holder]);
}
