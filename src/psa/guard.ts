/** The edge of what vendors may tell us: whatever a session answers, its texts can be stored and shown. */
import type { Adapter, Billing, Session } from './contract.ts';
import { toStorable } from './foreignText.ts';

/** The adapter with {@link guardSession} around every session that it opens. */
export function guardAdapter(adapter: Adapter): Adapter {
  return { ...adapter, open: (credentials, http) => guardSession(adapter.open(credentials, http)) };
}

/** The session with every text of its answers made storable: an adapter that forgets it harms nobody. */
export function guardSession(session: Session): Session {
  const usage = session.usage?.bind(session);
  const reopen = session.reopen?.bind(session);
  const fieldChanges = session.fieldChanges?.bind(session);
  return {
    verify: async (needs) => clean(await session.verify(needs)),
    choices: async (field) => clean(await session.choices(field)),
    accounts: async (filter, cursor) => clean(await session.accounts(filter, cursor)),
    accountsById: async (ids) => clean(await session.accountsById(ids)),
    contacts: async (accountId, cursor) => clean(await session.contacts(accountId, cursor)),
    contactByEmail: async (accountId, address) => clean(await session.contactByEmail(accountId, address)),
    createTicket: async (ticket, permit) => clean(await session.createTicket(ticket, permit)),
    findTicket: async (key) => clean(await session.findTicket(key)),
    addNote: async (ticketRef, note, permit) => clean(await session.addNote(ticketRef, note, permit)),
    findNote: async (ticketRef, note) => clean(await session.findNote(ticketRef, note)),
    ticketTexts: async (ticketRef, since) => clean(await session.ticketTexts(ticketRef, since)),
    ticketStates: async (refs) => clean(await session.ticketStates(refs)),
    ...(reopen ? { reopen: async (ref, values, permit) => clean(await reopen(ref, values, permit)) } : {}),
    ...(fieldChanges ? { fieldChanges: async () => clean(await fieldChanges()) } : {}),
    ...(session.billing ? { billing: guardBilling(session.billing) } : {}),
    ...(usage ? { usage: async () => clean(await usage()) } : {}),
  };
}

const guardBilling = (billing: Billing): Billing => ({
  contracts: async (accountId, filter, cursor) => clean(await billing.contracts(accountId, filter, cursor)),
  contractsById: async (ids) => clean(await billing.contractsById(ids)),
  services: async (filter, cursor) => clean(await billing.services(filter, cursor)),
  servicesById: async (ids) => clean(await billing.servicesById(ids)),
});

/** A copy whose texts are storable. Keys of a map are references that we asked for. */
function clean<T>(value: T): T {
  return cleanValue(value) as T;
}

function cleanValue(value: unknown): unknown {
  if (typeof value === 'string') return toStorable(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(cleanValue);
  if (value instanceof Map) return new Map([...value].map(([key, member]) => [key, cleanValue(member)]));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, cleanValue(member)]));
}
