/** What is said of blocks: 64 alerts whose ids follow each other, found by their terms and counted (migration 0015). */
import type { Tx } from '../db/database.ts';
import { countBlocks, dropTerms } from './recount.ts';
import { settlesWithin } from './store.ts';

/** What is said of alerts `a`: the words that they are found by, and their members that lists are filtered by. */
const termsOf = `
  cross join lateral (
    select left(word, 60) as term from unnest(string_to_array(fold_words(alert_text(a.title, a.external_id, a.body)), ' '))
           as w(word) where word <> ''
    union all
    select unnest(array[':s' || a.severity, ':f' || a.source, ':x' || a.severity || a.source, ':o' || a.organization_id])
  ) t`;

/** The next blocks that are complete, from `first` to before `end`; undefined when there are none. */
async function nextBlocks(
  tx: Tx,
  workspaceId: string,
  most: number,
): Promise<{ first: string; end: string } | undefined> {
  const { rows } = await tx.query<{ first: string | null; end: string | null }>(
    `with top as (select coalesce(max(block) + 1, 0) as block from alert_blocks where workspace_id = $1),
     safe as (
       select id >> 6 as block from alerts
        where workspace_id = $1 and received_at < now() - ${settlesWithin} order by id desc limit 1),
     next as (
       select id >> 6 as block from alerts, top
        where workspace_id = $1 and id >= top.block << 6 order by id limit 1)
     select next.block as first, least(safe.block, next.block + $2::int) as end from next, safe`,
    [workspaceId, most],
  );
  const { first, end } = rows[0] ?? {};
  return !first || !end || BigInt(first) >= BigInt(end) ? undefined : { first, end };
}

const insertBlocks = `
  insert into alert_blocks (workspace_id, block, first_at, last_at)
  select $1::uuid, id >> 6, min(received_at), max(received_at) from alerts
   where workspace_id = $1 and id >= $2::bigint << 6 and id < $3::bigint << 6 group by id >> 6
  returning block`;

/**
 * Describes the next blocks that are complete, and counts them at the same time: a block that is there and has no counts
 * would be missing on the dashboard. Answers how many these are, 0 = none is left.
 */
export async function describeNew(tx: Tx, workspaceId: string, most: number): Promise<number> {
  const next = await nextBlocks(tx, workspaceId, most);
  if (!next) return 0;
  const { rows } = await tx.query<{ block: string }>(insertBlocks, [workspaceId, next.first, next.end]);
  const blocks = rows.map(({ block }) => block);
  await insertTerms(tx, workspaceId, blocks);
  await countBlocks(tx, workspaceId, blocks);
  return blocks.length;
}

/** Nothing is said of the next block: it is read whatever one looks for. Its counts are due. Answers which. */
export async function skipNew(tx: Tx, workspaceId: string): Promise<string | undefined> {
  const next = await nextBlocks(tx, workspaceId, 1);
  if (!next) return undefined;
  await tx.query(insertBlocks, [workspaceId, next.first, next.end]);
  await markPlain(tx, workspaceId, [next.first]);
  return next.first;
}

/** Adds the terms of all their alerts. */
async function insertTerms(tx: Tx, workspaceId: string, blocks: readonly string[]): Promise<void> {
  await tx.query(
    `insert into alert_terms (workspace_id, term, block)
     select distinct $1::uuid, t.term, b.block from unnest($2::bigint[]) b(block)
      cross join lateral (
        select * from alerts a
         where a.workspace_id = $1 and a.id >= b.block << 6 and a.id < (b.block + 1) << 6 offset 0) a ${termsOf}
      where t.term is not null
      order by 2, 3
     on conflict do nothing`,
    [workspaceId, blocks],
  );
}

/**
 * Adds what has become true of changed alerts to what is said of their blocks; where alerts were removed, only what is left
 * is said. Answers how many notes of changes these were.
 */
