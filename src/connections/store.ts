import type { Tx } from '../db/database.ts';
import type { Step } from '../psa/contract.ts';
import type { StepValues } from './validate.ts';

export type ConnectionState = 'draft' | 'active' | 'paused';

export interface ConnectionRow {
  id: string;
  name: string;
  kind: string;
  connection_state: ConnectionState;
  is_default: boolean;
  attention: string | null;
  attention_since: Date | null;
  pause_reason: string | null;
  steps: Partial<Record<Step, StepValues>>;
  sealed: Record<string, string>;
  /** Changes whenever the credentials do. */
  credentials_revision: string;
  revision: number;
  created_at: Date;
  waiting: number;
  held: number;
  failed: number;
  /** Of those waiting, what is being sent or looked up. */
  under_way: number;
  held_by_pause: number;
  load_state: 'loading' | 'ready' | 'failed' | null;
  loaded: number | null;
  total: number | null;
  load_failure: string | null;
}

const select = `
  select c.id, c.name, c.kind, c.connection_state, c.is_default, c.attention, c.attention_since, c.pause_reason,
         c.steps, c.sealed, c.revision, c.created_at,
         md5(c.sealed::text || coalesce(c.steps -> 'credentials', '{}')::text) as credentials_revision,
         n.waiting, n.held, n.failed, n.under_way, n.held_by_pause, l.load_state, l.loaded, l.total, l.failure as load_failure
    from connections c
    left join directory_loads l on l.workspace_id = c.workspace_id and l.connection_id = c.id
    cross join lateral (
      select count(*) filter (where d.delivery_state in ('pending', 'sending', 'uncertain'))::int as waiting,
             count(*) filter (where d.delivery_state = 'held')::int as held,
             count(*) filter (where d.delivery_state = 'failed')::int as failed,
             count(*) filter (where d.delivery_state in ('sending', 'uncertain'))::int as under_way,
             count(*) filter (where d.delivery_state = 'held' and d.reason = 'pause')::int as held_by_pause
        from deliveries d
       where d.workspace_id = c.workspace_id and d.channel_id = c.id
         and d.delivery_state in ('pending', 'sending', 'uncertain', 'held', 'failed')) n
   where c.workspace_id = $1`;

export async function findConnection(
  tx: Tx,
  workspaceId: string,
  id: string,
): Promise<ConnectionRow | undefined> {
  const { rows } = await tx.query<ConnectionRow>(`${select} and c.id = $2`, [workspaceId, id]);
  return rows[0];
}

/** Oldest first. */
export async function listConnections(
  tx: Tx,
  workspaceId: string,
  {
    limit,
    after,
    pattern,
  }: { limit: number; after?: readonly [string, string] | undefined; pattern?: string | undefined },
): Promise<ConnectionRow[]> {
  const { rows } = await tx.query<ConnectionRow>(
    `${select}
      and ($2::timestamptz is null or (date_trunc('milliseconds', c.created_at), c.id) > ($2::timestamptz, $3::uuid))
      and ($4::text is null or c.name ilike $4)
    order by date_trunc('milliseconds', c.created_at), c.id limit $5`,
    [workspaceId, after?.[0] ?? null, after?.[1] ?? null, pattern ?? null, limit],
  );
  return rows;
}

/** What is needed to call the PSA. */
export type CredentialsRow = Pick<
  ConnectionRow,
  'kind' | 'steps' | 'sealed' | 'credentials_revision' | 'attention'
> & {
  data_key: string;
};

export async function findCredentials(
  tx: Tx,
  workspaceId: string,
  id: string,
): Promise<CredentialsRow | undefined> {
  const { rows } = await tx.query<CredentialsRow>(
    `select c.kind, c.steps, c.sealed, c.attention, w.data_key,
            md5(c.sealed::text || coalesce(c.steps -> 'credentials', '{}')::text) as credentials_revision
       from connections c join workspaces w on w.id = c.workspace_id
      where c.workspace_id = $1 and c.id = $2`,
    [workspaceId, id],
  );
  return rows[0];
}

