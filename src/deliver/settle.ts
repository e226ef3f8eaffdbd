/** First part of a round: what the steps since the last round decided becomes rows. */
import type { Tx } from '../db/database.ts';
import type { Settings } from '../plan/types.ts';
import type { Channel } from './channel.ts';
import {
  type AttemptPatch,
  attemptKey,
  type DeliveryPatch,
  type GroupPatch,
  patchAttempts,
  patchDeliveries,
  recordSurplus,
  releaseGroups,
  startAttempts,
} from './journal.ts';
import { type Held, type OpenWrite, type Outcome, type RoundWork, type Settled, takeSlot } from './round.ts';
import type { Effect, UncertainWrite, WriteState } from './step.ts';
import { applySeenStates } from './tickets.ts';
import { nextRecheck, pauseMs } from './timing.ts';

export async function settleOutcomes(
  tx: Tx,
  work: RoundWork,
  held: Held,
  settings: Settings,
): Promise<Settled> {
  const outcomes = work.outcomes
    .filter(({ write }) => held.channels.has(write.channelId))
    .map((outcome) => (maySendNow(outcome, work, held, settings) ? outcome : putOff(outcome, held)));
  const patches = outcomes.map((outcome) => attemptPatch(outcome, held));
  const wereOpen = await patchAttempts(tx, work.workspaceId, patches);
  const applied = outcomes.filter((_, i) => wereOpen.has(attemptKey(patches[i] as AttemptPatch)));
  const changes = new Changes();
  for (const outcome of applied) changes.add(outcome);
  await releaseGroups(tx, work.workspaceId, changes.groups);
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
  await applySeenStates(tx, work, held);
  return { applied, resent: changes.resent, stopped: changes.stopped };
}

/** Sending again is a write like any other: not while paused or resting, and only with a slot (decisions 5 and 6). */
function maySendNow({ write, stepped }: Outcome, work: RoundWork, held: Held, settings: Settings): boolean {
  if (!stepped.effects.some(({ kind }) => kind === 'sendAgain')) return true;
  const channel = held.channels.get(write.channelId) as Channel;
  const connection = settings.connections.get(write.channelId);
  if (work.isClosing || !connection || connection.attention || connection.status === 'paused') return false;
  return channel.flow.mayBegin(held.now) > 0 && takeSlot(work, channel, write.groupId);
}

/** It stays uncertain; the next look that finds nothing asks again to send it. */
function putOff({ write }: Outcome, held: Held): Outcome {
  const before = write.state as UncertainWrite;
  const waitMs = pauseMs(3, 0.5, (held.channels.get(write.channelId) as Channel).timing);
  const state = { ...before, looks: before.looks + 1, nextLookAt: held.now + waitMs };
  return { write, stepped: { state, effects: [] } };
}

/** Collects the rows of many outcomes, so that each table is written once. */
class Changes {
  readonly groups: GroupPatch[] = [];
  readonly deliveries: DeliveryPatch[] = [];
  readonly surplus: { channelId: string; writeId: string; ref: string; link: string | undefined }[] = [];
  readonly resent: OpenWrite[] = [];
  readonly stopped: Settled['stopped'] = [];

  add({ write, stepped }: Outcome): void {
    for (const effect of stepped.effects) this.#apply(write, effect, stepped.state);
  }

