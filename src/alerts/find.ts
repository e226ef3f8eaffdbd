/**
 * Which alerts a list shows, newest first, read in the way that costs least: from the few deliveries in a state, from the
 * blocks whose terms allow it (migration 0015), or from the newest alert on. Every way judges each alert by all conditions.
 */
import type { Tx } from '../db/database.ts';
import type { DeliveryState } from '../plan/types.ts';
import { conditionsOf } from './conditions.ts';
import { alertsInState, alertsOfGroup } from './owedIn.ts';

export interface AlertFilter {
  organizationId?: string | undefined;
  /** Ranks; one of them. */
  severities?: readonly number[] | undefined;
  sources?: readonly string[] | undefined;
  states?: readonly DeliveryState[] | undefined;
  from?: string | undefined;
  to?: string | undefined;
  /** Free text: all its pieces are in the alert, and each begins a word. */
  q?: string | undefined;
  groupId?: string | undefined;
  /** Only alerts with lower ids. */
  before?: string | undefined;
  limit: number;
}

/** Blocks that are read at once; more and more, because those before had too few. */
const blocksAtOnce = [8, 32, 128, 512, 2_048, 4_096];

/** Ids, newest first; fewer than `limit` when there are no more. */
export async function findAlerts(tx: Tx, workspaceId: string, filter: AlertFilter): Promise<string[]> {
  const terms = await termConditions(tx, filter);
  const isStateAlone = terms === undefined && filter.q === undefined;
  const known = await knownAlerts(tx, workspaceId, filter, isStateAlone);
  if (known) return amongKnown(tx, workspaceId, filter, known);
  if (!terms) return newest(tx, workspaceId, filter, '0');
  const end = await endOfBlocks(tx, workspaceId);
  const found = await newest(tx, workspaceId, filter, end);
  if (found.length >= filter.limit) return found;
  const blocks = await blocksWith(tx, workspaceId, filter, terms, end);
  for (let turn = 0, at = 0; at < blocks.length && found.length < filter.limit; turn += 1) {
    const next = blocks.slice(at, at + (blocksAtOnce[turn] ?? 4_096));
    at += next.length;
    found.push(...(await inBlocks(tx, workspaceId, { ...filter, limit: filter.limit - found.length }, next)));
  }
  return found;
}

/**
 * The alerts that alone can match, where these are few and found by what is owed for them. The newest of many do where
 * the state is all that is asked for.
 */
async function knownAlerts(
  tx: Tx,
  workspaceId: string,
  { states, groupId, before }: AlertFilter,
  isStateAlone: boolean,
): Promise<string[] | undefined> {
  if (groupId !== undefined) return alertsOfGroup(tx, workspaceId, groupId);
  if (!states) return undefined;
  const known: string[] = [];
  for (const state of states) {
    const { alerts, are } = await alertsInState(tx, workspaceId, state, before);
    if (are === 'some' || (are === 'newest' && !isStateAlone)) return undefined;
    known.push(...alerts);
  }
  return known;
}

async function amongKnown(
  tx: Tx,
  workspaceId: string,
  filter: AlertFilter,
  known: readonly string[],
): Promise<string[]> {
  if (known.length === 0) return [];
  const { text, values } = conditionsOf(workspaceId, filter);
  return idsOf(
    tx,
    `select a.id from alerts a where ${text} and a.id = any($${values.length + 1}::bigint[])
      order by a.id desc limit $${values.length + 2}`,
    [...values, [...new Set(known)], filter.limit],
  );
}

/** From the newest down to this id. */
async function newest(tx: Tx, workspaceId: string, filter: AlertFilter, from: string): Promise<string[]> {
  const { text, values } = conditionsOf(workspaceId, filter);
  return idsOf(
    tx,
    `select a.id from alerts a where ${text} and a.id >= $${values.length + 1}::bigint
      order by a.id desc limit $${values.length + 2}`,
    [...values, from, filter.limit],
  );
}

