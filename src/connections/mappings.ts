/** The mapping table: which account gets the tickets of which organization (req 62–66, decision 8). */
import type { z } from 'zod';
import { type FieldError, invalid } from '../errors.ts';
import { changeSettings } from '../settings/index.ts';
import {
  type AccountUse,
  alreadyChecked,
  attachesContacts,
  checkAccounts,
  checkContacts,
} from './accountRules.ts';
import { beginAsking, type Where } from './ask.ts';
import { checkContracts, findLooseServices } from './contractRules.ts';
import { listMappedContracts } from './contractStore.ts';
import {
  countUnmapped,
  existingOrganizations,
  listIgnored,
  listMappings,
  type NewMapping,
  raiseMappingsRevision,
  replaceIgnored,
  replaceMappings,
} from './mappingStore.ts';
import { forgetContacts, type ListName, rememberNames } from './nameStore.ts';
import type { ConnectionParts } from './parts.ts';
import { mappingMembers, type Order, recordConnection } from './record.ts';
import type { mappingSet, newMappingSet } from './schemas.ts';
import { adapterOf } from './session.ts';
import { type CheckRow, mustFind } from './steps.ts';

/** The whole set and its revision, and how many organizations have none. */
export function readMappings(
  { db }: ConnectionParts,
  where: Where,
): Promise<{ set: z.input<typeof mappingSet>; revision: number }> {
  const { workspaceId, connectionId } = where;
  return db.inWorkspace(workspaceId, async (tx) => {
    // Before the rows: a change in between makes them newer than their revision says, never older.
    const { mappings_revision: revision } = await mustFind(tx, where);
    const rows = await listMappings(tx, workspaceId, connectionId);
    const set = {
      mappings: rows.map((row) => ({
        organizationId: row.organization_id,
        organizationName: row.organization_name,
        accountId: row.account_id,
        accountName: row.account_name,
        accountIsActive: row.account_is_active,
        contactId: row.contact_id,
        contractId: row.contract_id,
        serviceId: row.service_id,
        addService: row.add_service,
        unitCost: row.unit_cost,
        unitPrice: row.unit_price,
        note: row.note,
        reviewOn: row.review_on,
      })),
      contracts: (await listMappedContracts(tx, workspaceId, connectionId)).map((row) => ({
        id: row.contract_id,
        accountId: row.account_id,
        name: row.name,
        number: row.contract_number,
        isActive: row.is_active,
        takesServices: row.takes_services,
        endsOn: row.ends_on,
      })),
      ignoredAccountIds: await listIgnored(tx, workspaceId, connectionId),
      unmappedOrganizations: await countUnmapped(tx, workspaceId, connectionId),
    };
    return { set, revision };
  });
}

/**
 * Replaces the set. The ignored accounts stay as they are when they are left out.
 * @throws Problem 422 that names each row that cannot be stored, 412 of `check`
 */
