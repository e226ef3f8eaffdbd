/** One round in memory, as src/pipeline.ts does it: settle, assign, choose and freeze, at once or not at all. */
import { attemptPatch, Changes, putOff, refusedLogins } from '../../src/deliver/changes.ts';
import { attemptKey } from '../../src/deliver/journal.ts';
import type { OpenWrite, Outcome } from '../../src/deliver/round.ts';
import { timing } from './conditions.ts';
import type { Journal } from './journal.ts';

export interface RoundDone {
  /** Writes to send now: new ones, and those that are sent again. */
  sending: OpenWrite[];
  /** The PSA refused the login. */
  isStopped: boolean;
}

/**
 * @param slots how many writes may begin
 * @param startedAt when the transaction began; rows carry this time
 */
export function commitRound(
  journal: Journal,
  outcomes: readonly Outcome[],
  slots: number,
  startedAt: number,
): RoundDone {
  let free = slots;
  const settling = outcomes.map((outcome) => {
    if (!outcome.stepped.effects.some(({ kind }) => kind === 'sendAgain')) return outcome;
    free -= 1;
    return free >= 0 ? outcome : putOff(outcome, startedAt, timing, 'soon');
  });
  const patches = settling.map((outcome) => attemptPatch(outcome, timing));
  const wereOpen = journal.patchAttempts(patches, startedAt);
  const changes = new Changes();
  for (const [i, outcome] of settling.entries()) {
    if (wereOpen.has(attemptKey(patches[i] as (typeof patches)[number]))) changes.add(outcome);
  }
  journal.releaseGroups(changes.groups);
  journal.patchDeliveries(changes.deliveries);
  journal.recordSurplus(
    changes.surplus.map(({ ref }) => ref),
    startedAt,
  );
  for (const write of changes.resent) journal.startAttempt(write, startedAt);
  journal.assignWaiting();
  const frozen = free > 0 ? journal.freeze(free, startedAt) : [];
  return { sending: [...changes.resent, ...frozen], isStopped: refusedLogins(outcomes).length > 0 };
}
