/**
 * What a step means for the rows of the journal, as pure functions: `settleOutcomes` stores it, and the simulation
 * (test/simulation) applies it to a journal in memory.
 */

import type { HoldReason } from '../plan/types.ts';
import { noticeOf } from './fallbacks.ts';
import type { AttemptPatch, DeliveryPatch, GroupPatch } from './journal.ts';
import { type Notice, untrustedNotice } from './notices.ts';
import type { OpenWrite, Outcome, Settled } from './round.ts';
import type { Effect, UncertainWrite, WriteState } from './step.ts';
import { nextRecheck, putOffMs, type Timing } from './timing.ts';

/**
 * It stays uncertain; the next look that finds nothing asks again to send it. `soon` when only a slot is missing; `later`
 * when it may take long, and is looked up ever more rarely.
 */
export function putOff({ write }: Outcome, now: number, timing: Timing, until: 'soon' | 'later'): Outcome {
  const before = write.state as UncertainWrite;
  const forMs = until === 'soon' ? 0 : now - (before.lastMissAt ?? now);
  const state = { ...before, looks: before.looks + 1, nextLookAt: now + putOffMs(forMs, timing) };
  return { write, stepped: { state, effects: [] } };
}

/**
 * A write that is proven undone, and something of which may not go any more (req 18): all that it was for waits anew, so
 * that each delivery is judged by itself.
 */
export function takeBack({ write }: Outcome, now: number): Outcome {
  const problem = 'Nothing was made of it so far.';
  return {
    write,
    stepped: {
      state: { phase: 'settled', as: 'refused' },
      effects: [{ kind: 'again', at: now, problem, countsAsTry: false }],
    },
  };
}

/** Collects the rows of many outcomes, so that each table is written once. */
export class Changes {
  readonly groups: GroupPatch[] = [];
  readonly deliveries: DeliveryPatch[] = [];
  readonly surplus: { channelId: string; writeId: string; ref: string; link: string | undefined }[] = [];
  readonly resent: OpenWrite[] = [];
  readonly notices: Notice[] = [];
  readonly #holdOf: (channelId: string) => HoldReason | undefined;

  /** @param holdOf why a connection is not in use now: what would wait for it again is held, as what waited already */
  constructor(holdOf: (channelId: string) => HoldReason | undefined = () => undefined) {
    this.#holdOf = holdOf;
  }

  add({ write, stepped }: Outcome): void {
    for (const effect of stepped.effects) this.#apply(write, effect, stepped.state);
  }

  #apply(write: OpenWrite, effect: Effect, state: WriteState): void {
    const { channelId, writeId } = write;
    switch (effect.kind) {
      case 'deliver': {
        const { ref, number, link } = effect.receipt;
        const ticket = write.content.kind === 'ticket' ? { state: 'open' as const, ref, number, link } : null;
        this.#release(write, ticket, null, false, ticket ? null : 'named');
        this.#patch(write, { state: 'delivered' });
        return;
      }
      case 'again':
        this.#release(write, null, effect.at, true);
        if (effect.isUntrusted) this.notices.push(untrustedNotice(channelId, effect.problem));
        if (effect.without !== undefined) this.#tell(write, effect.without, effect.problem);
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
      case 'ticketShut':
        this.#release(write, { state: 'shut' }, null, true);
        this.#patch(write, { state: 'pending', problem: effect.problem });
        return;
      case 'park':
        this.#release(write, null, null, false, gapOf(write, effect.gapUntil));
        this.#patch(write, {
          state: 'failed',
          reason: effect.isUnclear ? 'unclear' : 'refused',
          problem: effect.problem,
        });
        return;
      case 'holdChannel':
        // An uncertain write stays uncertain: it is looked up when the credentials are good again. Any other waits with
        // the rest of the channel, to be held with it when the connection is stopped: not before that is stored, or a
        // worker that is killed in between would leave it held for a reason that nobody knows of.
        if (state.phase !== 'settled') return;
        this.#release(write, null, null, true);
        this.#patch(write, { state: 'pending', problem: effect.problem });
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

  /** The operator of the connection learns what was done without. */
  #tell({ channelId, content }: OpenWrite, input: string, problem: string): void {
    const accountId = content.kind === 'ticket' ? content.draft.accountId : undefined;
    const notice = noticeOf(input, problem, accountId);
    if (notice) this.notices.push({ channelId, ...notice });
  }

  #patch(write: OpenWrite, patch: Omit<DeliveryPatch, 'id'>): void {
    const reason = patch.state === 'pending' ? this.#holdOf(write.channelId) : undefined;
    const kept = reason ? { ...patch, state: 'held' as const, reason, leavesGroup: true } : patch;
    for (const id of write.deliveryIds) this.deliveries.push({ id, ...kept });
  }

  /** What may come late from an attempt before this one has its key: the next ticket gets another, and is not taken for it. */
  #release(
    write: OpenWrite,
    ticket: GroupPatch['ticket'],
    blockedUntil: number | null,
    waits: boolean,
    gap: GroupPatch['gap'] = null,
  ): void {
    this.groups.push({
      groupId: write.groupId,
      ticket: ticket ?? (wasUncertain(write) ? { state: 'gone' } : null),
      blockedUntil,
      gap,
      // A note that did not reach its ticket has used up nothing of what the ticket takes.
      noteCreditBack: waits && write.content.kind !== 'ticket' ? 1 : 0,
      waiting: waits && !this.#holdOf(write.channelId) ? { lane: write.lane, since: write.since } : null,
    });
  }
}

