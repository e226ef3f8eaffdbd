/** First part of a round: what the steps since the last round decided becomes rows. */
import { crashPoint } from '../crashPoints.ts';
import type { Tx } from '../db/database.ts';
import { recheck, recheckConnection } from '../plan/index.ts';
import type { HoldReason, Settings } from '../plan/types.ts';
import { attemptOf, attemptPatch, Changes, putOff, refusedLogins, takeBack } from './changes.ts';
import type { Channel } from './channel.ts';
import { loadBound } from './claim.ts';
import {
  type AttemptPatch,
  attemptKey,
  patchAttempts,
  patchDeliveries,
  recordSurplus,
  releaseGroups,
  startAttempts,
} from './journal.ts';
import { recordNotices } from './notices.ts';
import { type Held, type Outcome, type RoundWork, type Settled, takeSlot } from './round.ts';
import { applySeenStates } from './tickets.ts';
import type { Timing } from './timing.ts';

export async function settleOutcomes(
  tx: Tx,
  work: RoundWork,
  held: Held,
  settings: Settings,
): Promise<Settled> {
  const known = work.outcomes.filter(({ write }) => held.channels.has(write.channelId));
  const stopped = await loadStopped(tx, work.workspaceId, known.filter(sendsAgain), settings);
  const outcomes = known
    .map((outcome) => (stopped.has(outcome.write.writeId) ? takeBack(outcome, held.now) : outcome))
    .map((outcome) => {
      const when = whenToSend(outcome, work, held, settings);
      return when === 'now' ? outcome : putOff(outcome, held.now, timingOf(outcome, held), when);
    });
  const patches = outcomes.map((outcome) => attemptPatch(outcome, timingOf(outcome, held)));
  const wereOpen = await patchAttempts(tx, work.workspaceId, patches);
  const applied = outcomes.filter((_, i) => wereOpen.has(attemptKey(patches[i] as AttemptPatch)));
  const changes = new Changes((channelId) => holdOf(channelId, settings));
  for (const outcome of applied) changes.add(outcome);
  const looksForNext = await releaseGroups(tx, work.workspaceId, changes.groups);
  await patchDeliveries(tx, work.workspaceId, changes.deliveries);
  await recordSurplus(tx, work.workspaceId, changes.surplus);
  await startAttempts(
    tx,
    work.workspaceId,
    changes.resent.map(({ writeId, channelId, state }) => ({
      writeId,
      channelId,
      n: attemptOf(state),
      epoch: held.channels.get(channelId)?.epoch ?? '',
    })),
  );
  const looksAfterState = await applySeenStates(tx, work, held);
  const notices = await recordNotices(tx, work.workspaceId, [...(work.notices ?? []), ...changes.notices]);
  if (applied.length > 0) crashPoint('before-settle-commit');
  return {
    applied,
    resent: changes.resent,
    stopped: refusedLogins(outcomes),
    notices,
    looks: looksForNext || looksAfterState,
  };
}

const sendsAgain = ({ stepped }: Outcome): boolean =>
  stepped.effects.some(({ kind }) => kind === 'sendAgain');

/** Writes that would be sent again although a switch, or "no ticket", has stopped a delivery of theirs meanwhile. */
async function loadStopped(
  tx: Tx,
  workspaceId: string,
  outcomes: readonly Outcome[],
  settings: Settings,
): Promise<Set<string>> {
  if (outcomes.length === 0) return new Set();
  const bound = await loadBound(
    tx,
    workspaceId,
    outcomes.flatMap(({ write }) => write.deliveryIds),
  );
  const skipped = new Set(
    bound
      .filter((one) => !one.directed && recheck(one, one, settings).kind === 'skipped')
      .map(({ id }) => id),
  );
  return new Set(
    outcomes
      .filter(({ write }) => write.deliveryIds.some((id) => skipped.has(id)))
      .map(({ write }) => write.writeId),
  );
}

/** Sending again is a write like any other: not while paused or resting, and only with a slot (decisions 5 and 6). */
function whenToSend(
  { write, stepped }: Outcome,
  work: RoundWork,
  held: Held,
  settings: Settings,
): 'now' | 'soon' | 'later' {
  if (!sendsAgain({ write, stepped })) return 'now';
  const channel = held.channels.get(write.channelId) as Channel;
  if (work.isClosing) return 'soon';
  if (recheckConnection(write.channelId, settings).kind !== 'go') return 'later';
  if (channel.flow.mayBegin(held.now, write.lane) > 0)
    return takeSlot(work, channel, write.groupId) ? 'now' : 'soon';
  // What is left of the budget is not spent on asking whether there is some.
  const lacks = channel.flow.waiting(held.now)?.for;
  return lacks === 'reserve' || lacks === 'spread' ? 'later' : 'soon';
}

/** What comes back after a pause or a stop has held the others. */
function holdOf(channelId: string, settings: Settings): HoldReason | undefined {
  const verdict = recheckConnection(channelId, settings);
  return verdict.kind === 'held' ? verdict.reason : undefined;
}

const timingOf = ({ write }: Outcome, { channels }: Held): Timing =>
  (channels.get(write.channelId) as Channel).timing;
