import type { Tx } from '../db/database.ts';
import type { DeliverySwitches, OrganizationReferenceEntry, ReferenceKind } from '../plan/types.ts';

export interface OrganizationRow {
  id: string;
  name: string;
  delivery_enabled: boolean;
  delivery_tickets: boolean;
  delivery_email: boolean;
  connection_id: string | null;
  revision: number;
  created_at: Date;
  refs: { kind: ReferenceKind; value: string; source: string | null }[] | null;
  /** What the list is sorted by. */
  sort_name: string;
  /** Alerts received in the last seven days. */
  alerts_7d: number;
  /** Of its newest alerts, up to {@link mostLooked}. */
  last_delivered_at: Date | null;
}

const mostLooked = 200;

const columns = `o.id, o.name, o.delivery_enabled, o.delivery_tickets, o.delivery_email, o.connection_id, o.revision,
  o.created_at, lower(o.name) as sort_name,
  (select json_agg(json_build_object('kind', r.kind, 'value', r.value, 'source', r.source) order by r.ordinal)
     from organization_references r
    where r.workspace_id = o.workspace_id and r.organization_id = o.id) as refs,
  (select count(*)::int from alerts a
    where a.workspace_id = o.workspace_id and a.organization_id = o.id
      and a.id >= (select coalesce((max(b.block) + 1) << 6, 0) from alert_blocks b
                    where b.workspace_id = o.workspace_id and b.last_at < now() - interval '7 days')
      and a.received_at > now() - interval '7 days') as alerts_7d,
  (select d.settled_at
     from (select id from alerts a where a.workspace_id = o.workspace_id and a.organization_id = o.id
            order by id desc limit ${mostLooked}) a
     join deliveries d on d.workspace_id = o.workspace_id and d.alert_id = a.id
    where d.delivery_state = 'delivered' order by a.id desc, d.id desc limit 1) as last_delivered_at`;

export async function findOrganization(
  tx: Tx,
  workspaceId: string,
  id: string,
): Promise<OrganizationRow | undefined> {
  const { rows } = await tx.query<OrganizationRow>(
    `select ${columns} from organizations o where o.workspace_id = $1 and o.id = $2`,
    [workspaceId, id],
  );
  return rows[0];
}

export interface OrganizationFilter {
  limit: number;
  after?: readonly [string, string] | undefined;
  /** Found in the name or in a reference. */
  pattern?: string | undefined;
  connectionId?: string | undefined;
  /** Whether PSA & email is on for it. */
  isEnabled?: boolean | undefined;
}

/** By name, without regard to letter case. */
export async function listOrganizations(
  tx: Tx,
  workspaceId: string,
  { limit, after, pattern, connectionId, isEnabled }: OrganizationFilter,
): Promise<OrganizationRow[]> {
  const { rows } = await tx.query<OrganizationRow>(
    `select ${columns}
       from organizations o
      where o.workspace_id = $1
        and ($2::text is null or (lower(o.name), o.id) > ($2, $3::uuid))
        and ($4::text is null or o.name ilike $4 or exists (
              select from organization_references r
               where r.workspace_id = o.workspace_id and r.organization_id = o.id and r.value ilike $4))
        and ($5::uuid is null or o.connection_id = $5)
        and ($6::boolean is null or o.delivery_enabled = $6)
      order by lower(o.name), o.id
      limit $7`,
    [
      workspaceId,
      after?.[0] ?? null,
      after?.[1] ?? null,
      pattern ?? null,
      connectionId ?? null,
      isEnabled ?? null,
      limit,
    ],
  );
  return rows;
}

/** All of them, by which an import finds those that are there. */
export async function listNames(tx: Tx, workspaceId: string): Promise<{ id: string; name: string }[]> {
  const { rows } = await tx.query<{ id: string; name: string }>(
    'select id, name from organizations where workspace_id = $1',
    [workspaceId],
  );
  return rows;
}

