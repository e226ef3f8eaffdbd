/** What must be true of the accounts that a connection sends tickets to (req 53–61, decisions 2–4, 8). */
import { type FieldError, invalid } from '../errors.ts';
import { contactList } from '../plan/index.ts';
import type { Adapter, Field, FieldRole } from '../psa/contract.ts';
import { type Asking, readContacts, unwrap } from './ask.ts';
import { type DirectoryAccountRow, findAccounts, rememberAccounts } from './directoryStore.ts';
import type { ListName } from './nameStore.ts';
import type { ConnectionRow } from './store.ts';
import type { StepValues } from './validate.ts';

/** An account in use: where it stands in the body, and the contact chosen for it. */
export interface AccountUse {
  accountId: string;
  /** Field of the account, for errors. */
  place: string;
  contactId?: string | undefined;
  contactPlace: string;
}

function fieldOf(fields: readonly Field[], role: FieldRole): Field | undefined {
  return fields.find((field) => field.role === role);
}

/** The catch-all account of the values of an accounts step. */
export function catchAllUse(fields: readonly Field[], values: StepValues): AccountUse[] {
  const account = fieldOf(fields, 'catchAllAccount');
  const contact = fieldOf(fields, 'catchAllContact');
  const accountId = account && values[account.key];
  if (!account || typeof accountId !== 'string') return [];
  const contactId = contact && values[contact.key];
  return [
    {
      accountId,
      place: account.key,
      contactId: typeof contactId === 'string' ? contactId : undefined,
      contactPlace: contact?.key ?? account.key,
    },
  ];
}

export function attachesContacts(fields: readonly Field[], values: StepValues | undefined): boolean {
  const field = fieldOf(fields, 'attachContacts');
  if (!field) return false;
  const value = values?.[field.key];
  return value === undefined ? field.kind === 'switch' && field.default : value === true;
}

/**
 * Each account that is `judged` exists and is active. Those that the directory does not know are asked for, and
 * remembered.
 * @throws Problem 422
 */
export async function checkAccounts(
  asking: Asking,
  uses: readonly AccountUse[],
  judged: readonly AccountUse[] = uses,
): Promise<Map<string, DirectoryAccountRow>> {
  const { db, session, workspaceId, connectionId } = asking;
  const ids = [...new Set(uses.map(({ accountId }) => accountId))];
  const find = () => db.inWorkspace(workspaceId, (tx) => findAccounts(tx, workspaceId, connectionId, ids));
  let known = await find();
  const missing = ids.filter((id) => !known.get(id)?.is_active);
  if (missing.length > 0) {
    const met = await unwrap(asking, await session.accountsById(missing));
    await db.inWorkspace(workspaceId, (tx) => rememberAccounts(tx, workspaceId, connectionId, met));
    known = await find();
  }
  const errors = judged.flatMap(({ accountId, place }) => judgeAccount(known.get(accountId), place));
  if (errors.length > 0) throw invalid(errors);
  return known;
}

function judgeAccount(account: DirectoryAccountRow | undefined, field: string): FieldError[] {
  if (!account) return [{ field, code: 'notFound', message: 'The PSA has no such account.' }];
  if (account.is_active) return [];
  return [{ field, code: 'inactive', message: `The account ${account.name} is not active in the PSA.` }];
}

/**
 * A chosen contact is an active one of its account; with attaching on, each account has at least one (req 55, 59).
 * Answers the names of the chosen ones.
 * @throws Problem 422 that names the accounts
 */
export async function checkContacts(
  asking: Asking,
  uses: readonly AccountUse[],
  { attach, accounts }: { attach: boolean; accounts: ReadonlyMap<string, DirectoryAccountRow> },
): Promise<ListName[]> {
  const errors: FieldError[] = [];
  const names: ListName[] = [];
  const hasContact = new Map<string, boolean>();
  for (const { accountId, contactId, place, contactPlace } of uses) {
    const name = accounts.get(accountId)?.name ?? accountId;
    if (contactId !== undefined) {
      const isIt = (one: { id: string; isActive: boolean }) => one.id === contactId && one.isActive;
      const found = await unwrap(asking, await readContacts(asking.session, accountId, isIt));
      if (found) {
        names.push({ list: contactList, id: contactId, name: found.name });
      } else {
        const message = `The account ${name} has no active contact with this id.`;
        errors.push({ field: contactPlace, code: 'notFound', message });
      }
    } else if (attach) {
      if (!hasContact.has(accountId)) {
        const isAny = (one: { isActive: boolean }) => one.isActive;
        const found = await unwrap(asking, await readContacts(asking.session, accountId, isAny));
        hasContact.set(accountId, found !== undefined);
      }
      if (!hasContact.get(accountId)) errors.push(noContact(place, name));
    }
  }
  if (errors.length > 0) throw invalid(errors);
  return names;
}

const noContact = (field: string, name: string): FieldError => ({
  field,
  code: 'noContact',
  message: `The account ${name} has no contact. Add one in the PSA, or switch attaching contacts off.`,
});

/** Accounts of mappings that were checked before under the same rule need no further calls. */
export function alreadyChecked(
  row: ConnectionRow,
  adapter: Adapter,
  stored: readonly { account_id: string; contact_id: string | null }[],
): (use: AccountUse) => boolean {
  const wasAttaching = attachesContacts(adapter.fields, row.steps.accounts);
  const known = new Set(stored.map(({ account_id, contact_id }) => `${account_id} ${contact_id ?? ''}`));
  return ({ accountId, contactId }) =>
    (wasAttaching || contactId !== undefined) && known.has(`${accountId} ${contactId ?? ''}`);
}
