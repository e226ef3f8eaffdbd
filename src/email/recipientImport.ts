/** POST /recipients/import: adds the recipients of a table, and changes those that are in their list already. */
import type { By } from '../audit/index.ts';
import type { Database, Tx } from '../db/database.ts';
import { Problem } from '../errors.ts';
import { toFieldErrors } from '../http/index.ts';
import { type ImportLine, inPieces, rowsOf } from '../tables/index.ts';
import { listAddresses, listOrganizationNames } from './recipientStore.ts';
import { addRecipient, changeRecipient, type ListOrder } from './recipients.ts';
import { type ImportedRecipient, type RecipientRowRead, readRecipientTable } from './recipientTable.ts';
import { newRecipient } from './schemas.ts';
import { readAddress } from './validate.ts';

interface RecipientLine extends ImportLine {
  address: string;
  /** Null: global. */
  organization: string | null;
}

/** `isApplied` false: only says what would happen. @throws Problem 422 for a table that cannot be read */
export async function importRecipients(
  db: Database,
  { workspaceId, by }: { workspaceId: string; by: By },
  { csv, isApplied }: { csv: string; isApplied: boolean },
): Promise<RecipientLine[]> {
  const lines: RecipientLine[] = [];
  /** Entries of the pieces before, which a dry run has not made. */
  let tried: ReadonlyMap<string, string> = new Map();
  await inPieces(db, workspaceId, {
    rows: rowsOf(readRecipientTable(csv)),
    isApplied,
    work: (tx, rows) => importRows(tx, { workspaceId, by, isApplied, tried }, rows),
    onDone(done) {
      lines.push(...done.lines);
      if (!isApplied) tried = done.recipients;
    },
  });
  return lines;
}

interface Import {
  workspaceId: string;
  by: By;
  isApplied: boolean;
  tried: ReadonlyMap<string, string>;
}

/** What is there: organizations by name, and recipients by list and address. */
interface Known {
  organizations: ReadonlyMap<string, readonly { id: string; name: string }[]>;
  recipients: Map<string, string>;
}

async function importRows(
  tx: Tx,
  order: Import,
  rows: readonly RecipientRowRead[],
): Promise<{ lines: RecipientLine[]; recipients: ReadonlyMap<string, string> }> {
  const names = await listOrganizationNames(tx, order.workspaceId);
  const addresses = await listAddresses(tx, order.workspaceId);
  const recipients = new Map(
    addresses.map(({ id, organization_id, address }) => [entryKey(organization_id, address), id]),
  );
  for (const [key, id] of order.tried) recipients.set(key, recipients.get(key) ?? id);
  const known: Known = { organizations: Map.groupBy(names, ({ name }) => keyOf(name)), recipients };
  const lines: RecipientLine[] = [];
  for (const row of rows) lines.push(await importRow(tx, order, row, known));
  return { lines, recipients };
}

async function importRow(tx: Tx, order: Import, row: RecipientRowRead, known: Known): Promise<RecipientLine> {
  const address = row.ok ? row.recipient.address : row.address;
  const name = row.ok ? row.recipient.organization : '';
  const line = (outcome: RecipientLine['outcome'], message: string | null): RecipientLine => ({
    row: row.row,
    address,
    organization: name === '' ? null : name,
    outcome,
    message,
  });
  if (!row.ok) return line('refuse', row.message);
  const list = listOf(row.recipient, known);
  if (typeof list === 'string') return line('refuse', list);
  const wrong = whatIsWrong(row.recipient);
  if (typeof wrong === 'string') return line('refuse', wrong);
  const key = entryKey(list.organizationId, wrong.address);
  const id = known.recipients.get(key);
  if (!order.isApplied) {
    known.recipients.set(key, id ?? 'new');
    return line(id === undefined ? 'make' : 'change', null);
  }
  const where = { workspaceId: order.workspaceId, by: order.by, ...list };
  try {
    known.recipients.set(key, await apply(tx, where, id, row.recipient));
  } catch (error) {
    // A list that is full; nothing of this row is stored then.
    if (error instanceof Problem) return line('refuse', error.message);
    throw error;
  }
  return line(id === undefined ? 'make' : 'change', null);
}

function listOf(
  { organization }: ImportedRecipient,
  known: Known,
): { organizationId: string | null } | string {
  if (organization === '') return { organizationId: null };
  const [found, ...others] = known.organizations.get(keyOf(organization)) ?? [];
  if (!found) return `There is no organization named "${organization}".`;
  if (others.length > 0) return 'Several organizations have this name.';
  return { organizationId: found.id };
}

/** What is wrong with the row, or the address in its stored form. */
function whatIsWrong({
  organization: _organization,
  ...recipient
}: ImportedRecipient): string | { address: string } {
  const read = readAddress('address', recipient.address);
  if (!read.ok) return read.error.message;
  const { error } = newRecipient.safeParse(recipient);
  const [wrong] = error ? toFieldErrors(error) : [];
  if (!wrong) return { address: read.address };
  return wrong.field === 'reviewOn' ? 'review on takes a day such as 2026-11-30, or never.' : wrong.message;
}

/** Its address stays as it is written there. */
async function apply(
  tx: Tx,
  order: ListOrder,
  id: string | undefined,
  { organization: _organization, ...recipient }: ImportedRecipient,
): Promise<string> {
  const given = newRecipient.parse(recipient);
  if (id === undefined) return addRecipient(tx, order, given);
  const { address: _address, ...change } = given;
  await changeRecipient(tx, order, id, change, async () => undefined);
  return id;
}

const keyOf = (name: string): string => name.trim().toLowerCase();
const entryKey = (organizationId: string | null, address: string): string =>
  `${organizationId ?? ''} ${address.toLowerCase()}`;
