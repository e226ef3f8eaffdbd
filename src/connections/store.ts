import type { Tx } from '../db/database.ts';
import type { Step } from '../psa/contract.ts';
import { type BudgetRow, budgetColumns } from './budget.ts';
import { type LookFirstRow, lookFirstColumn } from './lookFirst.ts';
import { clearNotices, type NoticeRow, noticesColumn } from './notices.ts';
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
  /** Null: as its kind declares. */
  budget_share: number | null;
  steps: Partial<Record<Step, StepValues>>;
  sealed: Record<string, string>;
  /** Changes whenever the credentials do. */
  credentials_revision: string;
  revision: number;
  /** Of the mapping table and the ignored accounts. */
  mappings_revision: number;
  created_at: Date;
  load_state: 'loading' | 'ready' | 'failed' | null;
  loaded: number | null;
  total: number | null;
  load_failure: string | null;
  load_waiting: string | null;
  notices: NoticeRow[] | null;
}

/** Deliveries of a connection, counted. That takes a while with a long backlog: never under the lock of a change. */
export interface DeliveryCounts {
  waiting: number;
  held: number;
  failed: number;
  /** Of those waiting, what is being sent or looked up. */
  under_way: number;
  held_by_pause: number;
}

export type CountedConnectionRow = ConnectionRow &
  DeliveryCounts &
  BudgetRow & { look_first: LookFirstRow | null };

/** Changes with every value that is needed to log in. */
const credentialsRevision = `md5(c.sealed::text || coalesce(c.steps -> 'credentials', '{}')::text)`;

const columns = `
  c.id, c.name, c.kind, c.connection_state, c.is_default, c.attention, c.attention_since, c.pause_reason,
  c.budget_share, c.steps,
  c.sealed, c.revision, c.mappings_revision, c.created_at,
  ${credentialsRevision} as credentials_revision,
  l.load_state, l.loaded, l.total, l.failure as load_failure, l.waiting as load_waiting, ${noticesColumn}`;

const tables = `
  connections c
  left join directory_loads l on l.workspace_id = c.workspace_id and l.connection_id = c.id`;

/**
 * Each part reads an index over `place`; those being sent have none and are found by their attempts.
 * `$1` and `c.id` name the connection.
 */
const counts = `
  select count(*) filter (where d.delivery_state in ('pending', 'sending', 'uncertain'))::int as waiting,
         count(*) filter (where d.delivery_state = 'held')::int as held,
         count(*) filter (where d.delivery_state = 'failed')::int as failed,
         count(*) filter (where d.delivery_state in ('sending', 'uncertain'))::int as under_way,
         count(*) filter (where d.delivery_state = 'held' and d.reason = 'pause')::int as held_by_pause
    from (select delivery_state, reason from deliveries
           where workspace_id = $1 and channel_id = c.id and place = 1
          union all
          select delivery_state, reason from deliveries
           where workspace_id = $1 and channel_id = c.id and place = 2
          union all
          select delivery_state, reason from deliveries
           where workspace_id = $1 and channel_id = c.id and place = 3
          union all
          select s.delivery_state, s.reason
            from attempts a
            join writes w on w.workspace_id = a.workspace_id and w.id = a.write_id
            join deliveries s on s.workspace_id = w.workspace_id and s.id = any(w.delivery_ids)
           where a.workspace_id = $1 and a.connection_id = c.id and a.attempt_state in ('sending', 'uncertain')
             and s.delivery_state = 'sending') d`;

const countedSelect = `
  select ${columns}, ${budgetColumns}, ${lookFirstColumn}, n.*
    from ${tables}
    left join connection_budgets b on b.workspace_id = c.workspace_id and b.connection_id = c.id
   cross join lateral (${counts}) n
   where c.workspace_id = $1`;

export async function findConnection(
  tx: Tx,
  workspaceId: string,
  id: string,
): Promise<ConnectionRow | undefined> {
  const { rows } = await tx.query<ConnectionRow>(
    `select ${columns} from ${tables} where c.workspace_id = $1 and c.id = $2`,
    [workspaceId, id],
  );
  return rows[0];
}