export async function putMappings(
  parts: ConnectionParts,
  order: Order,
  { mappings, ignoredAccountIds }: z.output<typeof newMappingSet>,
  check: CheckRow,
): Promise<void> {
  const { db, effects } = parts;
  const { workspaceId, connectionId } = order;
  refuse([
    ...findDuplicates(mappings),
    ...findIgnored(mappings, ignoredAccountIds ?? []),
    ...findLooseServices(mappings),
  ]);
  const before = await db.inWorkspace(workspaceId, async (tx) => {
    const row = await mustFind(tx, order);
    // What comes too late costs no call to the PSA.
    await check(tx, row);
    return { row, stored: await listMappings(tx, workspaceId, connectionId) };
  });
  const adapter = adapterOf(parts, before.row.kind);
  const uses = mappings.map(toUse);
  let names: ListName[] = [];
  if (uses.length > 0) {
    const asking = await beginAsking(parts, order);
    // An account that went inactive since is no obstacle to changes of other rows.
    const isStored = storedAsIs(before.stored);
    const changed = uses.filter((_, at) => !isStored(mappings[at] as NewMapping));
    const accounts = await checkAccounts(asking, uses, changed);
    const attach = attachesContacts(adapter.fields, before.row.steps.accounts);
    const isKnown = alreadyChecked(before.row, adapter, before.stored);
    const isNew = uses.filter((use) => !isKnown(use));
    names = await checkContacts(asking, isNew, { attach, accounts });
    await checkContracts(asking, mappings, before.stored);
  }
  await changeSettings(db, workspaceId, async (tx) => {
    const now = await mustFind(tx, order);
    await check(tx, now);
    const ids = mappings.map(({ organizationId }) => organizationId);
    refuse(findStrangers(mappings, await existingOrganizations(tx, workspaceId, ids)));
    const members = async () =>
      mappingMembers(
        await listMappings(tx, workspaceId, connectionId),
        ignoredAccountIds ? await listIgnored(tx, workspaceId, connectionId) : [],
      );
    const was = await members();
    const kept = withNotes(mappings, await listMappings(tx, workspaceId, connectionId));
    await replaceMappings(tx, workspaceId, connectionId, kept);
    await rememberNames(tx, workspaceId, connectionId, names);
    await forgetContacts(tx, workspaceId, connectionId);
    if (ignoredAccountIds) await replaceIgnored(tx, workspaceId, connectionId, ignoredAccountIds);
    await raiseMappingsRevision(tx, workspaceId, connectionId);
    const more = { before: was, after: await members() };
    await recordConnection(tx, parts, order, { action: 'connection.mappings', before: now, more });
  });
  await effects.onChanged(workspaceId, connectionId);
}

function storedAsIs(stored: Awaited<ReturnType<typeof listMappings>>) {
  const accounts = new Map(stored.map((row) => [row.organization_id, row.account_id]));
  return ({ organizationId, accountId }: NewMapping): boolean => accounts.get(organizationId) === accountId;
}

/** Notes and review dates are often not sent along: they stay while the organization goes to the same account. */
function withNotes(
  mappings: readonly NewMapping[],
  stored: Awaited<ReturnType<typeof listMappings>>,
): NewMapping[] {
  const rows = new Map(stored.map((row) => [`${row.organization_id} ${row.account_id}`, row]));
  return mappings.map((one) => {
    const row = rows.get(`${one.organizationId} ${one.accountId}`);
    const { note = row?.note, reviewOn = row?.review_on } = one;
    return { ...one, note, reviewOn };
  });
}

function refuse(errors: FieldError[]): void {
  if (errors.length > 0) throw invalid(errors);
}

const toUse = ({ accountId, contactId }: NewMapping, at: number): AccountUse => ({
  accountId,
  place: `mappings[${at}].accountId`,
  contactId: contactId ?? undefined,
  contactPlace: `mappings[${at}].contactId`,
});

/** Decision 8: one organization, exactly one account per connection. */
function findDuplicates(mappings: readonly Pick<NewMapping, 'organizationId'>[]): FieldError[] {
  const rowOf = new Map<string, number>();
  return mappings.flatMap(({ organizationId }, at) => {
    const before = rowOf.get(organizationId);
    if (before === undefined) {
      rowOf.set(organizationId, at);
      return [];
    }
    const message = `This organization is mapped in row ${before + 1} already: it has exactly one account per connection.`;
    return [{ field: `mappings[${at}].organizationId`, code: 'duplicate', message }];
  });
}

function findIgnored(mappings: readonly NewMapping[], ignored: readonly string[]): FieldError[] {
  const set = new Set(ignored);
  return mappings.flatMap(({ accountId }, at) =>
    set.has(accountId)
      ? [
          {
            field: `mappings[${at}].accountId`,
            code: 'ignored',
            message: 'This account is among the ignored ones.',
          },
        ]
      : [],
  );
}

function findStrangers(mappings: readonly NewMapping[], known: ReadonlySet<string>): FieldError[] {
  return mappings.flatMap(({ organizationId }, at) =>
    known.has(organizationId)
      ? []
      : [
          {
            field: `mappings[${at}].organizationId`,
            code: 'notFound',
            message: 'There is no such organization.',
          },
        ],
  );
}