  #apply(write: OpenWrite, effect: Effect, state: WriteState): void {
    const { channelId, writeId } = write;
    switch (effect.kind) {
      case 'deliver': {
        const { ref, number, link } = effect.receipt;
        const ticket = write.content.kind === 'ticket' ? { state: 'open' as const, ref, number, link } : null;
        this.#release(write, ticket, null, false);
        this.#patch(write, { state: 'delivered' });
        return;
      }
      case 'again':
        this.#release(write, null, effect.at, true);
        this.#patch(write, {
          state: 'pending',
          problem: effect.problem,
          countsAsTry: effect.countsAsTry,
          without: effect.without,
        });
        return;
      case 'ticketGone':
        this.#release(write, { state: 'gone' }, null, true);
        this.#patch(write, { state: 'pending' });
        return;
      case 'park':
        this.#release(write, null, null, false);
        this.#patch(write, { state: 'failed', reason: 'refused', problem: effect.problem });
        return;
      case 'holdChannel':
        this.stopped.push({ channelId, problem: effect.problem });
        // An uncertain write stays uncertain: it is looked up when the credentials are good again.
        if (state.phase !== 'settled') return;
        this.#release(write, null, null, false);
        this.#patch(write, {
          state: 'held',
          reason: 'credentials',
          problem: effect.problem,
          leavesGroup: true,
        });
        return;
      case 'lookFailed':
        return;
      case 'becomeUncertain':
        this.#patch(write, { state: 'uncertain' });
        return;
      case 'sendAgain':
        this.resent.push({ ...write, state });
        return;
      case 'reportSurplus':
        for (const { ref, link } of effect.receipts) this.surplus.push({ channelId, writeId, ref, link });
        return;
    }
  }

  #patch(write: OpenWrite, patch: Omit<DeliveryPatch, 'id'>): void {
    for (const id of write.deliveryIds) this.deliveries.push({ id, ...patch });
  }

  #release(
    write: OpenWrite,
    ticket: GroupPatch['ticket'],
    blockedUntil: number | null,
    waits: boolean,
  ): void {
    this.groups.push({
      groupId: write.groupId,
      ticket,
      blockedUntil,
      waiting: waits ? { lane: write.lane, since: write.since } : null,
    });
  }
}

const attemptOf = (state: WriteState): number => (state.phase === 'settled' ? 0 : state.attempt);

function attemptPatch({ write, stepped: { state, effects } }: Outcome, held: Held): AttemptPatch {
  const before = write.state;
  const n = attemptOf(before);
  const said = effects.flatMap((effect) => evidenceOf(effect)).join(' ') || null;
  const delivered = effects.find((effect) => effect.kind === 'deliver');
  const counts = state.phase === 'uncertain' ? state : before.phase === 'uncertain' ? before : undefined;
  // What a failed look-up said must not cover the answer that made it necessary.
  const isLook = before.phase === 'uncertain';
  const isSendingAgain = effects.some((effect) => effect.kind === 'sendAgain');
  return {
    writeId: write.writeId,
    n,
    // Two misses after W prove that this attempt did nothing.
    state: state.phase === 'settled' ? state.as : isSendingAgain ? 'refused' : 'uncertain',
    evidence: isSendingAgain ? 'Looked up after the settle window: nothing was made.' : isLook ? null : said,
    lookProblem: isLook ? said : null,
    receipt: delivered?.receipt ?? null,
    adopted: delivered?.adopted ?? false,
    looks: counts?.looks ?? 0,
    failedLooks: counts?.failedLooks ?? 0,
    misses: counts?.misses ?? 0,
    lastMissAt: counts?.lastMissAt ?? null,
    nextLookAt: state.phase === 'uncertain' ? state.nextLookAt : null,
    recheckInMs: delivered && wasUncertain(write) ? firstRecheck(write, held) : null,
  };
}

/** Its ticket may have been made twice: by this attempt, and late by one that was given up. */
const wasUncertain = ({ content, state }: OpenWrite): boolean =>
  content.kind === 'ticket' && (state.phase === 'uncertain' || attemptOf(state) > 1);

function firstRecheck({ channelId }: OpenWrite, held: Held): number | null {
  const channel = held.channels.get(channelId);
  return (channel && nextRecheck(0, channel.timing)) ?? null;
}

function evidenceOf(effect: Effect): string[] {
  if (effect.kind === 'becomeUncertain') return [effect.evidence];
  return 'problem' in effect ? [effect.problem] : [];
}
