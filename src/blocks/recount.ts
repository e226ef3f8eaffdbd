/** The stored counts of blocks: made anew where something moved since. */
import type { Tx } from '../db/database.ts';
import { countRows } from './counts.ts';
import { settlesWithin } from './store.ts';

/** Makes the counts of these blocks anew. One without alerts is forgotten with all that was said of it. */
export async function countBlocks(tx: Tx, workspaceId: string, blocks: readonly string[]): Promise<void> {
  if (blocks.length === 0) return;
  await tx.query('delete from block_counts where workspace_id = $1 and block = any($2::bigint[])', [
    workspaceId,
    blocks,
  ]);
  await tx.query(
    `insert into block_counts (workspace_id, block, at, channel_id, alerts, unaccounted, delivered, waiting, held, skipped,
                               failed, took)
     select $1, c.* from (${countRows('select block << 6 as from_id, (block + 1) << 6 as to_id from unnest($2::bigint[]) b(block)')}) c`,
    [workspaceId, blocks],
  );
  await tx.query(
    `update alert_blocks b set counted_at = clock_timestamp(), is_open = exists (
            select from block_counts c where c.workspace_id = b.workspace_id and c.block = b.block
               and c.waiting + c.held + c.failed > 0)
      where b.workspace_id = $1 and b.block = any($2::bigint[])`,
    [workspaceId, blocks],
  );
  await forgetEmpty(tx, workspaceId, blocks);
}

async function forgetEmpty(tx: Tx, workspaceId: string, blocks: readonly string[]): Promise<void> {
  const { rows } = await tx.query<{ block: string }>(
    `delete from alert_blocks b
      where b.workspace_id = $1 and b.block = any($2::bigint[]) and not exists (
        select from block_counts c where c.workspace_id = b.workspace_id and c.block = b.block)
     returning block`,
    [workspaceId, blocks],
  );
  await dropTerms(
    tx,
    workspaceId,
    rows.map(({ block }) => block),
  );
}

/** Takes back all that is said of these blocks. */
export async function dropTerms(tx: Tx, workspaceId: string, blocks: readonly string[]): Promise<void> {
  if (blocks.length === 0) return;
  await tx.query('delete from alert_terms where workspace_id = $1 and block = any($2::bigint[])', [
    workspaceId,
    blocks,
  ]);
}

/** Has those blocks counted anew in which something moved since the last look; all of them at the first one. */
export async function lookForMoves(tx: Tx, workspaceId: string): Promise<void> {
  const { rows } = await tx.query<{ looked_at: Date | null; now: Date }>(
    `select (select looked_at from block_looks where workspace_id = $1) as looked_at, clock_timestamp() as now`,
    [workspaceId],
  );
  const { looked_at, now } = rows[0] as { looked_at: Date | null; now: Date };
  if (looked_at === null) return countAllAnew(tx, workspaceId);
  // What committed after the last look, or after its block was counted, may have moved a little before.
  await tx.query(
    `with moved as materialized (
       select alert_id >> 6 as block, max(moved_at) as at from deliveries
        where workspace_id = $1 and moved_at >= $2::timestamptz - ${settlesWithin} group by 1)
     update alert_blocks b set counted_at = '-infinity', is_open = true from moved m
      where b.workspace_id = $1 and b.block = m.block and b.counted_at < m.at + ${settlesWithin}
        and b.counted_at > '-infinity'`,
    [workspaceId, looked_at],
  );
  await noteLook(tx, workspaceId, now);
}

/** Where it is not known, or cannot be found out, what moved. */
export async function countAllAnew(tx: Tx, workspaceId: string): Promise<void> {
  await tx.query(
    `update alert_blocks set counted_at = '-infinity' where workspace_id = $1 and counted_at > '-infinity'`,
    [workspaceId],
  );
  await noteLook(tx, workspaceId, null);
}

/** Null: at the time of this transaction. */
async function noteLook(tx: Tx, workspaceId: string, at: Date | null): Promise<void> {
  await tx.query(
    `insert into block_looks (workspace_id, looked_at) values ($1, coalesce($2, now()))
     on conflict (workspace_id) do update set looked_at = excluded.looked_at`,
    [workspaceId, at],
  );
}

const dueText = `select block from alert_blocks where workspace_id = $1 and counted_at = '-infinity' order by block desc`;

/** Counts some of the blocks that are due, newest first; answers how many. */
export async function countDue(tx: Tx, workspaceId: string, most: number): Promise<number> {
  const { rows } = await tx.query<{ block: string }>(`${dueText} limit $2`, [workspaceId, most]);
  await countBlocks(
    tx,
    workspaceId,
    rows.map(({ block }) => block),
  );
  return rows.length;
}

/** Leaves the first block that is due with the counts that it has; answers which. */
export async function skipDue(tx: Tx, workspaceId: string): Promise<string | undefined> {
  const { rows } = await tx.query<{ block: string }>(
    `update alert_blocks set counted_at = clock_timestamp(), plain_since = clock_timestamp()
      where workspace_id = $1 and block = (${dueText} limit 1) returning block`,
    [workspaceId],
  );
  return rows[0]?.block;
}
