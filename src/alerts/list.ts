/** SQL of the alert list and of one alert. */
import type { Tx } from '../db/database.ts';

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
  received_at: Date;
  /** JSON text: numbers are as they came. */
  body: string;
  raw: string | null;
  trace: string[];
}

export interface AlertFilter {
  organizationId?: string;
  severity?: number;
  source?: string;
  state?: string;
  from?: string;
  to?: string;
  /** A LIKE pattern. */
  pattern?: string;
  groupId?: string;
  before?: string;
  limit: number;
}

const columns = `
  a.id, a.revision, a.source, a.external_id, a.organization_id, o.name as organization_name, a.unassigned_reference,
  a.severity, a.alert_status, a.title, a.received_at, a.body::text as body, a.trace`;

/** Newest first. */
export async function listAlerts(tx: Tx, workspaceId: string, filter: AlertFilter): Promise<AlertRow[]> {
  const values: unknown[] = [workspaceId];
  const conditions = ['a.workspace_id = $1'];
  const where = (value: unknown, condition: (parameter: string) => string) => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  where(filter.organizationId, (p) => `a.organization_id = ${p}::uuid`);
  where(filter.severity, (p) => `a.severity = ${p}::smallint`);
  where(filter.source, (p) => `a.source = ${p}`);
  where(filter.from, (p) => `a.received_at >= ${p}::timestamptz`);
  where(filter.to, (p) => `a.received_at < ${p}::timestamptz`);
  where(filter.before, (p) => `a.id < ${p}::bigint`);
  where(filter.pattern, (p) => `(a.title ilike ${p} or a.external_id ilike ${p})`);
  where(
    filter.state,
    (p) => `exists (select from deliveries d
    where d.workspace_id = a.workspace_id and d.alert_id = a.id and d.delivery_state = ${p})`,
  );
  where(
    filter.groupId,
    (p) => `exists (select from deliveries d
    where d.workspace_id = a.workspace_id and d.alert_id = a.id and d.group_id = ${p}::bigint)`,
  );
  values.push(filter.limit);
  const { rows } = await tx.query<AlertRow>(
    `select ${columns}, null as raw from alerts a
       left join organizations o on o.workspace_id = a.workspace_id and o.id = a.organization_id
      where ${conditions.join(' and ')} order by a.id desc limit $${values.length}`,
    values,
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