const gapOf = ({ deliveryIds }: OpenWrite, until: number | undefined): GroupPatch['gap'] =>
  until === undefined ? null : { until, deliveryIds };

/**
 * Channels whose login was refused. An outcome that was settled before counts as well: a COMMIT whose answer was lost
 * may have settled it, and nobody has stopped the connection.
 */
export const refusedLogins = (outcomes: readonly Outcome[]): Settled['stopped'] =>
  outcomes.flatMap(({ write, stepped }) =>
    stepped.effects.flatMap((effect) =>
      effect.kind === 'holdChannel' ? { channelId: write.channelId, problem: effect.problem } : [],
    ),
  );

/** The number of the attempt that is under way. */
export const attemptOf = (state: WriteState): number => (state.phase === 'settled' ? 0 : state.attempt);

/** How its attempt stands after a step. */
export function attemptPatch({ write, stepped: { state, effects } }: Outcome, timing: Timing): AttemptPatch {
  const before = write.state;
  const n = attemptOf(before);
  const said = effects.flatMap((effect) => evidenceOf(effect)).join(' ') || null;
  const delivered = effects.find((effect) => effect.kind === 'deliver');
  const counts = state.phase === 'uncertain' ? state : before.phase === 'uncertain' ? before : undefined;
  // What a failed look-up said must not cover the answer that made it necessary.
  const isLook = before.phase === 'uncertain';
  const isSendingAgain = effects.some((effect) => effect.kind === 'sendAgain');
  const isProvenUndone = isSendingAgain || (isLook && state.phase === 'settled' && state.as === 'refused');
  return {
    writeId: write.writeId,
    n,
    // Two misses after W prove that this attempt did nothing, whether another one follows or not.
    state: state.phase === 'settled' ? state.as : isSendingAgain ? 'refused' : 'uncertain',
    evidence: isProvenUndone ? 'Looked up after the settle window: nothing was made.' : isLook ? null : said,
    lookProblem: isLook && !isProvenUndone ? said : null,
    receipt: delivered?.receipt ?? null,
    adopted: delivered?.adopted ?? false,
    looks: counts?.looks ?? 0,
    failedLooks: counts?.failedLooks ?? 0,
    misses: counts?.misses ?? 0,
    lastMissAt: counts?.lastMissAt ?? null,
    nextLookAt: state.phase === 'uncertain' ? state.nextLookAt : null,
    recheckInMs: (state.phase === 'settled' && wasUncertain(write) && nextRecheck(0, timing)) || null,
  };
}

/** A ticket may come late from an attempt that was given up: a second one, or one although this attempt was refused. */
const wasUncertain = ({ content, state }: OpenWrite): boolean =>
  content.kind === 'ticket' && (state.phase === 'uncertain' || attemptOf(state) > 1);

function evidenceOf(effect: Effect): string[] {
  if (effect.kind === 'becomeUncertain') return [effect.evidence];
  return 'problem' in effect ? [effect.problem] : [];
}
