/** SQL of the alert list and of one alert. */
import type { Tx } from '../db/database.ts';
import { type AlertFilter, findAlerts } from './find.ts';

export interface AlertRow {
  id: string;
  revision: number;
  source: string;
  external_id: string;
  organization_id: string | null;
  organization_name: string | null;
  unassigned_reference: string | null;
  severity: number;
  alert_status: string | null;
  title: string;
  /** Of its present state. */
  received_at: Date;
  /** Of its first state. */
  first_received_at: Date;
  /** JSON text: numbers are as they came. */
  body: string;
  raw: string | null;
  trace: string[];
}

/** A look by the key for each row that is shown, and only where the alert was changed. */
const firstReceivedAt = `
  coalesce((select f.received_at from alert_revisions f
             where f.workspace_id = a.workspace_id and f.alert_id = a.id and f.revision = 1 and a.revision > 1),
           a.received_at)`;

const columns = `
  a.id, a.revision, a.source, a.external_id, a.organization_id, o.name as organization_name, a.unassigned_reference,
  a.severity, a.alert_status, a.title, a.received_at, ${firstReceivedAt} as first_received_at,
  a.body::text as body, a.trace`;

/** Newest first. */
export async function listAlerts(tx: Tx, workspaceId: string, filter: AlertFilter): Promise<AlertRow[]> {
  // Each question has a plan of its own: how often a value occurs decides.
  await tx.query('set local plan_cache_mode = force_custom_plan');
  const ids = await findAlerts(tx, workspaceId, filter);
  const { rows } = await tx.query<AlertRow>(
    `select ${columns}, null as raw from alerts a
       left join organizations o on o.workspace_id = a.workspace_id and o.id = a.organization_id
      where a.workspace_id = $1 and a.id = any($2::bigint[]) order by a.id desc`,
    [workspaceId, ids],
  );
  return rows;
}

export async function findAlert(tx: Tx, workspaceId: string, id: string): Promise<AlertRow | undefined> {
  const { rows } = await tx.query<AlertRow>(
    `select ${columns}, a.raw::text as raw from alerts a
       left join organizations o on o.workspace_id = a.workspace_id and o.id = a.organization_id
      where a.workspace_id = $1 and a.id = $2`,
    [workspaceId, id],
  );
  return rows[0];
}

/** Earlier states of an alert, oldest first. */
export async function listRevisions(
  tx: Tx,
  workspaceId: string,
  alertId: string,
): Promise<{ revision: number; severity: number; alert_status: string | null; received_at: Date }[]> {
  const { rows } = await tx.query(
    `select revision, severity, alert_status, received_at from alert_revisions
      where workspace_id = $1 and alert_id = $2 order by revision`,
    [workspaceId, alertId],
  );
  return rows;
}
