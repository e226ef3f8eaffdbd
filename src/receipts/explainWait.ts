/** Why a pending delivery has not gone out yet: the first thing in its way, and until when. */
import { clock, iso, type Next, nameOf } from './phrases.ts';
import { type DeliveryRow, mostCounted } from './row.ts';

/** The obstacles in the order in which they would have to go away; each answers nothing when it is not in the way. */
const obstacles: readonly ((row: DeliveryRow) => Next | undefined)[] = [
  connectionIsShut,
  nobodyServes,
  otherOfGroupIsUnderWay,
  gapOnTicket,
  groupIsBlocked,
  connectionWaits,
  groupIsLookedFor,
  othersAreBefore,
];

export function explainWait(row: DeliveryRow): Next {
  for (const obstacle of obstacles) {
    const next = obstacle(row);
    if (next) return next;
  }
  return { at: null, words: 'Goes out as soon as the connection has a free slot.' };
}

const untimed = (words: string): Next => ({ at: null, words });

function connectionIsShut(row: DeliveryRow): Next | undefined {
  if (row.connection_state === 'paused') return untimed(`${nameOf(row)} is paused: it is about to be held.`);
  if (row.attention)
    return untimed(`${nameOf(row)} needs a person: ${row.attention} It is about to be held.`);
  if (row.backlog) return untimed(`${nameOf(row)} is in use again. What it held is put back in line first.`);
  return undefined;
}

/** A connection without a lease row was never finished, or is one of a test. */
function nobodyServes({ is_served }: DeliveryRow): Next | undefined {
  if (is_served !== false) return undefined;
  return untimed(
    'No worker serves the connection at this moment; the next one takes it up within 30 seconds.',
  );
}

function otherOfGroupIsUnderWay({ busy_state, busy_look_at }: DeliveryRow): Next | undefined {
  if (busy_state === 'sending') return untimed('Waits for the answer to the one before it on its ticket.');
  if (busy_state !== 'uncertain') return undefined;
  const words = 'Waits behind one for its ticket of which it is not known yet whether it arrived.';
  return { at: iso(busy_look_at), words };
}

function gapOnTicket({ gap_until }: DeliveryRow): Next | undefined {
  if (!gap_until) return undefined;
  const words = `A note before it on its ticket was refused. Until ${clock(gap_until)} that one waits for a person to retry or discard it; then this one goes on and names what is missing.`;
  return { at: iso(gap_until), words };
}

function groupIsBlocked({ blocked_until, problem }: DeliveryRow): Next | undefined {
  if (!blocked_until) return undefined;
  const words = problem
    ? `Is tried again. Last answer: ${problem}`
    : 'Goes out in the next note on its ticket, with others: many came at once.';
  return { at: iso(blocked_until), words };
}

const connectionWaitsFor: Record<NonNullable<DeliveryRow['waits_for']>, string> = {
  asked: 'The PSA has asked for fewer calls.',
  away: 'The PSA does not answer.',
  ownShare: 'This connection has used its share of the calls that the PSA allows.',
  otherTools: 'Other tools have used up the calls that the PSA allows.',
  spread: 'Little is left of the calls that the PSA allows, so they are spread out.',
  reserve: 'What is left of the calls that the PSA allows is kept for critical alerts.',
};

function connectionWaits({ waits_for, waits_until, problem }: DeliveryRow): Next | undefined {
  if (!waits_for || !waits_until) return undefined;
  const last = problem ? ` Last answer: ${problem}` : '';
  const words = `${connectionWaitsFor[waits_for]} The next call is made at ${clock(waits_until)}.${last}`;
  return { at: iso(waits_until), words };
}

function groupIsLookedFor({ is_looked_for }: DeliveryRow): Next | undefined {
  if (!is_looked_for) return undefined;
  return untimed('A backup was restored: Herald first looks in the PSA what is there of its ticket already.');
}

function othersAreBefore({ ahead, group_id }: DeliveryRow): Next | undefined {
  if (!ahead) return undefined;
  const many = ahead >= mostCounted ? `${mostCounted} or more` : `${ahead}`;
  const words =
    group_id === null
      ? `Before it, ${many} wait for this connection.`
      : `Before it, ${many} wait for the same ticket: they go out in order, or together in one note.`;
  return untimed(words);
}
