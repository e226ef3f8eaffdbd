/** A delivery in words: what has become of it, why, and what happens next. Pure; every state and reason has its words. */
import { explainMail } from './explainMail.ts';
import { explainWait } from './explainWait.ts';
import { type Brief, clock, type Explanation, iso, type Next, nameOf, skippedWords } from './phrases.ts';
import type { DeliveryRow } from './row.ts';

export function explain(row: DeliveryRow): Explanation {
  return row.mail_target === null ? explainTicket(row) : explainMail(row);
}

function explainTicket(row: DeliveryRow): Explanation {
  switch (row.delivery_state) {
    case 'pending':
      return { words: 'Waits to be sent.', next: explainWait(row) };
    case 'sending':
      return { words: 'Is being sent.', next: afterSending(row) };
    case 'uncertain':
      return {
        words: 'Was sent, but the PSA gave no clear answer. It is not sent again before that is known.',
        next: nextLook(row),
      };
    case 'delivered':
      return { ...deliveredWords(row), next: null };
    case 'held':
      return heldWords(row);
    case 'skipped':
      return { words: row.problem ?? row.trace.at(-1) ?? skippedWords(row.reason), next: null };
    case 'failed':
      return {
        words: `Needs a person: ${row.problem ?? failedWords(row.reason)}`,
        next: { at: null, words: failedNext(row) },
      };
  }
}

function afterSending({ is_abandoned }: DeliveryRow): Next {
  const words = is_abandoned
    ? 'The worker that sent it has ended. The next one looks in the PSA whether it arrived.'
    : 'The answer of the PSA decides; without one, Herald looks in the PSA whether it arrived.';
  return { at: null, words };
}

function nextLook(row: DeliveryRow): Next {
  const { attention, connection_state, look_problem, next_look_at, looks } = row;
  if (attention !== null && attention !== undefined) {
    const words = `Herald looks in the PSA whether it arrived when the credentials work again: ${attention}`;
    return { at: null, words };
  }
  const isPaused = connection_state === 'paused';
  const words = isPaused
    ? 'Herald looks in the PSA whether it arrived. While the connection is paused it is not sent again.'
    : 'Herald looks in the PSA whether it arrived, and sends it again only when it surely did not.';
  return { at: iso(next_look_at), words: `${words}${lookedWords(looks, look_problem)}` };
}

function lookedWords(looks: number | null, problem: string | null): string {
  if (problem !== null) {
    return ` The last look-up failed: ${problem} If you have looked yourself, discard it with a reason.`;
  }
  return looks ? ` Looked up so far: ${looks === 1 ? 'once' : `${looks} times`}, not found yet.` : '';
}

function heldWords(row: DeliveryRow): Explanation {
  const moves = movingWords(row);
  if (moves) return { words: moves, next: { at: null, words: 'It is done within moments.' } };
  if (row.reason === 'credentials') {
    const why = row.attention ?? row.problem ?? 'its credentials do not work.';
    return {
      words: row.problem ?? `Held: ${nameOf(row)} needs a person: ${why}`,
      next: { at: null, words: 'Goes out by itself when the credentials work again.' },
    };
  }
  const why = row.pause_reason ? ` (${row.pause_reason})` : '';
  return {
    words: row.problem ?? `Held: ${nameOf(row)} is paused${why}.`,
    next: {
      at: null,
      words: 'Waits until the connection is active again; then it is asked what to do with it.',
    },
  };
}

/** The connection is in use again, and this one's turn has not come yet. */
function movingWords(row: DeliveryRow): string | undefined {
  const { reason, backlog, connection_state, attention } = row;
  if (!backlog) return undefined;
  if (reason === 'credentials') {
    return attention ? undefined : `${nameOf(row)} works again: it is being put back in line.`;
  }
  if (connection_state !== 'active' || backlog === 'sort') return undefined;
  const what = backlog === 'leave' ? 'left unsent, as was chosen' : 'put back in line';
  return `${nameOf(row)} was resumed: it is being ${what}.`;
}

/** Why it failed, for a row that holds no words of its own. */
export function failedWords(reason: string | null): string {
  if (reason === 'unwritable') return 'no text could be made of this alert.';
  return reason === 'unclear'
    ? 'no try brought a clear answer, and nothing was made.'
    : 'the PSA refused it.';
}

function failedNext({ reason, gap_until, group_id }: DeliveryRow): string {
  const words = whatHelps(reason);
  if (gap_until === null || gap_until === undefined || group_id === null) return words;
  return `${words} Until ${clock(gap_until)} the notes behind it on its ticket wait for that.`;
}

function whatHelps(reason: string | null): string {
  switch (reason) {
    case 'unwritable':
      return 'Correct the subject format or what the sender sends and retry, or discard it with a reason.';
    case 'unclear':
      return 'Read what the PSA answered to each attempt, ask its maker if need be, and retry, or discard it with a reason.';
    default:
      return 'Mend the cause and retry, or discard it with a reason.';
  }
}

function deliveredWords({ write_kind, ticket_number, ticket_ref }: DeliveryRow): Omit<Explanation, 'next'> {
  const ticket = ticket_number ?? (ticket_ref && `id ${ticket_ref}`);
  if (!ticket) return { words: unnamed[write_kind ?? 'note'] ?? unnamed.note };
  const brief = around[write_kind ?? 'note'] ?? around.note;
  return { words: `${brief.before}${ticket}${brief.after}`, brief };
}

type Words<Value> = Readonly<Record<'ticket' | 'note' | 'digest', Value> & Record<string, Value>>;

const unnamed: Words<string> = {
  ticket: 'Its ticket was made.',
  note: 'A note was added to its ticket.',
  digest: 'Is in a note with others on its ticket.',
};

const around: Words<Brief> = {
  ticket: { before: 'Ticket ', after: ' was made.' },
  note: { before: 'A note was added to ticket ', after: '.' },
  digest: { before: 'Is in a note with others on ticket ', after: '.' },
};
