import type { Severity } from '../alerts/types.ts';
import type { Tx } from '../db/database.ts';
import { dayIn } from '../mail/index.ts';
import { indexReferences, readConnectionSettings } from '../plan/index.ts';
import type {
  Connection,
  Mapping,
  Organization,
  OrganizationReferenceEntry,
  Recipient,
  ReferenceKind,
  Settings,
} from '../plan/types.ts';
import type { Adapter, Step } from '../psa/contract.ts';
import { loadMail, type MailDefaults } from './mailStore.ts';

/** The version now; it stays until the transaction ends. */
export async function lockVersion(tx: Tx, workspaceId: string): Promise<number> {
  const { rows } = await tx.query<{ settings_version: string }>(
    'select settings_version from workspaces where id = $1 for share',
    [workspaceId],
  );
  if (!rows[0]) throw new Error(`workspace ${workspaceId} does not exist`);
  return Number(rows[0].settings_version);
}

export async function raiseVersion(tx: Tx, workspaceId: string): Promise<void> {
  await tx.query('update workspaces set settings_version = settings_version + 1 where id = $1', [
    workspaceId,
  ]);
}

/** Reads everything that planning needs; the caller's transaction makes it one picture. */
export async function loadSettings(
  tx: Tx,
  workspaceId: string,
  adapters: ReadonlyMap<string, Adapter>,
  mailDefaults: MailDefaults,
): Promise<Settings> {
  const workspace = await loadWorkspace(tx, workspaceId);
  const { mail, recipientsOf } = await loadMail(tx, workspaceId, mailDefaults);
  const organizations = await loadOrganizations(tx, workspaceId, recipientsOf);
  const connections = await loadConnections(tx, workspaceId, adapters, workspace.time_zone);
  return {
    workspaceId,
    version: Number(workspace.settings_version),
    workspace: {
      timeZone: workspace.time_zone,
      newOrganizations: {
        enabled: workspace.new_enabled,
        tickets: workspace.new_tickets,
        email: workspace.new_email,
      },
      wayOutMinutes: workspace.way_out_minutes,
      retentionDays: workspace.retention_days,
    },
    organizations,
    references: indexReferences(organizations.values()),
    connections: new Map(connections.map(({ connection }) => [connection.id, connection])),
    defaultConnectionId: connections.find((entry) => entry.isDefault)?.connection.id,
    ...(mail && { mail }),
  };
}

interface WorkspaceRow {
  settings_version: string;
  time_zone: string;
  new_enabled: boolean;
  new_tickets: boolean;
  new_email: boolean;
  way_out_minutes: number;
  retention_days: number;
}

async function loadWorkspace(tx: Tx, workspaceId: string): Promise<WorkspaceRow> {
  const { rows } = await tx.query<WorkspaceRow>(
    `select settings_version, time_zone, new_enabled, new_tickets, new_email, way_out_minutes, retention_days
       from workspaces where id = $1`,
    [workspaceId],
  );
  if (!rows[0]) throw new Error(`workspace ${workspaceId} does not exist`);
  return rows[0];
}

interface OrganizationRow {
  id: string;
  name: string;
  delivery_enabled: boolean;
  delivery_tickets: boolean;
  delivery_email: boolean;
  connection_id: string | null;
  refs: { kind: ReferenceKind; value: string; source: string | null }[] | null;
}

async function loadOrganizations(
  tx: Tx,
  workspaceId: string,
  recipientsOf: ReadonlyMap<string, readonly Recipient[]>,
): Promise<Map<string, Organization>> {
  const { rows } = await tx.query<OrganizationRow>(
    `select o.id, o.name, o.delivery_enabled, o.delivery_tickets, o.delivery_email, o.connection_id,
            (select json_agg(json_build_object('kind', r.kind, 'value', r.value, 'source', r.source) order by r.ordinal)
               from organization_references r
              where r.workspace_id = o.workspace_id and r.organization_id = o.id) as refs
       from organizations o
      where o.workspace_id = $1`,
    [workspaceId],
  );
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        name: row.name,
        references: (row.refs ?? []).map(
          ({ kind, value, source }): OrganizationReferenceEntry =>
            source === null ? { kind, value } : { kind, value, source },
        ),
        delivery: {
          enabled: row.delivery_enabled,
          tickets: row.delivery_tickets,
          email: row.delivery_email,
        },
        connectionId: row.connection_id ?? undefined,
        recipients: recipientsOf.get(row.id) ?? [],
      },
    ]),
  );
}

