/** What a round settles of the steps that were taken since the last one. */
import type { Outcome } from './round.ts';

/**
 * Takes at most `most` outcomes off the list, the oldest first. Of a write that has several (its call came back while a
 * look around had given it up) it takes one: a round changes each attempt once, and the next one settles the rest.
 */
export function takeOutcomes(outcomes: Outcome[], most: number): Outcome[] {
  const seen = new Set<string>();
  const taken: Outcome[] = [];
  const left: Outcome[] = [];
  for (const outcome of outcomes) {
    if (taken.length >= most || seen.has(outcome.write.writeId)) left.push(outcome);
    else taken.push(outcome);
    seen.add(outcome.write.writeId);
  }
  outcomes.splice(0, outcomes.length, ...left);
  return taken;
}
