import type { Tx } from '../db/database.ts';
import type { KeyScope } from '../http/index.ts';
import type { ApiKey } from './types.ts';

/** Where a key's hash leads; readable before any workspace is known. */
export interface KeyPlace {
  hash: string;
  workspaceId: string;
  keyId: string;
}

export interface KeyRow {
  id: string;
  name: string;
  prefix: string;
  scopes: KeyScope[];
  source: string | null;
  created_at: Date;
}

const columns = 'id, name, prefix, scopes, source, created_at';

/** Of these hashes (hex), those that are keys now. Revoked ones are gone from the index. */
export async function findKeyPlaces(tx: Tx, hashes: readonly string[]): Promise<KeyPlace[]> {
  const { rows } = await tx.query<{ hash: string; workspace_id: string; key_id: string }>(
    `select encode(key_hash, 'hex') as hash, workspace_id, key_id
       from api_key_index where key_hash in (select decode(one, 'hex') from unnest($1::text[]) as one)`,
    [hashes],
  );
  return rows.map((row) => ({ hash: row.hash, workspaceId: row.workspace_id, keyId: row.key_id }));
}

export async function findKey(tx: Tx, workspaceId: string, keyId: string): Promise<KeyRow | undefined> {
  const { rows } = await tx.query<KeyRow>(
    `select ${columns} from api_keys where workspace_id = $1 and id = $2 and revoked_at is null`,
    [workspaceId, keyId],
  );
  return rows[0];
}

/** Newest first, beginning behind `after`. */
export async function listKeys(
  tx: Tx,
  workspaceId: string,
  { limit, after, pattern }: { limit: number; after?: readonly [string, string]; pattern?: string },
): Promise<KeyRow[]> {
  const { rows } = await tx.query<KeyRow>(
    `select ${columns} from api_keys
      where workspace_id = $1 and revoked_at is null
        and ($2::timestamptz is null or (date_trunc('milliseconds', created_at), id) < ($2::timestamptz, $3::uuid))
        and ($4::text is null or name ilike $4)
      order by date_trunc('milliseconds', created_at) desc, id desc
      limit $5`,
    [workspaceId, after?.[0] ?? null, after?.[1] ?? null, pattern ?? null, limit],
  );
  return rows;
}

export async function insertKey(
  tx: Tx,
  workspaceId: string,
  key: {
    id: string;
    name: string;
    prefix: string;
    hash: string;
    scopes: readonly KeyScope[];
    source?: string;
  },
): Promise<KeyRow> {
  const { rows } = await tx.query<KeyRow>(
    `insert into api_keys (workspace_id, id, name, prefix, scopes, source)
     values ($1, $2, $3, $4, $5, $6) returning ${columns}`,
    [workspaceId, key.id, key.name, key.prefix, key.scopes, key.source ?? null],
  );
  await tx.query(
    `insert into api_key_index (key_hash, workspace_id, key_id) values (decode($1, 'hex'), $2, $3)`,
    [key.hash, workspaceId, key.id],
  );
  return rows[0]!;
}

/** Whether the key is valid; it stays so until the transaction ends. */
export async function holdKey(tx: Tx, workspaceId: string, keyId: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    'select from api_keys where workspace_id = $1 and id = $2 and revoked_at is null for share',
    [workspaceId, keyId],
  );
  return rowCount === 1;
}

/** False when there is no such key, or it was revoked before. */
export async function revokeKey(tx: Tx, workspaceId: string, keyId: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    'update api_keys set revoked_at = now() where workspace_id = $1 and id = $2 and revoked_at is null',
    [workspaceId, keyId],
  );
  if (rowCount === 0) return false;
  await tx.query('delete from api_key_index where workspace_id = $1 and key_id = $2', [workspaceId, keyId]);
  return true;
}

export function toApiKey({ id, name, prefix, scopes, source, created_at }: KeyRow): ApiKey {
  return { id, name, prefix, scopes, source, createdAt: created_at.toISOString() };
}
