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
  /** Reads the contacts of an account; a read that may succeed later is answered and leaves the account unknown. */
  load(accountId: string, now: number): Promise<Read<true>>;
}

const keptMs = 30 * 60_000;
const mostAccounts = 2_000;
/** Accounts with more contacts than this are read only so far: 10 pages of 500. */
const mostPages = 10;

export function createContactDirectory(session: Session): ContactDirectory {
  const accounts = new Map<string, { contacts: Contact[]; readAt: number; refused?: string }>();

  function keep(accountId: string, contacts: Contact[], readAt: number, refused?: string): void {
    if (accounts.size >= mostAccounts) accounts.delete(accounts.keys().next().value as string);
    accounts.set(accountId, { contacts, readAt, refused });
  }

  return {
    pick(accountId, choice, now) {
      if (choice.kind === 'none') return { kind: 'none' };
      const known = accounts.get(accountId);
      if (!known || known.readAt + keptMs < now) return { kind: 'unknown' };
      if (known.refused) return { kind: 'none', words: `Contacts could not be read: ${known.refused}` };
      return pickContact(known.contacts, choice);
    },
    async load(accountId, now) {
      const contacts: Contact[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < mostPages; page++) {
        const read = await session.contacts(accountId, cursor);
        if (read.kind !== 'ok') {
          if (read.reason !== 'invalid' && read.reason !== 'notFound') return read;
          // Its answer for now: a ticket without a contact beats none (decision 3).
          keep(accountId, [], now, read.text);
          return { kind: 'ok', value: true };
        }
        contacts.push(...read.value.items);
        cursor = read.value.nextCursor;
        if (cursor === undefined) break;
      }
      keep(
        accountId,
        contacts.filter(({ isActive }) => isActive),
        now,
      );
      return { kind: 'ok', value: true };
    },
  };
}

/** The rules of decision 4 over an account's active contacts. */
export function pickContact(
  contacts: readonly Contact[],
  { email, fallbackContactId }: { email?: string; fallbackContactId?: string },
): PickedContact {
  const wanted = email?.toLowerCase();
  const byEmail =
    wanted === undefined
      ? undefined
      : contacts.find(({ emails }) => emails.some((address) => address.toLowerCase() === wanted));
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
