/** Which contact an account's tickets get when none is chosen and no address matches (decision 4). Pure. */
import type { Contact } from './queries.ts';

/** The PSA's primary contact, else the first active one by id. */
function defaultContact(contacts: readonly Contact[]): Contact | undefined {
  const active = contacts.filter(({ isActive }) => isActive);
  const byId = active.toSorted((one, other) => one.id.localeCompare(other.id, 'en', { numeric: true }));
  return byId.find(({ isPrimary }) => isPrimary) ?? byId[0];
}

/** In a few words; without a name while the contacts were not asked for. */
export function defaultContactWords(contacts: readonly Contact[] | undefined): string {
  if (!contacts) return 'Default contact';
  const found = defaultContact(contacts);
  return found ? `Default: ${found.name}` : 'This account has no contact';
}
