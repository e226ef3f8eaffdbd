/**
 * Which contact a ticket gets (decision 4): the one with the alert's address in the target account, else the chosen
 * one, else the PSA's primary one, else the first active one by id. Contacts of an account are read once and kept for
 * a while, so that tickets cost no reads.
 */

import type { ContactChoice } from '../plan/types.ts';
import type { Contact, Read, Session } from '../psa/contract.ts';

/** `unknown` until {@link ContactDirectory.load} has read the account. */
export type PickedContact =
  | { kind: 'unknown' }
  | { kind: 'contact'; contactId: string; words: string }
  | { kind: 'none'; words?: string };

export interface ContactDirectory {
  pick(accountId: string, choice: ContactChoice, now: number): PickedContact;
  /**
   * Reads the contacts of an account, and the one with this address if the account has more of them than are read.
   * A refused read is answered and leaves the account unknown.
   */
  load(accountId: string, email: string | undefined, now: number): Promise<Read<true>>;
  /** The PSA will not tell: tickets of this account get no contact for a while, and say so (decision 3). */
  doWithout(accountId: string, problem: string, now: number): void;
}

interface KnownAccount {
  contacts: Contact[];
  /** All of them were read; else addresses that are not among them are asked for one by one. */
  isWhole: boolean;
  /** Addresses that were asked for, in lower case, and who has them. */
  asked: Map<string, Contact | null>;
  readAt: number;
  problem?: string;
}

const keptMs = 30 * 60_000;
const mostAccounts = 2_000;
/** 10 pages of 500. */
const mostPages = 10;
const mostAddresses = 5_000;

export function createContactDirectory(session: Session): ContactDirectory {
  const accounts = new Map<string, KnownAccount>();

  function fresh(accountId: string, now: number): KnownAccount | undefined {
    const known = accounts.get(accountId);
    return known && known.readAt + keptMs >= now ? known : undefined;
  }

  function keep(accountId: string, known: KnownAccount): KnownAccount {
    if (accounts.size >= mostAccounts) accounts.delete(accounts.keys().next().value as string);
    accounts.set(accountId, known);
    return known;
  }

  async function loadAccount(accountId: string, now: number): Promise<Read<KnownAccount>> {
    const contacts: Contact[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const read = await session.contacts(accountId, cursor);
      if (read.kind !== 'ok') return read;
      contacts.push(...read.value.items.filter(({ isActive }) => isActive));
      cursor = read.value.nextCursor;
      if (cursor === undefined) break;
    }
    const isWhole = cursor === undefined;
    return { kind: 'ok', value: keep(accountId, { contacts, isWhole, asked: new Map(), readAt: now }) };
  }

  return {
    pick(accountId, choice, now) {
      if (choice.kind === 'none') return { kind: 'none' };
      const known = fresh(accountId, now);
      if (!known) return { kind: 'unknown' };
      if (known.problem) return { kind: 'none', words: `Contacts could not be read: ${known.problem}` };
      const email = choice.email?.toLowerCase();
      const asked = email === undefined ? undefined : known.asked.get(email);
      if (asked) return picked(asked, `matched by e-mail (${choice.email})`);
      const isMissing = email !== undefined && asked === undefined && !known.isWhole;
      if (isMissing && !findByEmail(known.contacts, email)) return { kind: 'unknown' };
      return pickContact(known.contacts, choice);
    },
    async load(accountId, email, now) {
      const known = fresh(accountId, now);
      const read: Read<KnownAccount> = known
        ? { kind: 'ok', value: known }
        : await loadAccount(accountId, now);
      if (read.kind !== 'ok') return read;
      const { isWhole, contacts, asked } = read.value;
      const address = email?.toLowerCase();
      if (isWhole || address === undefined || findByEmail(contacts, address))
        return { kind: 'ok', value: true };
      const one = await session.contactByEmail(accountId, email as string);
      if (one.kind !== 'ok') return one;
      if (asked.size >= mostAddresses) asked.clear();
      asked.set(address, one.value);
      return { kind: 'ok', value: true };
    },
    doWithout(accountId, problem, now) {
      keep(accountId, { contacts: [], isWhole: true, asked: new Map(), readAt: now, problem });
    },
  };
}

const findByEmail = (contacts: readonly Contact[], address: string): Contact | undefined =>
  contacts.find(({ emails }) => emails.some((email) => email.toLowerCase() === address));

/** The rules of decision 4 over an account's active contacts. */
export function pickContact(
  contacts: readonly Contact[],
  { email, fallbackContactId }: { email?: string; fallbackContactId?: string },
): PickedContact {
  const byEmail = email === undefined ? undefined : findByEmail(contacts, email.toLowerCase());
  if (byEmail) return picked(byEmail, `matched by e-mail (${email})`);
  const chosen = contacts.find(({ id }) => id === fallbackContactId);
  if (chosen) return picked(chosen, 'the one chosen for this account');
  const primary = contacts.find(({ isPrimary }) => isPrimary);
  if (primary) return picked(primary, "the account's primary contact");
  const first = [...contacts].sort((a, b) => a.id.length - b.id.length || (a.id < b.id ? -1 : 1))[0];
  if (first) return picked(first, "the account's first active contact");
  return { kind: 'none', words: 'The account has no active contact.' };
}

const picked = ({ id, name }: Contact, how: string): PickedContact => ({
  kind: 'contact',
  contactId: id,
  words: `Contact ${name} (id ${id}): ${how}.`,
});
