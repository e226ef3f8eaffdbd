import type { Tx } from '../db/database.ts';
import { clearNotices } from './notices.ts';

export interface MappingRow {
  organization_id: string;
  organization_name: string;
  account_id: string;
  account_name: string | null;
  account_is_active: boolean | null;
  contact_id: string | null;
  contract_id: string | null;
  service_id: string | null;
  add_service: boolean | null;
  unit_cost: string | null;
  unit_price: string | null;
  note: string;
  /** A day. */
  review_on: string | null;
}

export async function listMappings(tx: Tx, workspaceId: string, connectionId: string): Promise<MappingRow[]> {
  const { rows } = await tx.query<MappingRow>(
    `select m.organization_id, o.name as organization_name, m.account_id, d.name as account_name,
            d.is_active as account_is_active, m.contact_id, m.contract_id, m.service_id, m.add_service,
            trim_scale(m.unit_cost)::text as unit_cost,
            trim_scale(m.unit_price)::text as unit_price, m.note, m.review_on::text as review_on
       from mappings m
       join organizations o on o.workspace_id = m.workspace_id and o.id = m.organization_id
       left join directory_accounts d
         on d.workspace_id = m.workspace_id and d.connection_id = m.connection_id and d.account_id = m.account_id
      where m.workspace_id = $1 and m.connection_id = $2
      order by lower(o.name), o.id`,
    [workspaceId, connectionId],
  );
  return rows;
}

/** Undefined when the organization has no account in this connection. */
export async function findMappedAccount(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  organizationId: string,
): Promise<string | undefined> {
  const { rows } = await tx.query<{ account_id: string }>(
    'select account_id from mappings where workspace_id = $1 and connection_id = $2 and organization_id = $3',
    [workspaceId, connectionId, organizationId],
  );
  return rows[0]?.account_id;
}

export async function listIgnored(tx: Tx, workspaceId: string, connectionId: string): Promise<string[]> {
  const { rows } = await tx.query<{ account_id: string }>(
    'select account_id from ignored_accounts where workspace_id = $1 and connection_id = $2 order by account_id',
    [workspaceId, connectionId],
  );
  return rows.map((row) => row.account_id);
}

/** One row of the mapping table, as it is stored. */
export interface NewMapping {
  organizationId: string;
  accountId: string;
  contactId?: string | null | undefined;
  contractId?: string | null | undefined;
  serviceId?: string | null | undefined;
  addService?: boolean | null | undefined;
  /** Decimals as text. */
  unitCost?: string | null | undefined;
  unitPrice?: string | null | undefined;
  /** Why the organization goes to this account. */
  note?: string | undefined;
  /** The day on which somebody looks at it again. */
  reviewOn?: string | null | undefined;
}

/** Call it with each change of the mappings or the ignored accounts. */
export async function raiseMappingsRevision(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
): Promise<void> {
  await tx.query(
    'update connections set mappings_revision = mappings_revision + 1 where workspace_id = $1 and id = $2',
    [workspaceId, connectionId],
  );
}

export async function replaceMappings(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  mappings: readonly NewMapping[],
): Promise<void> {
  await clearNotices(tx, workspaceId, connectionId);
  await tx.query('delete from mappings where workspace_id = $1 and connection_id = $2', [
    workspaceId,
    connectionId,
  ]);
  await tx.query(
    `insert into mappings (workspace_id, connection_id, organization_id, account_id, contact_id, contract_id,
                           service_id, add_service, unit_cost, unit_price, note, review_on)
     select $1, $2, * from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[],
                                  $9::numeric[], $10::numeric[], $11::text[], $12::date[])`,
    [
      workspaceId,
      connectionId,
      mappings.map((one) => one.organizationId),
      mappings.map((one) => one.accountId),
      mappings.map((one) => one.contactId ?? null),
      mappings.map((one) => one.contractId ?? null),
      mappings.map((one) => one.serviceId ?? null),
      mappings.map((one) => one.addService ?? null),
      mappings.map((one) => one.unitCost ?? null),
      mappings.map((one) => one.unitPrice ?? null),
      mappings.map((one) => one.note ?? ''),
      mappings.map((one) => one.reviewOn ?? null),
    ],
  );
}

export async function replaceIgnored(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  accountIds: readonly string[],
): Promise<void> {
  await tx.query('delete from ignored_accounts where workspace_id = $1 and connection_id = $2', [
    workspaceId,
    connectionId,
  ]);
  await tx.query(
    'insert into ignored_accounts (workspace_id, connection_id, account_id) select distinct $1::uuid, $2::uuid, unnest($3::text[])',
    [workspaceId, connectionId, accountIds],
  );
}

/** Marks accounts as not to be offered; those that are marked already stay so. */
export async function addIgnored(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  accountIds: readonly string[],
): Promise<void> {
  await tx.query(
    `insert into ignored_accounts (workspace_id, connection_id, account_id)
     select distinct $1::uuid, $2::uuid, unnest($3::text[]) on conflict do nothing`,
    [workspaceId, connectionId, accountIds],
  );
}

export async function removeIgnored(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  accountIds: readonly string[],
): Promise<void> {
  await tx.query(
    'delete from ignored_accounts where workspace_id = $1 and connection_id = $2 and account_id = any($3)',
    [workspaceId, connectionId, accountIds],
  );
}

/** Of these organizations, those that exist. */
export async function existingOrganizations(
  tx: Tx,
  workspaceId: string,
  ids: readonly string[],
): Promise<Set<string>> {
  const { rows } = await tx.query<{ id: string }>(
    'select id from organizations where workspace_id = $1 and id = any($2::uuid[])',
    [workspaceId, ids],
  );
  return new Set(rows.map((row) => row.id));
}

/** Organizations without a mapping here that are not sent to another connection on purpose (decisions 2 and 7). */
export async function countUnmapped(tx: Tx, workspaceId: string, connectionId: string): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    `select count(*)::int as count from organizations o
      where o.workspace_id = $1 and (o.connection_id is null or o.connection_id = $2)
        and not exists (select from mappings m where m.workspace_id = o.workspace_id and m.connection_id = $2
                                                 and m.organization_id = o.id)`,
    [workspaceId, connectionId],
  );
  return rows[0]!.count;
}