/** The switches that a new organization starts with (decision 1). */
export async function newOrganizationSwitches(tx: Tx, workspaceId: string): Promise<DeliverySwitches> {
  const { rows } = await tx.query<DeliverySwitches>(
    'select new_enabled as enabled, new_tickets as tickets, new_email as email from workspaces where id = $1',
    [workspaceId],
  );
  return rows[0]!;
}

export async function insertOrganization(
  tx: Tx,
  workspaceId: string,
  {
    id,
    name,
    delivery,
    connectionId,
  }: { id: string; name: string; delivery: DeliverySwitches; connectionId: string | null },
): Promise<void> {
  await tx.query(
    `insert into organizations (workspace_id, id, name, delivery_enabled, delivery_tickets, delivery_email, connection_id)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [workspaceId, id, name, delivery.enabled, delivery.tickets, delivery.email, connectionId],
  );
}

/** Members that are undefined stay as they are; a connection of null is taken away. */
export interface OrganizationChange {
  name?: string | undefined;
  delivery?:
    | { enabled?: boolean | undefined; tickets?: boolean | undefined; email?: boolean | undefined }
    | undefined;
  connectionId?: string | null | undefined;
}

export async function updateOrganization(
  tx: Tx,
  workspaceId: string,
  id: string,
  { name, delivery = {}, connectionId }: OrganizationChange,
): Promise<void> {
  await tx.query(
    `update organizations
        set name = coalesce($3, name), delivery_enabled = coalesce($4, delivery_enabled),
            delivery_tickets = coalesce($5, delivery_tickets), delivery_email = coalesce($6, delivery_email),
            connection_id = case when $7 then $8::uuid else connection_id end, revision = revision + 1
      where workspace_id = $1 and id = $2`,
    [
      workspaceId,
      id,
      name ?? null,
      delivery.enabled ?? null,
      delivery.tickets ?? null,
      delivery.email ?? null,
      connectionId !== undefined,
      connectionId ?? null,
    ],
  );
}

export async function replaceReferences(
  tx: Tx,
  workspaceId: string,
  organizationId: string,
  references: readonly OrganizationReferenceEntry[],
): Promise<void> {
  await tx.query('delete from organization_references where workspace_id = $1 and organization_id = $2', [
    workspaceId,
    organizationId,
  ]);
  await tx.query(
    `insert into organization_references (workspace_id, organization_id, ordinal, kind, value, source)
     select $1, $2, ordinal, kind, value, source
       from unnest($3::text[], $4::text[], $5::text[]) with ordinality as r(kind, value, source, ordinal)`,
    [
      workspaceId,
      organizationId,
      references.map(({ kind }) => kind),
      references.map(({ value }) => value),
      references.map(({ source }) => source ?? null),
    ],
  );
}

/** With its references and mappings; the tables of mappings that had one of it are others then. */
export async function deleteOrganization(tx: Tx, workspaceId: string, id: string): Promise<void> {
  await tx.query(
    `update connections c set mappings_revision = mappings_revision + 1
       from mappings m
      where m.workspace_id = $1 and m.organization_id = $2
        and c.workspace_id = m.workspace_id and c.id = m.connection_id`,
    [workspaceId, id],
  );
  await tx.query('delete from organizations where workspace_id = $1 and id = $2', [workspaceId, id]);
}

/** Deliveries of its alerts that are not settled yet. */
export async function countOpenDeliveries(
  tx: Tx,
  workspaceId: string,
  organizationId: string,
): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    `select count(*)::int as count
       from deliveries d join alerts a on a.workspace_id = d.workspace_id and a.id = d.alert_id
      where d.workspace_id = $1 and a.organization_id = $2
        and d.delivery_state in ('pending', 'sending', 'uncertain', 'held')`,
    [workspaceId, organizationId],
  );
  return rows[0]!.count;
}

export async function connectionExists(tx: Tx, workspaceId: string, connectionId: string): Promise<boolean> {
  const { rowCount } = await tx.query('select from connections where workspace_id = $1 and id = $2', [
    workspaceId,
    connectionId,
  ]);
  return rowCount === 1;
}
