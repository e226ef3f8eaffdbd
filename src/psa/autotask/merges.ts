/**
 * Which completed tickets were merged, and into which. Autotask shows a merged ticket as completed; what tells the two
 * apart is the system note that the merge leaves on it (type 93, fact sheet autotask §4.2). Its wording is not known
 * and may be translated, so only the number of a ticket is read from it; without one the ticket counts as closed.
 */
import type { Read, TicketState } from '../contract.ts';
import { query } from './client.ts';
import type { Connection } from './connection.ts';
import { receiptOf } from './receipts.ts';
import { mergeNoteRow, type TicketStateRow, ticketStateRow } from './types.ts';

/** Status of a completed ticket in every tenant (§4.1). */
export const completeStatus = 5;
const mergedIntoNoteType = 93;
/** `T20260604.0002` (§4.1). */
const ticketNumber = /\bT\d{8}\.\d{4,}\b/;
/** A ticket that was merged into one that was merged itself; longer chains end as closed. */
const longestChain = 3;
/** Fields of a ticket that its state is read from (§6.8). */
export const stateFields = ['id', 'ticketNumber', 'status', 'companyID', 'completedDate'];

/**
 * The state of each completed ticket that was merged, by its id; the others are not in the answer. One call when none
 * was merged, two for each link of a chain.
 */
export async function followMerges(
  connection: Connection,
  completed: readonly TicketStateRow[],
): Promise<Read<Map<number, TicketState>>> {
  const ends = new Map<number, TicketStateRow>();
  let looking = new Map(completed.map((row) => [row.id, [row.id]]));
  for (let link = 0; link < longestChain && looking.size > 0; link += 1) {
    const targets = await readTargets(connection, [...looking.keys()]);
    if (targets.kind === 'refused') return targets;
    const next = new Map<number, number[]>();
    for (const [from, target] of targets.value) {
      const origins = (looking.get(from) ?? []).filter((id) => id !== target.id);
      for (const origin of origins) ends.set(origin, target);
      if (target.status === completeStatus) next.set(target.id, [...(next.get(target.id) ?? []), ...origins]);
    }
    looking = next;
  }
  const states = [...ends].map(([id, target]): [number, TicketState] => [
    id,
    {
      kind: 'merged',
      into: receiptOf(connection, target.id, target.ticketNumber),
      isOpen: target.status !== completeStatus,
    },
  ]);
  return { kind: 'ok', value: new Map(states) };
}

/** The ticket that each of these was merged into, as far as it can be seen. */
async function readTargets(
  connection: Connection,
  ids: readonly number[],
): Promise<Read<Map<number, TicketStateRow>>> {
  const numbers = await readTargetNumbers(connection, ids);
  if (numbers.kind === 'refused' || numbers.value.size === 0) return numbers as Read<Map<number, never>>;
  const tickets = await query(connection, 'Tickets', {
    row: ticketStateRow,
    include: stateFields,
    conditions: [{ op: 'in', field: 'ticketNumber', value: [...new Set(numbers.value.values())] }],
  });
  if (tickets.kind === 'refused') return tickets;
  const byNumber = new Map(tickets.value.map((row) => [row.ticketNumber, row]));
  const targets = [...numbers.value].flatMap(([id, number]): [number, TicketStateRow][] => {
    const target = byNumber.get(number);
    return target ? [[id, target]] : [];
  });
  return { kind: 'ok', value: new Map(targets) };
}

async function readTargetNumbers(
  connection: Connection,
  ids: readonly number[],
): Promise<Read<Map<number, string>>> {
  const notes = await query(connection, 'TicketNotes', {
    row: mergeNoteRow,
    include: ['id', 'ticketID', 'noteType', 'title', 'description'],
    conditions: [
      { op: 'in', field: 'ticketID', value: ids },
      { op: 'eq', field: 'noteType', value: mergedIntoNoteType },
    ],
  });
  // Whoever may not read notes learns that the ticket is completed, which is true as well.
  if (notes.kind === 'refused') return notes.reason === 'invalid' ? { kind: 'ok', value: new Map() } : notes;
  const numbers = new Map<number, string>();
  for (const { ticketID, noteType, title, description } of notes.value) {
    const number = ticketNumber.exec(`${title ?? ''} ${description ?? ''}`)?.[0];
    // Compared again: a filter that was dropped would show ordinary notes that name a ticket (J-17).
    const isAsked = noteType === mergedIntoNoteType && ids.includes(ticketID);
    if (number && isAsked) numbers.set(ticketID, number);
  }
  return { kind: 'ok', value: numbers };
}
