/**
 * The ration of notes on one ticket (promise P7): ten at once, then one each minute; what waits meanwhile goes into that
 * one as a digest. Pure; times are milliseconds.
 */
import { scaled, type Timing } from './timing.ts';

/** Notes that a quiet ticket takes at once. */
export const mostNotesAtOnce = 10;
const noteEveryMs = 60_000;

/** Notes that may go out now, as a fraction; one is needed for each. */
export function noteCredit(credit: number, ageMs: number, timing: Timing): number {
  return Math.min(mostNotesAtOnce, credit + ageMs / scaled(noteEveryMs, timing));
}

/** How long until there is credit for one note; 0 when there is. */
export function waitForNote(credit: number, timing: Timing): number {
  return Math.max(0, 1 - credit) * scaled(noteEveryMs, timing);
}
