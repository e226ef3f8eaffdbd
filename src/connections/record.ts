/** The audit's entries of connections: what changed of what the API shows, so without secrets. */
import { type By, type Members, record } from '../audit/index.ts';
import type { Tx } from '../db/database.ts';
import type { Where } from './ask.ts';
import type { MappingRow } from './mappingStore.ts';
import type { ConnectionParts } from './parts.ts';
import { adapterOf } from './session.ts';
import { type ConnectionRow, findConnection } from './store.ts';
import { stepValues } from './view.ts';

/** A connection, and who wants something done with it. */
export interface Order extends Where {
  by: By;
}

/** What was done to a connection. */
export interface ConnectionDeed {
  action: Parameters<typeof record>[3]['action'] & `connection.${string}`;
  /** As it was in this transaction before the change; left out for a new one. */
  before?: ConnectionRow | undefined;
  /** What else differs, or is worth knowing. */
  more?: { before?: Members; after?: Members };
  /** Keys of secrets that were replaced: nothing else is ever said of them. */
  replacedSecrets?: readonly string[];
}

/** Call it last in the transaction of the change. */
export async function recordConnection(
  tx: Tx,
  parts: Pick<ConnectionParts, 'adapters'>,
  { workspaceId, connectionId, by }: Order,
  { action, before, more, replacedSecrets = [] }: ConnectionDeed,
): Promise<void> {
  const after = await findConnection(tx, workspaceId, connectionId);
  const target = { kind: 'connection', id: connectionId, name: (after ?? before)?.name ?? '' } as const;
  await record(tx, workspaceId, by, {
    action,
    target,
    before: { ...(before && toMembers(parts, before, [])), ...more?.before },
    after: { ...(after && toMembers(parts, after, replacedSecrets)), ...more?.after },
  });
}

/** What people set of it, and what it needs of them. */
function toMembers(
  parts: Pick<ConnectionParts, 'adapters'>,
  row: ConnectionRow,
  replacedSecrets: readonly string[],
): Members {
  const adapter = adapterOf(parts, row.kind);
  const steps = stepValues(row, adapter, (key) => (replacedSecrets.includes(key) ? 'replaced' : 'set'));
  return {
    name: row.name,
    kind: adapter.label,
    status: row.connection_state,
    pauseReason: row.pause_reason,
    isDefault: row.is_default,
    budgetShare: row.budget_share ?? adapter.limits.share,
    attention: row.attention,
    steps,
  };
}

/** The mapping table as members that can be compared: one per organization, in words. */
export function mappingMembers(rows: readonly MappingRow[], ignoredAccounts: readonly string[]): Members {
  const seen = new Set<string>();
  const mappings = rows.map((row): [string, string] => {
    const name = `Mapping of ${row.organization_name}`;
    const key = seen.has(name) ? `${name} (${row.organization_id})` : name;
    seen.add(key);
    return [key, mappingWords(row)];
  });
  return { mappedOrganizations: rows.length, ignoredAccounts, ...Object.fromEntries(mappings) };
}

function mappingWords(row: MappingRow): string {
  const { account_name, account_id, contact_id, contract_id, service_id, add_service } = row;
  return [
    account_name === null ? `account ${account_id}` : `${account_name} (${account_id})`,
    contact_id && `contact ${contact_id}`,
    contract_id && `contract ${contract_id}`,
    service_id && `service ${service_id}`,
    add_service && 'service is added',
    row.unit_cost && `unit cost ${row.unit_cost}`,
    row.unit_price && `unit price ${row.unit_price}`,
    row.note && `note “${row.note}”`,
    row.review_on && `review on ${row.review_on}`,
  ]
    .filter(Boolean)
    .join(', ');
}
