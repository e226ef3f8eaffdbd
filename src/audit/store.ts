import type { Tx } from '../db/database.ts';
import type { Entry, Head, Members, Who } from './types.ts';

/** An entry with its place in the chain. */
export interface ChainedEntry extends Entry {
  previousHash: string;
  hash: string;
}

/** The end of the chain, which stays until this transaction ends, and the time of the entry that comes next. */
export async function lockHead(tx: Tx, workspaceId: string): Promise<{ head: Head; at: Date }> {
  const { rows } = await tx.query<{ n: string; hash: string; at: Date }>(
    `insert into audit_heads as h (workspace_id) values ($1)
     on conflict (workspace_id) do update set n = h.n
     returning n, hash, date_trunc('milliseconds', clock_timestamp()) as at`,
    [workspaceId],
  );
  const { n, hash, at } = rows[0]!;
  return { head: { n: Number(n), hash }, at };
}

/** Adds the entry and moves the end of its chain; the end is locked. */
export async function appendEntry(tx: Tx, entry: ChainedEntry): Promise<void> {
  const { workspaceId, n, at, who, address, action, target, before, after, reason } = entry;
  await tx.query(
    `with head as (update audit_heads set n = $2, hash = $16 where workspace_id = $1)
     insert into audit_entries (workspace_id, n, at, actor_kind, actor_id, actor_name, address, action,
                                target_kind, target_id, target_name, before, after, reason, previous_hash, hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [
      workspaceId,
      n,
      at,
      who.kind,
      who.id,
      who.name,
      address,
      action,
      target.kind,
      target.id,
      target.name,
      JSON.stringify(before),
      JSON.stringify(after),
      reason,
      entry.previousHash,
      entry.hash,
    ],
  );
}

/** The end as it is written down; the chain itself is proven by its hashes only. */
export async function findHead(tx: Tx, workspaceId: string): Promise<Head> {
  const { rows } = await tx.query<{ n: string; hash: string }>(
    'select n, hash from audit_heads where workspace_id = $1',
    [workspaceId],
  );
  const row = rows[0];
  return row ? { n: Number(row.n), hash: row.hash } : { n: 0, hash: '' };
}

interface EntryRow {
  n: string;
  at: Date;
  actor_kind: Who['kind'];
  actor_id: string;
  actor_name: string;
  address: string | null;
  action: string;
  target_kind: string;
  target_id: string;
  target_name: string;
  before: Members;
  after: Members;
  reason: string | null;
  previous_hash: string;
  hash: string;
}

const columns = `n, at, actor_kind, actor_id, actor_name, address, action, target_kind, target_id, target_name,
  before, after, reason, previous_hash, hash`;

/** Which entries are wanted; what is absent does not matter. */
export interface EntryFilter {
  actorId?: string | undefined;
  action?: string | undefined;
  targetKind?: string | undefined;
  targetId?: string | undefined;
  /** ISO times; `to` is not among them. */
  from?: string | undefined;
  to?: string | undefined;
  /** A pattern for names, the reason, the address and what was changed. */
  pattern?: string | undefined;
}

const condition = `workspace_id = $1
  and ($2::text is null or actor_id = $2) and ($3::text is null or action = $3)
  and ($4::text is null or target_kind = $4) and ($5::text is null or target_id = $5)
  and ($6::timestamptz is null or at >= $6) and ($7::timestamptz is null or at < $7)
  and ($8::text is null or actor_name ilike $8 or target_name ilike $8 or reason ilike $8 or address ilike $8
       or before::text ilike $8 or after::text ilike $8)`;

const valuesOf = (workspaceId: string, filter: EntryFilter): unknown[] => [
  workspaceId,
  filter.actorId ?? null,
  filter.action ?? null,
  filter.targetKind ?? null,
  filter.targetId ?? null,
  filter.from ?? null,
  filter.to ?? null,
  filter.pattern ?? null,
];

/** Newest first, those before entry `beforeN`. */
export async function listEntries(
  tx: Tx,
  workspaceId: string,
  { beforeN, limit, ...filter }: EntryFilter & { beforeN?: number | undefined; limit: number },
): Promise<ChainedEntry[]> {
  const { rows } = await tx.query<EntryRow>(
    `select ${columns} from audit_entries
      where ${condition} and ($9::bigint is null or n < $9) order by n desc limit $10`,
    [...valuesOf(workspaceId, filter), beforeN ?? null, limit],
  );
  return rows.map((row) => toEntry(workspaceId, row));
}

export async function findEntry(tx: Tx, workspaceId: string, n: number): Promise<ChainedEntry | undefined> {
  const { rows } = await tx.query<EntryRow>(
    `select ${columns} from audit_entries where workspace_id = $1 and n = $2`,
    [workspaceId, n],
  );
  return rows[0] && toEntry(workspaceId, rows[0]);
}

/** Oldest first, those after entry `afterN` and up to `toN`: in the order of the chain. */
export async function readEntries(
  tx: Tx,
  workspaceId: string,
  { afterN, toN, limit, ...filter }: EntryFilter & { afterN: number; toN: number; limit: number },
): Promise<ChainedEntry[]> {
  const { rows } = await tx.query<EntryRow>(
    `select ${columns} from audit_entries
      where ${condition} and n > $9 and n <= $10 order by n limit $11`,
    [...valuesOf(workspaceId, filter), afterN, toN, limit],
  );
  return rows.map((row) => toEntry(workspaceId, row));
}

/** How many there are, counted up to `most`. */
export async function countEntries(
  tx: Tx,
  workspaceId: string,
  { most, ...filter }: EntryFilter & { most: number },
): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    `select count(*)::int as count from (select from audit_entries where ${condition} limit $9) entries`,
    [...valuesOf(workspaceId, filter), most],
  );
  return rows[0]!.count;
}

/** The wrapped data key, of which heads are signed. */
export async function findDataKey(tx: Tx, workspaceId: string): Promise<string> {
  const { rows } = await tx.query<{ data_key: string }>('select data_key from workspaces where id = $1', [
    workspaceId,
  ]);
  return rows[0]!.data_key;
}

function toEntry(workspaceId: string, row: EntryRow): ChainedEntry {
  return {
    workspaceId,
    n: Number(row.n),
    at: row.at,
    who: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    address: row.address,
    action: row.action,
    target: { kind: row.target_kind, id: row.target_id, name: row.target_name },
    before: row.before,
    after: row.after,
    reason: row.reason,
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}
