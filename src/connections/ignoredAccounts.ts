/** Accounts that are not offered for mapping (req 65), marked and unmarked one by one: two people do not undo each other. */
import type { z } from 'zod';
import { type FieldError, invalid } from '../errors.ts';
import { changeSettings } from '../settings/index.ts';
import {
  addIgnored,
  listIgnored,
  listMappings,
  type MappingRow,
  raiseMappingsRevision,
  removeIgnored,
} from './mappingStore.ts';
import type { ConnectionParts } from './parts.ts';
import { type Order, recordConnection } from './record.ts';
import type { ignoredChange } from './schemas.ts';
import { type CheckRow, mustFind } from './steps.ts';

/** @throws Problem 422 for accounts that get tickets of an organization, 412 of `check` */
export async function changeIgnored(
  parts: ConnectionParts,
  order: Order,
  { add, remove }: z.output<typeof ignoredChange>,
  check: CheckRow,
): Promise<void> {
  const { db, effects } = parts;
  const { workspaceId, connectionId } = order;
  await changeSettings(db, workspaceId, async (tx) => {
    const before = await mustFind(tx, order);
    await check(tx, before);
    const errors = findMapped(add, await listMappings(tx, workspaceId, connectionId));
    if (errors.length > 0) throw invalid(errors);
    const members = async () => ({ ignoredAccounts: await listIgnored(tx, workspaceId, connectionId) });
    const was = await members();
    await removeIgnored(tx, workspaceId, connectionId, remove);
    await addIgnored(tx, workspaceId, connectionId, add);
    await raiseMappingsRevision(tx, workspaceId, connectionId);
    const more = { before: was, after: await members() };
    await recordConnection(tx, parts, order, { action: 'connection.mappings', before, more });
  });
  await effects.onChanged(workspaceId, connectionId);
}

function findMapped(accountIds: readonly string[], mappings: readonly MappingRow[]): FieldError[] {
  const users = new Map(mappings.map(({ account_id, organization_name }) => [account_id, organization_name]));
  return accountIds.flatMap((accountId, at) => {
    const name = users.get(accountId);
    if (name === undefined) return [];
    const message = `This account gets the tickets of ${name}: map that to another account first.`;
    return [{ field: `add[${at}]`, code: 'mapped', message }];
  });
}
