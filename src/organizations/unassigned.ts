/** References of senders that lead to no organization yet (decision 22). */
import type { Alert } from '../alerts/types.ts';
import type { Tx } from '../db/database.ts';
import { findOrganization, senderReferences } from '../plan/index.ts';
import type { OrganizationReferenceEntry, Settings } from '../plan/types.ts';

export interface UnassignedRow {
  reference: string;
  alerts: number;
  /** Id of the newest alert with this reference; the list is sorted by it. */
  newest_id: string;
  last_seen_at: Date;
  body: Alert;
}

const batch = 500;

/** Those seen last come first. Reads on until there are `limit` that are still unknown by the settings of now. */
export async function listUnassigned(
  tx: Tx,
  settings: Settings,
  { limit, after }: { limit: number; after?: readonly [string] | undefined },
): Promise<UnassignedRow[]> {
  const found: UnassignedRow[] = [];
  let position = after?.[0];
  for (;;) {
    const rows = await readBatch(tx, settings.workspaceId, position);
    for (const row of rows) {
      // Assigned meanwhile: its old alerts stay as they were accepted, new ones find their organization.
      if (findOrganization(row.body, settings).kind === 'unassigned') found.push(row);
      if (found.length === limit) return found;
    }
    if (rows.length < batch) return found;
    position = rows.at(-1)?.newest_id;
  }
}

async function readBatch(tx: Tx, workspaceId: string, before: string | undefined): Promise<UnassignedRow[]> {
  const { rows } = await tx.query<UnassignedRow>(
    `with seen as (
       select unassigned_reference as reference, count(*)::int as alerts, max(id) as newest_id
         from alerts
        where workspace_id = $1 and organization_id is null and unassigned_reference is not null
        group by unassigned_reference
       having $2::bigint is null or max(id) < $2
        order by max(id) desc
        limit ${batch})
     select s.reference, s.alerts, s.newest_id::text, a.received_at as last_seen_at, a.body
       from seen s join alerts a on a.workspace_id = $1 and a.id = s.newest_id
      order by s.newest_id desc`,
    [workspaceId, before ?? null],
  );
  return rows;
}

/**
 * What the sender of an unassigned alert called its organization, to be registered for this sender's alerts only:
 * another source may use the same id for somebody else.
 */
export async function findUnassignedReference(
  tx: Tx,
  workspaceId: string,
  reference: string,
): Promise<OrganizationReferenceEntry | undefined> {
  const { rows } = await tx.query<{ body: Alert }>(
    `select body from alerts
      where workspace_id = $1 and unassigned_reference = $2 and organization_id is null
      order by id desc limit 1`,
    [workspaceId, reference],
  );
  const [first] = rows[0] ? senderReferences(rows[0].body) : [];
  return first;
}
