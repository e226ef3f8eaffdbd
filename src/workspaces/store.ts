import type { Tx } from '../db/database.ts';

export interface WorkspaceRow {
  id: string;
  name: string;
  time_zone: string;
  new_enabled: boolean;
  new_tickets: boolean;
  new_email: boolean;
  way_out_minutes: number;
  retention_days: number;
  second_factor: boolean;
  settings_version: string;
  created_at: Date;
}

/** Serialises the making of the first workspace; any number that nothing else on the database uses. */
const firstWorkspaceLock = 4_701_992_019;

const columns = `id, name, time_zone, new_enabled, new_tickets, new_email, way_out_minutes, retention_days,
  second_factor, settings_version, created_at`;

/** The oldest workspace; others wait until this transaction ends, so that only one is ever made. */
export async function lockOldestWorkspace(tx: Tx): Promise<string | undefined> {
  await tx.query('select pg_advisory_xact_lock($1)', [firstWorkspaceLock]);
  const { rows } = await tx.query<{ workspace_id: string }>(
    'select workspace_id from workspace_index order by created_at, workspace_id limit 1',
  );
  return rows[0]?.workspace_id;
}

/** The ids of all workspaces, oldest first; for work that goes over all of them, outside any fence. */
export async function listWorkspaces(tx: Tx): Promise<string[]> {
  const { rows } = await tx.query<{ workspace_id: string }>(
    'select workspace_id from workspace_index order by created_at, workspace_id',
  );
  return rows.map((row) => row.workspace_id);
}

export async function insertWorkspace(tx: Tx, id: string, name: string, dataKey: string): Promise<void> {
  await tx.query('insert into workspaces (id, name, data_key) values ($1, $2, $3)', [id, name, dataKey]);
  await tx.query('insert into workspace_index (workspace_id) values ($1)', [id]);
}

export async function findWorkspace(tx: Tx, id: string): Promise<WorkspaceRow | undefined> {
  const { rows } = await tx.query<WorkspaceRow>(`select ${columns} from workspaces where id = $1`, [id]);
  return rows[0];
}

/** Members that are undefined stay as they are. */
export interface WorkspaceChange {
  name?: string;
  timeZone?: string;
  newOrganizations?: { enabled?: boolean; tickets?: boolean; email?: boolean };
  wayOutMinutes?: number;
  retentionDays?: number;
  secondFactorDemanded?: boolean;
}

export async function updateWorkspace(tx: Tx, id: string, change: WorkspaceChange): Promise<WorkspaceRow> {
  const { newOrganizations = {} } = change;
  const { rows } = await tx.query<WorkspaceRow>(
    `update workspaces
        set name = coalesce($2, name), time_zone = coalesce($3, time_zone),
            new_enabled = coalesce($4, new_enabled), new_tickets = coalesce($5, new_tickets),
            new_email = coalesce($6, new_email), way_out_minutes = coalesce($7, way_out_minutes),
            retention_days = coalesce($8, retention_days), second_factor = coalesce($9, second_factor)
      where id = $1
      returning ${columns}`,
    [
      id,
      change.name ?? null,
      change.timeZone ?? null,
      newOrganizations.enabled ?? null,
      newOrganizations.tickets ?? null,
      newOrganizations.email ?? null,
      change.wayOutMinutes ?? null,
      change.retentionDays ?? null,
      change.secondFactorDemanded ?? null,
    ],
  );
  return rows[0]!;
}