interface ConnectionRow {
  id: string;
  name: string;
  kind: string;
  connection_state: 'active' | 'paused';
  is_default: boolean;
  attention: string | null;
  backlog: string | null;
  budget_share: number | null;
  steps: Partial<Record<Step, Record<string, unknown>>>;
  mappings:
    | { organization_id: string; account_id: string; contact_id: string | null; contract_id: string | null }[]
    | null;
  names: Record<string, string> | null;
  contract_names: Record<string, string> | null;
  /** By list, then by id; contacts are a list too. */
  list_names: Record<string, Record<string, string>> | null;
  no_ticket: Partial<Record<Severity, { at: string; by: string; reason: string | null }>>;
}

async function loadConnections(
  tx: Tx,
  workspaceId: string,
  adapters: ReadonlyMap<string, Adapter>,
  timeZone: string,
): Promise<{ isDefault: boolean; connection: Connection }[]> {
  const { rows } = await tx.query<ConnectionRow>(
    `select c.id, c.name, c.kind, c.connection_state, c.is_default, c.attention, c.backlog, c.budget_share, c.steps,
            c.no_ticket,
            (select json_agg(json_build_object('organization_id', m.organization_id, 'account_id', m.account_id,
                                               'contact_id', m.contact_id, 'contract_id', m.contract_id))
               from mappings m where m.workspace_id = c.workspace_id and m.connection_id = c.id) as mappings,
            (select json_object_agg(d.account_id, d.name) from directory_accounts d
              where d.workspace_id = c.workspace_id and d.connection_id = c.id
                and (d.account_id = c.steps -> 'accounts' ->> 'catchAllAccountId'
                     or d.account_id in (select m.account_id from mappings m
                                          where m.workspace_id = c.workspace_id and m.connection_id = c.id))) as names,
            (select json_object_agg(k.contract_id, k.name) from directory_contracts k
              where k.workspace_id = c.workspace_id and k.connection_id = c.id
                and k.contract_id in (select m.contract_id from mappings m
                                       where m.workspace_id = c.workspace_id
                                         and m.connection_id = c.id)) as contract_names,
            (select json_object_agg(l.list, l.names)
               from (select n.list, json_object_agg(n.id, n.name) as names from directory_names n
                      where n.workspace_id = c.workspace_id and n.connection_id = c.id
                      group by n.list) l) as list_names
       from connections c
      where c.workspace_id = $1 and c.connection_state <> 'draft'
      order by c.created_at, c.id`,
    [workspaceId],
  );
  return rows.flatMap((row) => {
    const adapter = adapters.get(row.kind);
    return adapter ? [{ isDefault: row.is_default, connection: toConnection(row, adapter, timeZone) }] : [];
  });
}

function toConnection(row: ConnectionRow, adapter: Adapter, timeZone: string): Connection {
  const lists = Object.entries(row.list_names ?? {});
  const choiceNames = new Map(lists.map(([list, names]) => [list, new Map(Object.entries(names))]));
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    label: adapter.label,
    status: row.connection_state,
    attention: row.attention ?? undefined,
    isSorting: row.backlog !== null,
    budgetShare: row.budget_share ?? undefined,
    ...readConnectionSettings(adapter.fields, row.steps),
    mappings: new Map((row.mappings ?? []).map((mapping) => [mapping.organization_id, toMapping(mapping)])),
    accountNames: new Map(Object.entries(row.names ?? {})),
    contractNames: new Map(Object.entries(row.contract_names ?? {})),
    choiceNames,
    noTicketSince: Object.fromEntries(
      Object.entries(row.no_ticket).map(([severity, set]) => [severity, sinceInWords(set, timeZone)]),
    ),
  };
}

/** "set on 12 Nov 2026 by Ana Ortiz, reason given: “too noisy”", by the day of the workspace. */
function sinceInWords(
  { at, by, reason }: { at: string; by: string; reason: string | null },
  timeZone: string,
): string {
  const set = `set on ${dayIn(Date.parse(at), timeZone)} by ${by}`;
  return reason === null ? set : `${set}, reason given: “${reason}”`;
}

function toMapping(row: NonNullable<ConnectionRow['mappings']>[number]): Mapping {
  return {
    organizationId: row.organization_id,
    accountId: row.account_id,
    contactId: row.contact_id ?? undefined,
    contractId: row.contract_id ?? undefined,
  };
}
