/**
 * The way out: which critical alerts people must be told of by other means, because their PSA has refused them or been
 * silent for as long as the workspace has set. Only decided here, once per alert and connection; whoever tells people
 * takes it from there, and delivery goes on as if nothing had been decided.
 *
 * A pause is not an outage: a person has chosen it, sees what it holds, and is asked about it at the end (decision 5).
 * The wait begins anew when that person resumes the connection or retries a delivery.
 */
import type { DeliveryState } from '../plan/types.ts';

/** A critical delivery that is still owed. Times are milliseconds of database time. */
export interface OwedCritical {
  deliveryId: string;
  alertId: string;
  connectionId: string;
  state: Extract<DeliveryState, 'pending' | 'sending' | 'uncertain' | 'held' | 'failed'>;
  reason: string | null;
  /** What the PSA said last, or what stands in the way, as a sentence. */
  problem: string | null;
  /** Since when the PSA could have taken it. */
  owedSince: number;
  connection: {
    name: string;
    isPaused: boolean;
    attention: string | null;
    /** It has not answered others either, and is left alone for a moment. */
    isAway: boolean;
  };
}

export interface WayOut extends Pick<OwedCritical, 'deliveryId' | 'alertId' | 'connectionId'> {
  afterMinutes: number;
  /** What stood in the way, as a sentence. */
  words: string;
}

/** Answers at most one for each alert and connection: that of its oldest delivery. */
export function decideWayOuts(owed: readonly OwedCritical[], afterMinutes: number, now: number): WayOut[] {
  const decided = new Map<string, WayOut>();
  for (const delivery of owed) {
    const { deliveryId, alertId, connectionId } = delivery;
    const key = `${alertId} ${connectionId}`;
    if (decided.has(key) || !isOverdue(delivery, afterMinutes, now)) continue;
    decided.set(key, { deliveryId, alertId, connectionId, afterMinutes, words: obstacleOf(delivery) });
  }
  return [...decided.values()];
}

function isOverdue({ owedSince, connection, state, reason }: OwedCritical, minutes: number, now: number) {
  if (connection.isPaused || (state === 'held' && reason === 'pause')) return false;
  return now - owedSince >= minutes * 60_000;
}

function obstacleOf({ state, problem, connection }: OwedCritical): string {
  const { name, attention } = connection;
  switch (state) {
    case 'held':
      return `${name} needs a person: ${problem ?? attention ?? 'it cannot be used as it is.'}`;
    case 'failed':
      return problem ?? `${name} does not take it.`;
    case 'uncertain':
      return `${name} has given no clear answer, and it is not known whether it arrived.`;
    case 'sending':
      return problem ?? `${name} has not answered yet.`;
    case 'pending':
      if (attention !== null) return `${name} needs a person: ${attention}`;
      return problem ?? (connection.isAway ? `${name} does not answer.` : `It still waits for ${name}.`);
  }
}

/** What came of the way out: its mails are made, are to be made, or there is nobody who gets one. */
export type Told = 'told' | 'due' | 'nobody';

const tellingInWords: Record<Told, string> = {
  told: 'the global recipients are told by e-mail.',
  due: 'the global recipients are to be told by e-mail.',
  nobody: 'nobody is told by e-mail, because there is no global recipient who may get it.',
};

/** What people read beside the alert; it changes once the PSA has it after all. */
export function wayOutInWords(
  afterMinutes: number,
  obstacle: string,
  state: DeliveryState,
  telling: Told,
): string {
  const minutes = afterMinutes === 1 ? '1 minute' : `${afterMinutes} minutes`;
  if (state === 'delivered') return `The PSA took this critical alert later than ${minutes} after it came.`;
  if (state === 'skipped') return `The PSA had not taken this critical alert for ${minutes}. ${obstacle}`;
  return `The PSA has not taken this critical alert for ${minutes}: ${tellingInWords[telling]} ${obstacle}`;
}
