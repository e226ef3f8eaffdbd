/** The session of one Autotask connection: the contract's calls, each in the file of its subject. */
import type { Read, Session, Usage } from '../contract.ts';
import { findContactByEmail, listAccounts, listContacts, readAccounts } from './accounts.ts';
import { createBilling } from './billing.ts';
import { createChoices } from './choices.ts';
import { readThreshold } from './client.ts';
import { type Connection, type ConnectionOptions, createConnection } from './connection.ts';
import { findFieldChanges } from './fieldChanges.ts';
import { createFieldReader } from './fieldReader.ts';
import { findNoteByKey, sendNote } from './notes.ts';
import { reopenTicket } from './reopen.ts';
import { readTicketTexts } from './texts.ts';
import { findTicketByKey, readTicketStates, sendTicket } from './tickets.ts';
import { verifyConnection } from './verify.ts';

/** Opens nothing; the first call looks up the zone. What it remembers (zone, picklists) ends with it. */
export function openSession(options: ConnectionOptions): Session {
  const connection = createConnection(options);
  const fieldsOf = createFieldReader(connection);
  return {
    verify: (needs) => verifyConnection(connection, needs),
    choices: createChoices(fieldsOf),
    accounts: (filter, cursor) => listAccounts(connection, filter, cursor),
    accountsById: (ids) => readAccounts(connection, ids),
    contacts: (accountId, cursor) => listContacts(connection, accountId, cursor),
    contactByEmail: (accountId, address) => findContactByEmail(connection, accountId, address),
    createTicket: (ticket, permit) => sendTicket(connection, ticket, permit),
    findTicket: (key) => findTicketByKey(connection, key),
    addNote: (ticketRef, note, permit) => sendNote(connection, ticketRef, note, permit),
    findNote: (ticketRef, note) => findNoteByKey(connection, ticketRef, note),
    ticketTexts: (ticketRef, since) => readTicketTexts(connection, ticketRef, since),
    ticketStates: (refs) => readTicketStates(connection, refs),
    reopen: (ticketRef, values, permit) => reopenTicket(connection, ticketRef, values, permit),
    fieldChanges: () => findFieldChanges(fieldsOf),
    billing: createBilling(connection),
    usage: () => readUsage(connection),
  };
}

/** Fact sheet autotask §3.5; the vendor's time frame is in minutes. */
async function readUsage(connection: Connection): Promise<Read<Usage>> {
  const threshold = await readThreshold(connection);
  if (threshold.kind === 'refused') return threshold;
  const { currentTimeframeRequestCount, externalRequestThreshold, requestThresholdTimeframe } =
    threshold.value;
  const windowMs = requestThresholdTimeframe * 60_000;
  return {
    kind: 'ok',
    value: { used: currentTimeframeRequestCount, allowed: externalRequestThreshold, windowMs },
  };
}