async function inBlocks(
  tx: Tx,
  workspaceId: string,
  filter: AlertFilter,
  blocks: readonly string[],
): Promise<string[]> {
  const { text, values } = conditionsOf(workspaceId, filter);
  return idsOf(
    tx,
    // Block by block, by the primary key: joined freely, all alerts would be read.
    `select a.id from unnest($${values.length + 1}::bigint[]) b(block)
      cross join lateral (
        select a.id from alerts a where ${text} and a.id >= b.block << 6 and a.id < (b.block + 1) << 6
         order by a.id desc limit $${values.length + 2}) a
      order by a.id desc limit $${values.length + 2}`,
    [...values, blocks, filter.limit],
  );
}

async function idsOf(tx: Tx, text: string, values: unknown[]): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(text, values);
  return rows.map(({ id }) => id);
}

/** The first id that no block describes. */
async function endOfBlocks(tx: Tx, workspaceId: string): Promise<string> {
  const { rows } = await tx.query<{ id: string }>(
    'select coalesce((max(block) + 1) << 6, 0) as id from alert_blocks where workspace_id = $1',
    [workspaceId],
  );
  return rows[0]?.id ?? '0';
}

interface Terms {
  /** One list per condition: a block has at least one term of each. */
  exact: string[][];
  /** A block has a term that begins so, for each. */
  beginnings: string[];
}

/** What the terms of a block must be; undefined when no condition has a term, not even a time. */
async function termConditions(
  tx: Tx,
  { organizationId, severities, sources, q, from, to }: AlertFilter,
): Promise<Terms | undefined> {
  const exact: string[][] = [];
  if (severities && sources)
    exact.push(severities.flatMap((one) => sources.map((source) => `:x${one}${source}`)));
  else if (severities) exact.push(severities.map((one) => `:s${one}`));
  else if (sources) exact.push(sources.map((one) => `:f${one}`));
  if (organizationId !== undefined) exact.push([`:o${organizationId}`]);
  const beginnings = q === undefined ? [] : await wordsOf(tx, q);
  const isOpen = exact.length === 0 && beginnings.length === 0 && from === undefined && to === undefined;
  return isOpen ? undefined : { exact, beginnings };
}

/** As the terms have them: one folding for what is stored and what is looked for. */
async function wordsOf(tx: Tx, q: string): Promise<string[]> {
  const { rows } = await tx.query<{ words: string[] }>(
    `select array(select distinct left(word, 60) from unnest(string_to_array(fold_words($1), ' ')) w(word)
                   where word <> '') as words`,
    [q],
  );
  return rows[0]?.words ?? [];
}

/**
 * Newest first, below `end`: what was described meanwhile was read already. Blocks with changed alerts, and those that
 * could not be described, are among them whatever their terms say.
 */
async function blocksWith(
  tx: Tx,
  workspaceId: string,
  { from, to, before }: AlertFilter,
  { exact, beginnings }: Terms,
  end: string,
): Promise<string[]> {
  const values: unknown[] = [workspaceId, before ?? null, from ?? null, to ?? null, end];
  const conditions = [
    ...exact.map((terms) => {
      values.push(terms);
      return `b.block in (select block from alert_terms where workspace_id = $1 and term = any($${values.length}::text[]))`;
    }),
    ...beginnings.map((word) => {
      values.push(word);
      const place = `$${values.length}::text`;
      return `b.block in (select block from alert_terms
        where workspace_id = $1 and term >= ${place} and term < ${place} || chr(1114111))`;
    }),
    "b.last_at >= coalesce($3::timestamptz, b.last_at) and b.first_at < coalesce($4::timestamptz, 'infinity')",
  ];
  const { rows } = await tx.query<{ blocks: string[] }>(
    `select coalesce(array_agg(b.block order by b.block desc), '{}') as blocks from alert_blocks b
      where b.workspace_id = $1 and b.block <= coalesce($2::bigint >> 6, b.block) and b.block < $5::bigint >> 6
        and (${conditions.join(' and ')}
             or b.plain_since is not null
             or b.block in (select alert_id >> 6 from changed_alerts where workspace_id = $1))`,
    values,
  );
  return rows[0]?.blocks ?? [];
}
