/** What stands on a ticket, for recognising what a database that was restored from a backup has forgotten. */
import type { Read, TicketText } from '../contract.ts';
import { query } from './client.ts';
import type { Connection } from './connection.ts';
import { recordId } from './ids.ts';
import { readNotesSince } from './notes.ts';
import { ticketTextRow } from './types.ts';

interface Described {
  id: number;
  description?: string | null;
}

/** Fact sheet autotask §6.5 and §6.6: the description of the ticket, and its notes since a time. */
export async function readTicketTexts(
  connection: Connection,
  ticketRef: string,
  since: Date,
): Promise<Read<TicketText[]>> {
  const ticketID = recordId(ticketRef);
  if (ticketID === undefined) return { kind: 'ok', value: [] };
  const tickets = await query(connection, 'Tickets', {
    row: ticketTextRow,
    include: ['id', 'description'],
    conditions: [{ op: 'eq', field: 'id', value: ticketID }],
  });
  if (tickets.kind === 'refused') return tickets;
  const ticket = tickets.value.find(({ id }) => id === ticketID);
  if (!ticket) return { kind: 'ok', value: [] };
  const notes = await readNotesSince(connection, ticketID, since);
  if (notes.kind === 'refused') return notes;
  const textOf = (of: TicketText['of'], { id, description }: Described): TicketText => {
    return { of, ref: String(id), text: description ?? '' };
  };
  return {
    kind: 'ok',
    value: [textOf('ticket', ticket), ...notes.value.map((note) => textOf('note', note))],
  };
}