export async function findCountedConnection(
  tx: Tx,
  workspaceId: string,
  id: string,
): Promise<CountedConnectionRow | undefined> {
  const { rows } = await tx.query<CountedConnectionRow>(`${countedSelect} and c.id = $2`, [workspaceId, id]);
  return rows[0];
}

/** What stands in the way of a change, looked at under its lock: found, not counted. */
export async function findObstacles(
  tx: Tx,
  workspaceId: string,
  id: string,
): Promise<{ isUnderWay: boolean; isOpen: boolean; isHeldByPause: boolean }> {
  const { rows } = await tx.query(
    `select exists (select from attempts where workspace_id = $1 and connection_id = $2
                       and attempt_state in ('sending', 'uncertain'))
            or exists (select from deliveries where workspace_id = $1 and channel_id = $2 and place = 3
                          and delivery_state = 'uncertain') as under_way,
            exists (select from deliveries where workspace_id = $1 and channel_id = $2 and place = 1)
            or exists (select from deliveries where workspace_id = $1 and channel_id = $2 and place = 2)
            or exists (select from deliveries where workspace_id = $1 and channel_id = $2 and place = 3
                          and delivery_state = 'held') as open,
            exists (select from deliveries where workspace_id = $1 and channel_id = $2 and place = 3
                       and delivery_state = 'held' and reason = 'pause') as held_by_pause`,
    [workspaceId, id],
  );
  const { under_way, open, held_by_pause } = rows[0];
  return { isUnderWay: under_way, isOpen: open, isHeldByPause: held_by_pause };
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
): Promise<CountedConnectionRow[]> {
  const { rows } = await tx.query<CountedConnectionRow>(
    `${countedSelect}
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
    `select c.kind, c.steps, c.sealed, c.attention, w.data_key, ${credentialsRevision} as credentials_revision
       from connections c join workspaces w on w.id = c.workspace_id
      where c.workspace_id = $1 and c.id = $2`,
    [workspaceId, id],
  );
  return rows[0];
}

/** Credentials' revision and whether a person must act, of connections that are not drafts. */
export async function findStandings(
  tx: Tx,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, { revision: string; needsPerson: boolean }>> {
  const { rows } = await tx.query<{ id: string; revision: string; needs_person: boolean }>(
    `select c.id, ${credentialsRevision} as revision, c.attention is not null as needs_person
       from connections c
      where c.workspace_id = $1 and c.id = any($2::uuid[]) and c.connection_state <> 'draft'`,
    [workspaceId, ids],
  );
  return new Map(rows.map(({ id, revision, needs_person }) => [id, { revision, needsPerson: needs_person }]));
}

/** True for a draft, and for a connection that is not there. */
export async function isDraftConnection(tx: Tx, workspaceId: string, id: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `select from connections where workspace_id = $1 and id = $2 and connection_state <> 'draft'`,
    [workspaceId, id],
  );
  return rowCount !== 1;
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

export async function connectionNames(tx: Tx, workspaceId: string): Promise<string[]> {
  const { rows } = await tx.query<{ name: string }>('select name from connections where workspace_id = $1', [
    workspaceId,
  ]);
  return rows.map(({ name }) => name);
}

export async function renameConnection(tx: Tx, workspaceId: string, id: string, name: string): Promise<void> {
  await tx.query(
    'update connections set name = $3, revision = revision + 1 where workspace_id = $1 and id = $2',
    [workspaceId, id, name],
  );
}

/** Null: as its kind declares. */
export async function setBudgetShare(
  tx: Tx,
  workspaceId: string,
  id: string,
  share: number | null,
): Promise<void> {
  await tx.query(
    'update connections set budget_share = $3, revision = revision + 1 where workspace_id = $1 and id = $2',
    [workspaceId, id, share],
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
  await clearNotices(tx, workspaceId, id);
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
