/** The changes of organizations, each inside a transaction that raises the settings version. */
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { Tx } from '../db/database.ts';
import { invalid, notFound, Problem } from '../errors.ts';
import { referenceKey } from '../plan/index.ts';
import type { OrganizationReferenceEntry } from '../plan/types.ts';
import { type newOrganization, type organizationChange, toReferences } from './schemas.ts';
import {
  connectionExists,
  countOpenDeliveries,
  deleteOrganization,
  findOrganization,
  insertOrganization,
  newOrganizationSwitches,
  type OrganizationRow,
  replaceReferences,
  updateOrganization,
} from './store.ts';
import { findUnassignedReference } from './unassigned.ts';

/** Judges the row as it is inside the transaction of the change: `If-Match`. */
export type CheckRow = (row: OrganizationRow) => Promise<void>;

/** Makes one and answers its id. */
export async function createOrganization(
  tx: Tx,
  workspaceId: string,
  { name, externalRefs, delivery, connectionId = null }: z.output<typeof newOrganization>,
): Promise<string> {
  await checkConnection(tx, workspaceId, connectionId);
  const id = randomUUID();
  const start = await newOrganizationSwitches(tx, workspaceId);
  await insertOrganization(tx, workspaceId, { id, name, delivery: { ...start, ...delivery }, connectionId });
  await replaceReferences(tx, workspaceId, id, toReferences(externalRefs));
  return id;
}

export async function changeOrganization(
  tx: Tx,
  workspaceId: string,
  id: string,
  { externalRefs, ...change }: z.output<typeof organizationChange>,
  check: CheckRow,
): Promise<void> {
  await check(await mustFind(tx, workspaceId, id));
  await checkConnection(tx, workspaceId, change.connectionId ?? null);
  await updateOrganization(tx, workspaceId, id, change);
  if (externalRefs) await replaceReferences(tx, workspaceId, id, toReferences(externalRefs));
}

/** @throws Problem 409 while alerts of it are on their way: nobody could say where they belong */
export async function removeOrganization(
  tx: Tx,
  workspaceId: string,
  id: string,
  check: CheckRow,
): Promise<void> {
  await check(await mustFind(tx, workspaceId, id));
  const open = await countOpenDeliveries(tx, workspaceId, id);
  if (open > 0) {
    throw new Problem(409, 'deliveriesOpen', `${open} deliveries of this organization are not settled yet.`);
  }
  await deleteOrganization(tx, workspaceId, id);
}

/** Registers the reference of unassigned alerts: from now on they belong to this organization (decision 22). */
export async function assignReference(
  tx: Tx,
  workspaceId: string,
  id: string,
  reference: string,
  check: CheckRow,
): Promise<void> {
  const row = await mustFind(tx, workspaceId, id);
  await check(row);
  const entry = await findUnassignedReference(tx, workspaceId, reference);
  if (!entry) {
    const message = 'There is no unassigned alert with this reference.';
    throw invalid([{ field: 'reference', code: 'notFound', message }]);
  }
  const present = toEntries(row);
  if (!present.some((one) => covers(one, entry))) {
    await replaceReferences(tx, workspaceId, id, [
      ...present,
      { kind: entry.kind, value: entry.value, source: entry.source },
    ]);
  }
  await updateOrganization(tx, workspaceId, id, {});
}

const toEntries = ({ refs }: OrganizationRow): OrganizationReferenceEntry[] =>
  (refs ?? []).map(({ kind, value, source }) =>
    source === null ? { kind, value } : { kind, value, source },
  );

function covers(present: OrganizationReferenceEntry, wanted: OrganizationReferenceEntry): boolean {
  const source = present.source === undefined ? undefined : wanted.source;
  return (
    referenceKey(present.kind, present.value, present.source) ===
    referenceKey(wanted.kind, wanted.value, source)
  );
}

async function mustFind(tx: Tx, workspaceId: string, id: string): Promise<OrganizationRow> {
  const row = await findOrganization(tx, workspaceId, id);
  if (!row) throw notFound('organization');
  return row;
}

async function checkConnection(tx: Tx, workspaceId: string, connectionId: string | null): Promise<void> {
  if (connectionId === null || (await connectionExists(tx, workspaceId, connectionId))) return;
  throw invalid([{ field: 'connectionId', code: 'notFound', message: 'There is no such connection.' }]);
}