export async function insertConnection(
  tx: Tx,
  workspaceId: string,
  { id, kind, name }: { id: string; kind: string; name: string },
): Promise<void> {
  await tx.query('insert into connections (workspace_id, id, kind, name) values ($1, $2, $3, $4)', [
    workspaceId,
    id,
    kind,
    name,
  ]);
}

export async function renameConnection(tx: Tx, workspaceId: string, id: string, name: string): Promise<void> {
  await tx.query(
    'update connections set name = $3, revision = revision + 1 where workspace_id = $1 and id = $2',
    [workspaceId, id, name],
  );
}

/** Makes it the one default of the workspace. */
export async function makeDefault(tx: Tx, workspaceId: string, id: string): Promise<void> {
  await tx.query(
    `update connections set is_default = false, revision = revision + 1
      where workspace_id = $1 and is_default and id <> $2`,
    [workspaceId, id],
  );
  await tx.query(
    `update connections set is_default = true, revision = revision + 1
      where workspace_id = $1 and id = $2 and not is_default`,
    [workspaceId, id],
  );
}

export async function hasDefault(tx: Tx, workspaceId: string): Promise<boolean> {
  const { rowCount } = await tx.query('select from connections where workspace_id = $1 and is_default', [
    workspaceId,
  ]);
  return rowCount === 1;
}

/** Whether there are other connections that are set up. */
export async function hasOthersInUse(tx: Tx, workspaceId: string, id: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `select from connections where workspace_id = $1 and id <> $2 and connection_state <> 'draft' limit 1`,
    [workspaceId, id],
  );
  return rowCount === 1;
}

export async function saveStep(
  tx: Tx,
  workspaceId: string,
  id: string,
  step: Step,
  values: StepValues,
): Promise<void> {
  await tx.query(
    `update connections set steps = jsonb_set(steps, array[$3], $4::jsonb), revision = revision + 1
      where workspace_id = $1 and id = $2`,
    [workspaceId, id, step, JSON.stringify(values)],
  );
}

/** New secrets stand beside those that stay. */
export async function saveSecrets(
  tx: Tx,
  workspaceId: string,
  id: string,
  sealed: Record<string, string>,
): Promise<void> {
  await tx.query('update connections set sealed = sealed || $3::jsonb where workspace_id = $1 and id = $2', [
    workspaceId,
    id,
    JSON.stringify(sealed),
  ]);
}

export async function setConnectionState(
  tx: Tx,
  workspaceId: string,
  id: string,
  state: ConnectionState,
  pauseReason: string | null,
): Promise<void> {
  await tx.query(
    `update connections set connection_state = $3, pause_reason = $4, revision = revision + 1
      where workspace_id = $1 and id = $2`,
    [workspaceId, id, state, pauseReason],
  );
}

/** A person must act, or has acted (null). False when it was so already. */
export async function setAttention(
  tx: Tx,
  workspaceId: string,
  id: string,
  attention: string | null,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update connections
        set attention = $3, attention_since = case when $3::text is null then null else now() end,
            revision = revision + 1
      where workspace_id = $1 and id = $2 and (attention is null) <> ($3::text is null)`,
    [workspaceId, id, attention],
  );
  return rowCount === 1;
}

export async function deleteConnection(tx: Tx, workspaceId: string, id: string): Promise<void> {
  await tx.query(
    'update organizations set connection_id = null, revision = revision + 1 where workspace_id = $1 and connection_id = $2',
    [workspaceId, id],
  );
  await tx.query('delete from connections where workspace_id = $1 and id = $2', [workspaceId, id]);
}

/** Everything that waits for a connection that goes ends here, visibly (decision 24). */
export async function skipForRemoved(tx: Tx, workspaceId: string, connectionId: string): Promise<void> {
  await tx.query(
    `update deliveries
        set delivery_state = 'skipped', reason = 'connectionRemoved', settled_at = now(),
            problem = 'Its PSA connection was removed.'
      where workspace_id = $1 and channel_id = $2 and delivery_state in ('pending', 'held')`,
    [workspaceId, connectionId],
  );
}

export async function listWorkspaces(tx: Tx): Promise<string[]> {
  const { rows } = await tx.query<{ workspace_id: string }>('select workspace_id from workspace_index');
  return rows.map((row) => row.workspace_id);
}
