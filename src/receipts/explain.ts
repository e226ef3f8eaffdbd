/** A delivery in words: what has become of it, why, and what happens next. */
import type { DeliveryRow } from './store.ts';

export interface Explanation {
  /** One sentence about the state now. */
  words: string;
  /** What will happen without anybody doing something, and when. */
  next: { at: string | null; words: string } | null;
}

export function explain(row: DeliveryRow): Explanation {
  switch (row.delivery_state) {
    case 'pending':
      return { words: 'Waits to be sent.', next: nextSend(row) };
    case 'sending':
      return { words: 'Is being sent.', next: null };
    case 'uncertain':
      return {
        words: 'Was sent, but the PSA gave no clear answer. It is not sent again before that is known.',
        next: { at: iso(row.next_look_at), words: nextLook(row) },
      };
    case 'delivered':
      return { words: deliveredWords(row), next: null };
    case 'held':
      return {
        words: row.problem ?? `Held: ${row.reason}.`,
        next: { at: null, words: heldNext(row.reason) },
      };
    case 'skipped':
      return { words: row.problem ?? row.trace.at(-1) ?? `Skipped: ${row.reason}.`, next: null };
    case 'failed':
      return {
        words: `Needs a person: ${row.problem ?? row.reason}`,
        next: { at: null, words: 'Mend the cause and retry, or discard it with a reason.' },
      };
  }
}

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

function nextSend({ blocked_until, problem }: DeliveryRow): Explanation['next'] {
  if (blocked_until && problem)
    return { at: iso(blocked_until), words: `Is tried again. Last answer: ${problem}` };
  return { at: null, words: 'Goes out as soon as the connection has a free slot.' };
}

function nextLook({ look_problem }: DeliveryRow): string {
  const words = 'Herald looks in the PSA whether it arrived.';
  if (look_problem === null) return words;
  return `${words} The last look-up failed: ${look_problem} If you have looked yourself, discard it with a reason.`;
}

function heldNext(reason: string | null): string {
  return reason === 'credentials'
    ? 'Goes out by itself when the credentials work again.'
    : 'Waits until the connection is active again; then it is asked what to do with it.';
}

function deliveredWords({ write_kind, ticket_number, ticket_ref }: DeliveryRow): string {
  const ticket = ticket_number ?? (ticket_ref ? `id ${ticket_ref}` : 'its ticket');
  if (write_kind === 'ticket') return `Ticket ${ticket} was made.`;
  return write_kind === 'digest'
    ? `Is in a note with others on ticket ${ticket}.`
    : `A note was added to ticket ${ticket}.`;
}
