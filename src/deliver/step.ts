/**
 * The life of one write, as a pure function. A write is a ticket, a note or a digest whose content and deliveries are
 * frozen; the journal has committed `sending` before the first byte left. What happens to it next is decided here and
 * nowhere else; the drain performs the effects and stores the state.
 *
 *     sending --- done ----------------------------------> settled (confirmed)
 *        |------- refused -------------------------------> settled (refused): again, parked or held
 *        '------- anything else --> uncertain --- found -> settled (confirmed, adopted)
 *                                       |------ failed -> uncertain, never sent again on a failed look
 *                                       '-- two misses after W, the search lag apart -> sending (next attempt),
 *                                           after the last try --> settled (refused): parked
 */
import type { Finding, Outcome, Receipt, Refusal, RefusalReason } from '../psa/contract.ts';
import { askedWait, backOff, gapMs, nextLook, pauseMs, type Timing } from './timing.ts';

export type WriteState =
  | { phase: 'sending'; attempt: number; startedAt: number }
  | UncertainWrite
  | { phase: 'settled'; as: 'confirmed' | 'refused' };

export interface UncertainWrite {
  phase: 'uncertain';
  attempt: number;
  startedAt: number;
  /** Looks made in all. */
  looks: number;
  /** Looks in a row that failed, for their back-off. */
  failedLooks: number;
  /** Looks since W that found nothing. */
  misses: number;
  lastMissAt?: number;
  nextLookAt: number;
  /** What is known of the attempt: an answer that proved nothing, or why there was none. */
  evidence?: string;
}

export type WriteEvent =
  /** The call came back. */
  | { kind: 'answered'; outcome: Outcome }
  /** The permit ran out before the request was written, or the call failed in an unforeseen way. */
  | { kind: 'interrupted'; why: string }
  /** Its worker's epoch is over: nobody knows how far it came. */
  | { kind: 'takenOver' }
  /** `begunAt`: when the look left, in milliseconds of database time; what it shows is not newer than that. */
  | { kind: 'looked'; finding: Finding; begunAt: number };

/** What the frozen deliveries, the ticket group and the channel are to learn. Times are milliseconds. */
export type Effect =
  | { kind: 'deliver'; receipt: Receipt; adopted: boolean }
  /** Nothing was done: the deliveries wait again. `without` names an input that was refused and has a stand-in. */
  | { kind: 'again'; at: number; problem: string; countsAsTry: boolean; without?: string; isUntrusted?: true }
  /**
   * A person must look: the deliveries fail with this problem. A note leaves a gap; the next ones wait for it so long.
   * `isUnclear`: the PSA has not refused it; no try brought a clear answer, and nothing was made.
   */
  | { kind: 'park'; problem: string; gapUntil?: number; isUnclear?: true }
  /** The login was refused: the channel stops, its deliveries are held. */
  | { kind: 'holdChannel'; problem: string }
  /** The ticket that a note was meant for is no longer there. */
  | { kind: 'ticketGone' }
  /** It is there and takes no notes (locked). */
  | { kind: 'ticketShut'; problem: string }
  | { kind: 'becomeUncertain'; evidence: string; lookAt: number }
  /** The PSA could not be searched: why, for people. */
  | { kind: 'lookFailed'; problem: string }
  | { kind: 'sendAgain' }
  /** More than one record carries our key: the oldest was adopted. */
  | { kind: 'reportSurplus'; receipts: Receipt[] };

export interface WriteFacts {
  kind: 'ticket' | 'note' | 'digest';
  /** Tries of its deliveries that have counted so far. */
  tries: number;
  /** Inputs that the PSA has refused already. */
  without: readonly string[];
  /** Inputs that something else can stand in for, once, if they are refused. */
  fallbacks: readonly string[];
  timing: Timing;
  /** 0 ≤ random < 1, from outside. */
  random: number;
}

export interface Stepped {
  state: WriteState;
  effects: Effect[];
}

/** A write that is refused, or never answered clearly, is tried this often before a person is asked. */
export const mostTries = 5;
/** Characters of an unclear answer in the sentence about it. */
const mostQuoted = 300;

/** What becomes of a write when something happens to it. `now` is database time in milliseconds. */
export function step(state: WriteState, event: WriteEvent, now: number, facts: WriteFacts): Stepped {
  if (state.phase === 'settled') return { state, effects: [] };
  switch (event.kind) {
    case 'answered':
      return state.phase === 'sending'
        ? answered(state, event.outcome, now, facts)
        : lateAnswer(state, event.outcome);
    case 'interrupted':
      return uncertain(state, event.why, now, facts);
    case 'takenOver':
      return uncertain(state, 'the worker that sent it ended before an answer came', now, facts);
    case 'looked':
      return state.phase === 'uncertain' ? looked(state, event, now, facts) : { state, effects: [] };
  }
}

type Open = Exclude<WriteState, { phase: 'settled' }>;

function answered(state: Open, outcome: Outcome, now: number, facts: WriteFacts): Stepped {
  switch (outcome.kind) {
    case 'done':
      return confirmed(outcome.receipt, false);
    case 'refused':
      return { state: { phase: 'settled', as: 'refused' }, effects: [afterRefusal(outcome, now, facts)] };
    case 'uncertain':
      return uncertain(state, outcome.evidence, now, facts);
  }
}

/** An answer that comes after its write was given up as uncertain still proves success; nothing else is trusted. */
function lateAnswer(state: UncertainWrite, outcome: Outcome): Stepped {
  return outcome.kind === 'done' ? confirmed(outcome.receipt, false) : { state, effects: [] };
}

function confirmed(receipt: Receipt, adopted: boolean): Stepped {
  return { state: { phase: 'settled', as: 'confirmed' }, effects: [{ kind: 'deliver', receipt, adopted }] };
}