export async function describeChanged(tx: Tx, workspaceId: string, most: number): Promise<number> {
  const { rows } = await tx.query<{ alert_id: string }>(
    `delete from changed_alerts
      where workspace_id = $1 and ctid = any(array(
        select ctid from changed_alerts where workspace_id = $1 order by alert_id limit $2))
     returning alert_id`,
    [workspaceId, most],
  );
  if (rows.length === 0) return 0;
  const ids = [...new Set(rows.map(({ alert_id }) => alert_id))];
  const { rows: blocks } = await tx.query<{ block: string; is_thinned: boolean }>(
    `select b.block, bool_or(a.id is null) as is_thinned
       from unnest($2::bigint[]) c(id)
       join alert_blocks b on b.workspace_id = $1 and b.block = c.id >> 6
       left join alerts a on a.workspace_id = $1 and a.id = c.id
      group by b.block`,
    [workspaceId, ids],
  );
  const blocksThat = (areThinned: boolean) =>
    blocks.filter(({ is_thinned }) => is_thinned === areThinned).map(({ block }) => block);
  await addTerms(tx, workspaceId, ids, blocksThat(false));
  await describeAnew(tx, workspaceId, blocksThat(true));
  await countBlocks(tx, workspaceId, blocksThat(false));
  return rows.length;
}

/** The changed alert that comes first stays undescribed; answers its block. */
export async function skipChanged(tx: Tx, workspaceId: string): Promise<string | undefined> {
  const { rows } = await tx.query<{ block: string }>(
    `delete from changed_alerts
      where workspace_id = $1
        and alert_id = (select alert_id from changed_alerts where workspace_id = $1 order by alert_id limit 1)
     returning alert_id >> 6 as block`,
    [workspaceId],
  );
  const [block] = rows.map((row) => row.block);
  if (block !== undefined) await markPlain(tx, workspaceId, [block]);
  return block;
}

async function addTerms(
  tx: Tx,
  workspaceId: string,
  ids: readonly string[],
  blocks: readonly string[],
): Promise<void> {
  if (blocks.length === 0) return;
  await tx.query(
    `update alert_blocks b set first_at = least(b.first_at, c.first_at), last_at = greatest(b.last_at, c.last_at)
       from (select id >> 6 as block, min(received_at) as first_at, max(received_at) as last_at from alerts
              where workspace_id = $1 and id = any($2::bigint[]) group by id >> 6) c
      where b.workspace_id = $1 and b.block = c.block`,
    [workspaceId, ids],
  );
  await tx.query(
    `insert into alert_terms (workspace_id, term, block)
     select distinct $1::uuid, t.term, a.id >> 6 from alerts a ${termsOf}
      where a.workspace_id = $1 and a.id = any($2::bigint[]) and a.id >> 6 = any($3::bigint[]) and t.term is not null
     on conflict do nothing`,
    [workspaceId, ids, blocks],
  );
}

/** Says of these blocks what is so now, and nothing else. */
async function describeAnew(tx: Tx, workspaceId: string, blocks: readonly string[]): Promise<void> {
  if (blocks.length === 0) return;
  await dropTerms(tx, workspaceId, blocks);
  await insertTerms(tx, workspaceId, blocks);
  await tx.query(
    `update alert_blocks b set first_at = a.first_at, last_at = a.last_at, plain_since = null
       from unnest($2::bigint[]) c(block)
      cross join lateral (
        select min(received_at) as first_at, max(received_at) as last_at from alerts
         where workspace_id = $1 and id >= c.block << 6 and id < (c.block + 1) << 6) a
      where b.workspace_id = $1 and b.block = c.block and a.first_at is not null`,
    [workspaceId, blocks],
  );
  await countBlocks(tx, workspaceId, blocks);
}

const plainText = `
  select block from alert_blocks
   where workspace_id = $1 and plain_since < now() - interval '1 hour' order by plain_since limit 1`;

/** Tries again what could not be described an hour ago; answers how many blocks these are. */
export async function describePlain(tx: Tx, workspaceId: string): Promise<number> {
  const { rows } = await tx.query<{ block: string }>(plainText, [workspaceId]);
  await describeAnew(
    tx,
    workspaceId,
    rows.map(({ block }) => block),
  );
  return rows.length;
}

/** It still cannot be described: its next try comes. Answers which. */
export async function skipPlain(tx: Tx, workspaceId: string): Promise<string | undefined> {
  const { rows } = await tx.query<{ block: string }>(plainText, [workspaceId]);
  const blocks = rows.map(({ block }) => block);
  await markPlain(tx, workspaceId, blocks);
  return blocks[0];
}

/** Their counts are due, whatever else fails of them. */
async function markPlain(tx: Tx, workspaceId: string, blocks: readonly string[]): Promise<void> {
  await tx.query(
    `update alert_blocks set plain_since = clock_timestamp(), counted_at = '-infinity', is_open = true
      where workspace_id = $1 and block = any($2::bigint[])`,
    [workspaceId, blocks],
  );
}
