/**
 * When administrators are mailed what is to be reviewed, and what becomes of such a mail (req 120). Pure: the clock comes in.
 *
 * On the first of each month at eight, where the workspace is. A moment that nobody was there for is caught up, the newest
 * one only. Nobody is mailed when nothing is due.
 */
import type { MailOutcome } from '../smtp/index.ts';

const hourOfReview = 8;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const mostTryingMs = 72 * hourMs;
/** Waits after the first, second, … try; the last one is repeated. */
const waits = [30 * minuteMs, hourMs, 2 * hourMs, 4 * hourMs];
/** A mail of which nobody knows is sent once more, with the same Message-ID, and then no more. */
const mostUnclear = 2;

/** The month whose moment was the last one to pass, as its first day: `2026-11-01`. */
export function reviewMonth(now: Date, timeZone: string): string {
  const parts = localParts(now, timeZone);
  const isBefore = parts.day === 1 && parts.hour < hourOfReview;
  const month = new Date(Date.UTC(parts.year, parts.month - 1 - (isBefore ? 1 : 0), 1));
  return month.toISOString().slice(0, 10);
}

function localParts(now: Date, timeZone: string): { year: number; month: number; day: number; hour: number } {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    hourCycle: 'h23',
  });
  const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, Number(value)]));
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return { year: of('year'), month: of('month'), day: of('day'), hour: of('hour') };
}

export interface ReviewFacts {
  now: Date;
  timeZone: string;
  /** When the workspace was made: what was before that is not caught up. */
  createdAt: Date;
  /** The newest month of which it was decided. */
  lastMonth: string | undefined;
  /** How many recipients and mappings are due. */
  due: number;
  /** Addresses of the administrators. */
  administrators: readonly string[];
}

/** Undefined: there is nothing to decide now. Else the month that is decided by this, and who is mailed. */
export function decideReview(facts: ReviewFacts): { month: string; to: string[] } | undefined {
  const { now, timeZone, createdAt, lastMonth, due, administrators } = facts;
  const month = reviewMonth(now, timeZone);
  if (lastMonth !== undefined && lastMonth >= month) return undefined;
  const isOlder = reviewMonth(createdAt, timeZone) < month;
  const to = [...new Set(administrators.map((address) => address.toLowerCase()))];
  return { month, to: isOlder && due > 0 ? to : [] };
}

/** Where a mail stands after a try. */
export interface ReviewEnd {
  state: 'sent' | 'waiting' | 'failed';
  /** Until it is tried again, if it waits. */
  inMs: number;
  /** What is said of it. */
  outcome: string;
  unclear: number;
}

/** What came of a try; `abandoned`: its process ended before an answer came. */
export type ReviewEvent = MailOutcome | { kind: 'abandoned' };

const mayHaveArrived = 'It was sent once before, without an answer, and may have arrived.';

/**
 * @param tries this one included
 * @param triedForMs since the first one
 * @param unclear earlier tries of which nobody knows
 */
export function afterReviewTry(
  event: ReviewEvent,
  { tries, triedForMs, unclear }: { tries: number; triedForMs: number; unclear: number },
): ReviewEnd {
  const again = (outcome: string): ReviewEnd => {
    if (triedForMs >= mostTryingMs)
      return { state: 'failed', inMs: 0, outcome: `Not taken for 72 hours. ${outcome}`, unclear };
    return { state: 'waiting', inMs: waits[Math.min(tries, waits.length) - 1] ?? hourMs, outcome, unclear };
  };
  switch (event.kind) {
    case 'done':
      return { state: 'sent', inMs: 0, outcome: event.reply, unclear };
    case 'refused': {
      const words = unclear === 0 ? event.text : `${event.text} ${mayHaveArrived}`;
      // What no server can be used for is not the mail's fault, whatever else changes.
      if (event.isFinal && event.about !== 'server')
        return { state: 'failed', inMs: 0, outcome: words, unclear };
      return again(words);
    }
    default: {
      const evidence =
        event.kind === 'uncertain' ? event.evidence : 'The process that sent it ended before an answer came.';
      if (unclear + 1 >= mostUnclear) {
        const outcome = `It was sent twice without an answer, so it may have arrived. ${evidence}`;
        return { state: 'failed', inMs: 0, outcome, unclear: unclear + 1 };
      }
      return { ...again(evidence), unclear: unclear + 1 };
    }
  }
}