function uncertain(state: Open, evidence: string, now: number, { timing }: WriteFacts): Stepped {
  if (state.phase === 'uncertain') return { state, effects: [] };
  const nextLookAt = nextLook(state.startedAt, now, timing);
  return {
    state: {
      phase: 'uncertain',
      attempt: state.attempt,
      startedAt: state.startedAt,
      looks: 0,
      failedLooks: 0,
      misses: 0,
      nextLookAt,
      evidence,
    },
    effects: [{ kind: 'becomeUncertain', evidence, lookAt: nextLookAt }],
  };
}

type Looked = Extract<WriteEvent, { kind: 'looked' }>;

function looked(
  state: UncertainWrite,
  { finding, begunAt }: Looked,
  now: number,
  facts: WriteFacts,
): Stepped {
  switch (finding.kind) {
    case 'found': {
      const { state: settled, effects } = confirmed(finding.receipt, true);
      if (finding.surplus.length > 0) effects.push({ kind: 'reportSurplus', receipts: finding.surplus });
      return { state: settled, effects };
    }
    case 'failed': {
      const failedLooks = state.failedLooks + 1;
      const wait = finding.retryAfterMs ?? waitAfterLook(finding.reason, failedLooks, facts);
      const problem = finding.text;
      const effects: Effect[] = [{ kind: finding.reason === 'auth' ? 'holdChannel' : 'lookFailed', problem }];
      return {
        state: { ...state, looks: state.looks + 1, failedLooks, nextLookAt: now + askedWait(wait) },
        effects,
      };
    }
    case 'none':
      return missed(state, begunAt, now, facts);
  }
}

/** A PSA that is away is asked again soon, so that its return is noticed (P9); one that refuses the search, ever later. */
function waitAfterLook(reason: RefusalReason, failures: number, { random, timing }: WriteFacts): number {
  const isAway = reason === 'network' || reason === 'timeout' || reason === 'serverError';
  return isAway ? pauseMs(failures, random, timing) : backOff(failures, random, timing);
}

function missed(state: UncertainWrite, begunAt: number, now: number, facts: WriteFacts): Stepped {
  const { timing } = facts;
  const seen: UncertainWrite = { ...state, looks: state.looks + 1, failedLooks: 0 };
  const at = Math.min(begunAt, now);
  const isSettled = at >= state.startedAt + timing.settleMs;
  const isApart = state.lastMissAt === undefined || at >= state.lastMissAt + timing.searchLagMs;
  if (isSettled && isApart) {
    seen.misses += 1;
    seen.lastMissAt = now;
  }
  if (seen.misses >= 2) {
    if (state.attempt >= mostTries) return neverClear(state, now, facts);
    return {
      state: { phase: 'sending', attempt: state.attempt + 1, startedAt: now },
      effects: [{ kind: 'sendAgain' }],
    };
  }
  return { state: { ...seen, nextLookAt: nextLook(state.startedAt, now, timing) }, effects: [] };
}

/**
 * Every try has gone all the way: no clear answer, W, two looks that found nothing. The next one would hardly go
 * otherwise, and what waits behind it must not wait for ever.
 */
function neverClear({ attempt, evidence }: UncertainWrite, now: number, facts: WriteFacts): Stepped {
  const last = evidence === undefined ? '' : ` What came of the last one: ${inOneLine(evidence)}`;
  const problem = `After ${attempt} tries without a clear answer, Herald found each time that nothing had been made.${last}`;
  return {
    state: { phase: 'settled', as: 'refused' },
    effects: [{ ...park(problem, now, facts), isUnclear: true }],
  };
}

/** Evidence is kept whole with its attempt. */
function inOneLine(evidence: string): string {
  const line = evidence.replace(/\s+/g, ' ').trim();
  return line.length <= mostQuoted ? line : `${line.slice(0, mostQuoted - 1).toWellFormed()}…`;
}

function afterRefusal(refusal: Refusal, now: number, facts: WriteFacts): Effect {
  const problem = refusal.text;
  switch (refusal.reason) {
    case 'auth':
      return { kind: 'holdChannel', problem };
    case 'rateLimited':
    case 'network':
    case 'timeout':
    case 'serverError':
      // The PSA is away or busy; that is not the alert's fault, so no try is used up (promises P4, J-1).
      return {
        kind: 'again',
        at: now + waitFor(refusal, facts),
        problem,
        countsAsTry: false,
        ...(refusal.isUntrusted && { isUntrusted: true }),
      };
    case 'notFound':
      return facts.kind === 'ticket' ? { kind: 'park', problem } : { kind: 'ticketGone' };
    case 'invalid':
      return afterInvalid(refusal, now, facts);
  }
}

const waitFor = ({ retryAfterMs }: Refusal, { random, timing }: WriteFacts): number =>
  retryAfterMs === undefined ? backOff(1, random, timing) : askedWait(retryAfterMs);

function afterInvalid({ text, field }: Refusal, now: number, facts: WriteFacts): Effect {
  const { kind, without, fallbacks, tries } = facts;
  if (kind !== 'ticket' && field === 'ticket') return { kind: 'ticketShut', problem: text };
  const hasStandIn = field !== undefined && fallbacks.includes(field) && !without.includes(field);
  if (hasStandIn && tries < mostTries) {
    return { kind: 'again', at: now, problem: text, countsAsTry: true, without: field };
  }
  return park(text, now, facts);
}

function park(problem: string, now: number, { kind, timing }: WriteFacts): Extract<Effect, { kind: 'park' }> {
  if (kind === 'ticket') return { kind: 'park', problem };
  return { kind: 'park', problem, gapUntil: now + gapMs(timing) };
}
