/** Companies and contacts, as our accounts and contacts. */
import type { Account, AccountFilter, Contact, Page, Read } from '../contract.ts';
import { type Condition, largestPage, query } from './client.ts';
import type { Connection } from './connection.ts';
import { chunk, picklistId, recordId } from './ids.ts';
import { filterIgnored, noSuchAccount, readCursor, toPage, unknownCursor } from './pages.ts';
import { type CompanyRow, type ContactRow, companyRow, contactRow } from './types.ts';

const idsPerCall = 200;
/** Length of an address field (fact sheet autotask §4.5). */
const addressLength = 254;

const companyFields = [
  'id',
  'companyName',
  'companyNumber',
  'companyType',
  'classification',
  'marketSegmentID',
  'isActive',
  'webAddress',
];
const contactFields = [
  'id',
  'companyID',
  'firstName',
  'lastName',
  'emailAddress',
  'emailAddress2',
  'emailAddress3',
  'isActive',
  'primaryContact',
];

/** Autotask's field for each declared account filter (req 63). */
const filterFields: Record<string, string> = {
  accountType: 'companyType',
  classification: 'classification',
  marketSegment: 'marketSegmentID',
};

/** Active accounts, the MSP's own company (0) included; §6.2. */
export async function listAccounts(
  connection: Connection,
  filter: AccountFilter,
  cursor?: string,
): Promise<Read<Page<Account>>> {
  const from = readCursor(cursor);
  if (from === undefined) return unknownCursor;
  const chosen = filterConditions(filter);
  if (chosen.kind === 'refused') return chosen;
  const conditions: Condition[] = [{ op: 'eq', field: 'isActive', value: true }, ...chosen.value];
  const rows = await query(connection, 'Companies', {
    row: companyRow,
    include: companyFields,
    conditions: [{ op: 'gt', field: 'id', value: from }, ...conditions],
  });
  return rows.kind === 'ok' ? toPage(rows.value, from, toAccount) : rows;
}

/** Accounts by id, inactive ones included; ids that are not Autotask's are not found. */
export async function readAccounts(connection: Connection, ids: readonly string[]): Promise<Read<Account[]>> {
  const numbers = [...new Set(ids)].map(recordId).filter((id) => id !== undefined);
  const accounts: Account[] = [];
  for (const part of chunk(numbers, idsPerCall)) {
    const rows = await query(connection, 'Companies', {
      row: companyRow,
      include: companyFields,
      conditions: [{ op: 'in', field: 'id', value: part }],
    });
    if (rows.kind === 'refused') return rows;
    if (rows.value.some((row) => !part.includes(row.id))) return filterIgnored;
    accounts.push(...rows.value.map(toAccount));
  }
  return { kind: 'ok', value: accounts };
}

/** Active contacts of an account; §6.3. */
export async function listContacts(
  connection: Connection,
  accountId: string,
  cursor?: string,
): Promise<Read<Page<Contact>>> {
  const companyID = recordId(accountId);
  if (companyID === undefined) return noSuchAccount;
  const from = readCursor(cursor);
  if (from === undefined) return unknownCursor;
  const rows = await queryContacts(connection, companyID, [{ op: 'gt', field: 'id', value: from }]);
  return rows.kind === 'ok' ? toPage(rows.value, from, toContact) : rows;
}

/** The primary contact of those with the address, else the first; compared here again, whole, without letter case. */
export async function findContactByEmail(
  connection: Connection,
  accountId: string,
  address: string,
): Promise<Read<Contact | null>> {
  const wanted = address.trim();
  const companyID = recordId(accountId);
  if (companyID === undefined) return noSuchAccount;
  if (wanted === '' || wanted.length > addressLength) return { kind: 'ok', value: null };
  const fields = ['emailAddress', 'emailAddress2', 'emailAddress3'];
  const sameAddress = fields.map((field): Condition => ({ op: 'eq', field, value: wanted }));
  const rows = await queryContacts(connection, companyID, [{ op: 'or', items: sameAddress }]);
  if (rows.kind === 'refused') return rows;
  const matches = rows.value
    .map(toContact)
    .filter((contact) => contact.isActive && contact.emails.some((email) => isSame(email, wanted)))
    .sort((a, b) => Number(b.isPrimary) - Number(a.isPrimary) || Number(a.id) - Number(b.id));
  // So many others can only mean that the address was not looked at; the one we want may be further on.
  if (matches.length === 0 && rows.value.length === largestPage) return filterIgnored;
  return { kind: 'ok', value: matches[0] ?? null };
}

async function queryContacts(
  connection: Connection,
  companyID: number,
  conditions: readonly Condition[],
): Promise<Read<ContactRow[]>> {
  const rows = await query(connection, 'Contacts', {
    row: contactRow,
    include: contactFields,
    conditions: [
      { op: 'eq', field: 'companyID', value: companyID },
      // A number here, unlike that of companies (§4.5).
      { op: 'eq', field: 'isActive', value: 1 },
      ...conditions,
    ],
  });
  if (rows.kind === 'refused') return rows;
  return rows.value.some((row) => row.companyID !== companyID) ? filterIgnored : rows;
}

function filterConditions({ filters = {}, q = '' }: AccountFilter): Read<Condition[]> {
  const conditions: Condition[] = [];
  for (const [key, texts] of Object.entries(filters)) {
    const field = Object.hasOwn(filterFields, key) ? filterFields[key] : undefined;
    const values = texts.map(picklistId).filter((id) => id !== undefined);
    if (field === undefined || values.length !== texts.length || values.length > idsPerCall) {
      return { kind: 'refused', reason: 'invalid', text: `Autotask accounts cannot be filtered so: ${key}.` };
    }
    if (values.length > 0) conditions.push({ op: 'in', field, value: values });
  }
  const words = q.trim();
  if (words !== '') conditions.push({ op: 'contains', field: 'companyName', value: words });
  return { kind: 'ok', value: conditions };
}

function toAccount(row: CompanyRow): Account {
  return {
    id: String(row.id),
    name: row.companyName,
    isActive: row.isActive,
    ...(row.companyNumber ? { number: row.companyNumber } : {}),
    ...(row.webAddress ? { webAddress: row.webAddress } : {}),
    filters: {
      accountType: row.companyType?.toString(),
      classification: row.classification?.toString(),
      marketSegment: row.marketSegmentID?.toString(),
    },
  };
}

function toContact(row: ContactRow): Contact {
  const emails = [row.emailAddress, row.emailAddress2, row.emailAddress3].filter((email) => !!email);
  const name = [row.firstName, row.lastName].filter((part) => !!part).join(' ');
  return {
    id: String(row.id),
    accountId: String(row.companyID),
    name: name || emails[0] || `Contact ${row.id}`,
    emails: emails as string[],
    isPrimary: row.primaryContact === true,
    isActive: row.isActive,
  };
}

function isSame(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.toLowerCase();
}
