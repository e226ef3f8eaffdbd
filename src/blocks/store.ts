/** SQL of the blocks: 64 alerts whose ids follow each other, described by their terms and counted (migration 0015). */
import type { Tx } from '../db/database.ts';
import { countRows } from './counts.ts';

/** Blocks described in one transaction: about 12,800 alerts. */
const mostNew = 200;
const mostCounted = 200;
const mostChanged = 2_000;
const mostRemoved = 20_000;

/**
 * A transaction that still stores an alert began less than this ago: ids below those of older alerts are complete. It has
 * 15 s for a statement and few statements.
 */
const settledAfter = `interval '60 seconds'`;

/** One process at a time describes a workspace; false = another one is at it. Held until the transaction ends. */
export async function takeBlocks(tx: Tx, workspaceId: string): Promise<boolean> {
  const { rows } = await tx.query<{ taken: boolean }>(
    `select pg_try_advisory_xact_lock(hashtextextended('alert_blocks ' || $1, 0)) as taken`,
    [workspaceId],
  );
  return rows[0]?.taken ?? false;
}

/** What is said of alerts `a`: the words that they are found by, and their members that lists are filtered by. */
const termsOf = `
  cross join lateral (
    select left(word, 60) as term from unnest(string_to_array(fold_words(alert_text(a.title, a.external_id, a.body)), ' '))
           as w(word) where word <> ''
    union all
    select unnest(array[':s' || a.severity, ':f' || a.source, ':x' || a.severity || a.source, ':o' || a.organization_id])
  ) t`;

/** Describes the next blocks that are complete; answers how many alerts these are at most, 0 = none is left. */
export async function describeNew(tx: Tx, workspaceId: string): Promise<number> {
  const { rows } = await tx.query<{ first: string | null; end: string | null }>(
    `with top as (select coalesce(max(block) + 1, 0) as block from alert_blocks where workspace_id = $1),
     safe as (
       select id >> 6 as block from alerts
        where workspace_id = $1 and received_at < now() - ${settledAfter} order by id desc limit 1),
     next as (
       select id >> 6 as block from alerts, top
        where workspace_id = $1 and id >= top.block << 6 order by id limit 1)
     select next.block as first, least(safe.block, next.block + ${mostNew}) as end from next, safe`,
    [workspaceId],
  );
  const { first, end } = rows[0] ?? {};
  if (!first || !end || BigInt(first) >= BigInt(end)) return 0;
  const range = [workspaceId, first, end];
  const { rowCount } = await tx.query(
    `insert into alert_blocks (workspace_id, block, first_at, last_at)
     select $1::uuid, id >> 6, min(received_at), max(received_at) from alerts
      where workspace_id = $1 and id >= $2::bigint << 6 and id < $3::bigint << 6 group by id >> 6`,
    range,
  );
  await tx.query(
    `insert into alert_terms (workspace_id, term, block)
     select distinct $1::uuid, t.term, a.id >> 6 from alerts a ${termsOf}
      where a.workspace_id = $1 and a.id >= $2::bigint << 6 and a.id < $3::bigint << 6 and t.term is not null
      order by 2, 3
     on conflict do nothing`,
    range,
  );
  return (rowCount ?? 0) * 64;
}

/** Adds what has become true of changed alerts to what is said of their blocks; answers how many these were. */
export async function describeChanged(tx: Tx, workspaceId: string): Promise<number> {
  const { rows } = await tx.query<{ alert_id: string }>(
    `delete from changed_alerts
      where workspace_id = $1
        and ctid = any(array(select ctid from changed_alerts where workspace_id = $1 limit ${mostChanged}))
     returning alert_id`,
    [workspaceId],
  );
  if (rows.length === 0) return 0;
  const ids = [...new Set(rows.map(({ alert_id }) => alert_id))];
  const { rows: blocks } = await tx.query<{ block: string }>(
    `update alert_blocks b set is_open = true, first_at = least(b.first_at, c.first_at), last_at = greatest(b.last_at, c.last_at)
       from (select id >> 6 as block, min(received_at) as first_at, max(received_at) as last_at from alerts
              where workspace_id = $1 and id = any($2::bigint[]) group by id >> 6) c
      where b.workspace_id = $1 and b.block = c.block returning b.block`,
    [workspaceId, ids],
  );
  await tx.query(
    `insert into alert_terms (workspace_id, term, block)
     select distinct $1::uuid, t.term, a.id >> 6 from alerts a ${termsOf}
      where a.workspace_id = $1 and a.id = any($2::bigint[]) and a.id >> 6 = any($3::bigint[]) and t.term is not null
     on conflict do nothing`,
    [workspaceId, ids, blocks.map(({ block }) => block)],
  );
  return rows.length;
}

/**
 * Counts open blocks anew that were not counted since `since` (database time); answers how many. One is open until all
 * that it owes is delivered or skipped.
 */
export async function countOpen(tx: Tx, workspaceId: string, since: Date): Promise<number> {
  const { rows } = await tx.query<{ block: string }>(
    `select block from alert_blocks where workspace_id = $1 and is_open and counted_at < $2
      order by counted_at, block desc limit ${mostCounted}`,
    [workspaceId, since],
  );
  if (rows.length === 0) return 0;
  const blocks = rows.map(({ block }) => block);
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
  return blocks.length;
}

/** Forgets some of what is said of blocks whose alerts have all been removed; answers how many rows. */
export async function forgetGone(tx: Tx, workspaceId: string): Promise<number> {
  const { rows } = await tx.query<{ first: string; gone: boolean }>(
    `select first, exists (select from alert_blocks where workspace_id = $1 and block < first) as gone
       from (select coalesce((select id >> 6 from alerts where workspace_id = $1 order by id limit 1),
                             (select max(block) + 1 from alert_blocks where workspace_id = $1)) as first) f`,
    [workspaceId],
  );
  const { first, gone } = rows[0] ?? {};
  if (!gone || !first) return 0;
  const terms = await tx.query(
    `delete from alert_terms where workspace_id = $1 and ctid = any(array(
       select ctid from alert_terms where workspace_id = $1 and block < $2::bigint limit ${mostRemoved}))`,
    [workspaceId, first],
  );
  if (terms.rowCount) return terms.rowCount;
  await tx.query('delete from block_counts where workspace_id = $1 and block < $2::bigint', [
    workspaceId,
    first,
  ]);
  const blocks = await tx.query('delete from alert_blocks where workspace_id = $1 and block < $2::bigint', [
    workspaceId,
    first,
  ]);
  return blocks.rowCount ?? 0;
}

/** The database's clock. */
export async function readNow(tx: Tx): Promise<Date> {
  const { rows } = await tx.query<{ now: Date }>('select clock_timestamp() as now');
  return (rows[0] as { now: Date }).now;
}

/** What is said of the block of this alert may be out of date: a later turn looks again. */
export async function noteChanged(tx: Tx, workspaceId: string, alertId: string): Promise<void> {
  await tx.query('insert into changed_alerts (workspace_id, alert_id) values ($1, $2)', [
    workspaceId,
    alertId,
  ]);
}
