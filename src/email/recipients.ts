/** Changes of recipients, each inside a change of settings and recorded (req 21–25, 109–111, 119). */
import type { z } from 'zod';
import { severities as allSeverities, type Severity } from '../alerts/types.ts';
import { type By, type Members, record } from '../audit/index.ts';
import type { Tx } from '../db/database.ts';
import { invalid, notFound, Problem } from '../errors.ts';
import { ensureLease } from '../wake/leases.ts';
import {
  allowAddress,
  countRecipients,
  deleteRecipient,
  findRecipient,
  insertRecipient,
  type List,
  nameOfOrganization,
  type RecipientRow,
  type RecipientValues,
  updateRecipient,
} from './recipientStore.ts';
import type { newRecipient, recipientChange } from './schemas.ts';
import { readAddress } from './validate.ts';

export type NewRecipient = z.output<typeof newRecipient>;
export type RecipientChange = z.output<typeof recipientChange>;

/** Who changes which list. */
export interface ListOrder extends List {
  workspaceId: string;
  by: By;
}

/** Judges the row as it is inside the transaction of the change: `If-Match`. */
export type CheckRow = (tx: Tx, row: RecipientRow) => Promise<void>;

/** An alert makes a mail for each of them. */
const mostInList = 1_000;

/** @throws Problem 422 that names an address which cannot be used, 409 for one that is in the list already */
export async function addRecipient(tx: Tx, order: ListOrder, given: NewRecipient): Promise<string> {
  const { workspaceId } = order;
  await mustHaveList(tx, order);
  const values = valuesOf(given, undefined);
  if ((await countRecipients(tx, workspaceId, order)) >= mostInList) {
    throw new Problem(
      409,
      'tooMany',
      `A list takes at most ${mostInList} addresses. Use a distribution list.`,
    );
  }
  const id = await insertRecipient(tx, workspaceId, order, values);
  if (id === undefined) throw await duplicate(tx, order, values.address);
  await ensureLease(tx, workspaceId, workspaceId);
  await recordRecipient(tx, order, 'recipient.create', { after: await mustFind(tx, order, id) });
  return id;
}

/** Members that are left out stay. @throws Problem as {@link addRecipient}, 404, 412 of `check` */
export async function changeRecipient(
  tx: Tx,
  order: ListOrder,
  id: string,
  change: RecipientChange,
  check: CheckRow,
): Promise<void> {
  const before = await mustFind(tx, order, id);
  await check(tx, before);
  const values = valuesOf({ address: before.address, ...withoutUndefined(change) }, before);
  if (!(await updateRecipient(tx, order.workspaceId, id, values)))
    throw await duplicate(tx, order, values.address);
  await ensureLease(tx, order.workspaceId, order.workspaceId);
  await recordRecipient(tx, order, 'recipient.change', { before, after: await mustFind(tx, order, id) });
}

/** What waits for it ends as skipped when its turn comes. @throws Problem 404, 412 of `check` */
export async function removeRecipient(tx: Tx, order: ListOrder, id: string, check: CheckRow): Promise<void> {
  const before = await mustFind(tx, order, id);
  await check(tx, before);
  await deleteRecipient(tx, order.workspaceId, id);
  await recordRecipient(tx, order, 'recipient.remove', { before });
}

/** Lifts the stop of its address, which is that of every list. @throws Problem 404, 412 of `check` */
export async function allowRecipient(tx: Tx, order: ListOrder, id: string, check: CheckRow): Promise<void> {
  const before = await mustFind(tx, order, id);
  await check(tx, before);
  await allowAddress(tx, order.workspaceId, before.address);
  await recordRecipient(tx, order, 'recipient.allow', { before, after: await mustFind(tx, order, id) });
}

/** @throws Problem 404 when it is not in this list */
export async function mustFind(
  tx: Tx,
  order: List & { workspaceId: string },
  id: string,
): Promise<RecipientRow> {
  const row = await findRecipient(tx, order.workspaceId, order, id);
  if (!row) throw notFound('recipient');
  return row;
}

/** @throws Problem 404 when there is no such organization */
export async function mustHaveList(tx: Tx, { workspaceId, organizationId }: List & { workspaceId: string }) {
  if (organizationId === null) return;
  const name = await nameOfOrganization(tx, workspaceId, organizationId);
  if (name === undefined) throw notFound('organization');
}

function valuesOf(given: NewRecipient, before: RecipientRow | undefined): RecipientValues {
  const read = readAddress('address', given.address);
  if (!read.ok) throw invalid([read.error]);
  const { note, owner, reviewOn, severities } = given;
  return {
    address: read.address,
    severities: severities === undefined ? (before?.severities ?? null) : inOrder(severities),
    note: note ?? before?.note ?? '',
    owner: owner ?? before?.owner ?? '',
    reviewOn: reviewOn === undefined ? (before?.review_on ?? null) : reviewOn,
  };
}

/** Each once, least first; all of them are the same as no choice. */
function inOrder(chosen: readonly Severity[] | null): Severity[] | null {
  if (chosen === null) return null;
  const found = allSeverities.filter((severity) => chosen.includes(severity));
  return found.length === allSeverities.length ? null : found;
}

const withoutUndefined = <T extends object>(members: T): T =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;

async function duplicate(
  tx: Tx,
  { workspaceId, organizationId }: ListOrder,
  address: string,
): Promise<Problem> {
  const name =
    organizationId === null ? undefined : await nameOfOrganization(tx, workspaceId, organizationId);
  const list = name === undefined ? 'a global recipient' : `a recipient of ${name}`;
  return new Problem(409, 'duplicate', `${address} is ${list} already. Change that entry instead.`);
}

type RecipientAction = `recipient.${'create' | 'change' | 'remove' | 'allow'}`;

function recordRecipient(
  tx: Tx,
  { workspaceId, by }: ListOrder,
  action: RecipientAction,
  { before, after }: { before?: RecipientRow; after?: RecipientRow },
): Promise<void> {
  const row = (after ?? before)!;
  return record(tx, workspaceId, by, {
    action,
    target: { kind: 'recipient', id: row.id, name: row.address },
    before: before && toMembers(before),
    after: after && toMembers(after),
  });
}

const toMembers = (row: RecipientRow): Members => ({
  list: row.organization_name ?? 'global',
  address: row.address,
  severities: row.severities ?? 'all',
  note: row.note,
  owner: row.owner,
  reviewOn: row.review_on,
  stopped: row.stopped_at !== null,
});
