/**
 * The life of one mail to one address, as a pure function (promise P12): what an attempt came to decides what becomes of
 * the mail, its deliveries and its address.
 *
 *     sending --- taken ---------------------------------> confirmed
 *        |------- not taken, for now (4xx, no way) ------> refused; the same mail again, when it is due
 *        |------- not taken, for good (5xx) -------------> refused; a person is asked
 *        '------- lost after the last byte --> uncertain -> the same mail once more; unclear again: a person is asked
 *
 * "The same mail" has the same content and the same Message-ID, so that a second copy is recognised as one.
 */
import type { MailOutcome, MailRefusal as Refusal } from '../../smtp/index.ts';
import { type MailTiming, mostUnclear, waitAfterTry, waitWhenUnclear } from './timing.ts';

export interface MailFacts {
  /** Earlier attempts that counted: a server or the address itself answered. */
  tries: number;
  /** How long ago the first of them ended, in milliseconds. */
  triedForMs: number;
  /** Earlier attempts of which nobody knows what became of them. */
  unclear: number;
  /** Already cut to the least that says what happened. */
  isShort: boolean;
  timing: MailTiming;
  /** 0 ≤ random < 1. */
  random: number;
}

/** What came of an attempt; the last one: its worker's epoch is over. */
export type MailEvent = MailOutcome | { kind: 'takenOver' };

export type MailEnd =
  /** `copies`: an earlier attempt may have arrived too. */
  | { kind: 'delivered'; reply: string; mayBeTwice: boolean }
  /** The same mail again after so long. `isShort`: cut, because the server takes no mail of this size. */
  | { kind: 'again'; inMs: number; problem: string; isShort?: true; isUnclear?: true; countsAsTry: boolean }
  /** A person must look. `isAddress`: it was the address that was refused. */
  | { kind: 'park'; problem: string; isAddress?: true; isUnclear?: true };

/** How the attempt itself ended. */
export const attemptStateOf = ({ kind }: MailEvent): 'confirmed' | 'refused' | 'uncertain' =>
  kind === 'done' ? 'confirmed' : kind === 'refused' ? 'refused' : 'uncertain';

export function mailStep(event: MailEvent, facts: MailFacts): MailEnd {
  switch (event.kind) {
    case 'done':
      return { kind: 'delivered', reply: event.reply, mayBeTwice: facts.unclear > 0 };
    case 'refused':
      return afterRefusal(event, facts);
    case 'uncertain':
      return unclear(event.evidence, facts);
    case 'takenOver':
      return unclear('The process that sent it ended before an answer came.', facts);
  }
}

function afterRefusal(refusal: Refusal, facts: MailFacts): MailEnd {
  const { about, reason, isFinal, text } = refusal;
  if (reason === 'permit') return { kind: 'again', inMs: 0, problem: text, countsAsTry: false };
  // No server can be used: that is not the mail's fault, so it waits as long as that takes (promise P4).
  if (about === 'server') {
    return { kind: 'again', inMs: serverRestMs(refusal, facts.timing), problem: text, countsAsTry: false };
  }
  if (reason === 'size' && !facts.isShort) {
    return { kind: 'again', inMs: 0, problem: text, isShort: true, countsAsTry: true };
  }
  if (isFinal) return park(text, facts, about === 'recipient');
  const inMs = waitAfterTry(facts.tries + 1, facts.triedForMs, facts.random, facts.timing);
  if (inMs === undefined) return park(`Not taken for 72 hours. ${text}`, facts, false);
  return { kind: 'again', inMs, problem: text, countsAsTry: true };
}

/** That an earlier attempt may have arrived is said whatever the last one came to. */
function park(text: string, { unclear: before }: MailFacts, isAddress: boolean): MailEnd {
  const address = isAddress ? { isAddress: true as const } : {};
  if (before === 0) return { kind: 'park', problem: text, ...address };
  const problem = `${text} It was sent once before, without an answer, and may have arrived.`;
  return { kind: 'park', problem, isUnclear: true, ...address };
}

/** How long no server is asked: as the mailer says; a mailer that was replaced, or needs a person, says nothing. */
export const serverRestMs = (
  { retryAfterMs }: Pick<Refusal, 'retryAfterMs'>,
  { scale }: MailTiming,
): number => retryAfterMs ?? 1_000 * scale;

function unclear(evidence: string, facts: MailFacts): MailEnd {
  if (facts.unclear + 1 < mostUnclear) {
    const problem = `${evidence} It is sent once more, with the same Message-ID: the recipient may have it twice.`;
    return {
      kind: 'again',
      inMs: waitWhenUnclear(facts.timing),
      problem,
      isUnclear: true,
      countsAsTry: true,
    };
  }
  const problem = `It was sent ${facts.unclear + 1} times without an answer, so it may have arrived. ${evidence}`;
  return { kind: 'park', problem, isUnclear: true };
}
