/**
 * The drain of a workspace: round after round while there is something to do, one at a time, over all connections
 * that this worker leases. Calls run beside the rounds; what they come to is settled by the next round. A slow PSA
 * holds its own slots and nothing else (promise P6).
 */

import type { Logger } from 'pino';
import { crashPoint } from '../crashPoints.ts';
import type { Database } from '../db/database.ts';
import { DatabaseUnavailable } from '../db/database.ts';
import type { Refusal } from '../psa/contract.ts';
import { createAlarm } from './alarm.ts';
import { criticalLane } from './budget.ts';
import { refusedLogins } from './changes.ts';
import type { Channel } from './channel.ts';
import { createLooks } from './looks.ts';
import { type Notice, untrustedNotice } from './notices.ts';
import { takeOutcomes } from './outcomes.ts';
import { beginRound, type Clock, startPermit } from './permit.ts';
import { createReads } from './reads.ts';
import { createReopenings } from './reopening.ts';
import {
  type OpenWrite,
  type Outcome,
  type Round,
  type RoundWork,
  returnSlots,
  type Settled,
} from './round.ts';
import { createSending } from './sending.ts';
import { loadUnnumbered, mostStatesAtOnce } from './tickets.ts';

export interface DrainParts {
  db: Database;
  /** One round, committed: what is to be sent and looked up now. */
  deliver(work: RoundWork): Promise<Round>;
  log: Logger;
  baseUrl: string;
  clock: Clock;
  /** 0 ≤ random < 1. */
  random(): number;
  /** The PSA refused the login: stops the connection until a person acts. */
  stopConnection(workspaceId: string, connectionId: string, problem: string): Promise<void>;
  /** A PSA has told how many calls are used: whoever shows the budget of the connection wants to know. */
  onUsage?(connectionId: string): void;
  /** What a write came to is stored: for metrics. */
  onEffect?(write: OpenWrite, outcome: Outcome['stepped']): void;
  /** Further tickets with a key of ours were found, long after. */
  onSurplus?(count: number): void;
}

export interface Drain {
  /** Something may be waiting. */
  wake(): void;
  /** Look for everything that a signal may have missed, look-ups that are due among it. */
  sweep(): void;
  /** Database time in milliseconds, as of the last round. */
  now(): number;
  setChannels(channels: readonly Channel[]): void;
  /** Begins nothing new and resolves when every call under way has been settled, or the time is over. */
  stop(withinMs: number): Promise<void>;
}

/** With many calls under way, a round waits so long for the next answers: fewer, fuller transactions. */
const gatherMs = 2;
const manyCalls = 8;
/** A round that failed is tried again after this long. */
const againMs = 500;

export function createDrain(workspaceId: string, parts: DrainParts): Drain {
  const { db, log, clock } = parts;
  let channels: readonly Channel[] = [];
  const outcomes: Outcome[] = [];
  /** To be stored by the next round; one that is lost comes again with the next refusal. */
  const notices: Notice[] = [];
  /** After a failed round outcomes are settled one by one, apart from everything else. */
  let isCareful = false;
  let isRunning = false;
  let isWanted = false;
  let isStopping = false;
  let isLookDue = true;
  /** Connections that wait for a person, as the last round read them. */
  let attention: ReadonlySet<string> = new Set();
  const calls = new Set<Promise<void>>();
  /** Database time minus our monotonic clock, from the last round. */
  let offset = clock.wall() - clock.monotonic();

  const now = () => clock.monotonic() + offset;
  const { at: wakeAt, end: endWaking } = createAlarm(now, wake);
  const { at: lookAt, end: endLooking } = createAlarm(now, () => {
    isLookDue = true;
    wake();
  });
  const reads = createReads({
    now,
    begin,
    wake,
    wakeAt,
    onRefused,
    onUsage: (channelId) => parts.onUsage?.(channelId),
  });
  const reopen = createReopenings({
    begin,
    startPermit: (channel) => startPermit(clock, channel.timing.permitMs),
    learn: reads.learn,
    onRefused,
    onBusy: () => wakeAt(now() + againMs),
  });
  const sending = createSending({
    workspaceId,
    log,
    clock,
    now,
    random: () => parts.random(),
    reads,
    onOutcome(outcome) {
      outcomes.push(outcome);
      wake();
    },
  });
  const looks = createLooks({
    db,
    log,
    workspaceId,
    now,
    take: sending.take,
    begin,
    wakeAt: lookAt,
    onRefused,
    onSurplus: (count) => parts.onSurplus?.(count),
  });

  function wake(): void {
    isWanted = true;
    if (!isRunning) void run();
  }

  async function run(): Promise<void> {
    isRunning = true;
    try {
      while (isWanted) {
        if (calls.size > manyCalls) await clock.sleep(gatherMs);
        isWanted = false;
        await round();
      }
    } catch (error) {
      log.error({ workspaceId, err: error }, 'delivery.round.failed');
      isWanted = false;
      lookAt(now() + againMs);
    } finally {
      isRunning = false;
      if (isWanted) void run();
    }
  }

  async function round(): Promise<void> {
    if (channels.length === 0) return;
    for (const refused of refusedLogins(outcomes)) shut(refused);
    const permitOf = beginRound(clock);
    const work: RoundWork = {
      workspaceId,
      channels,
      outcomes: takeOutcomes(outcomes, isCareful ? 1 : outcomes.length),
      seen: isCareful ? [] : reads.takeSeen(),
      notices: notices.splice(0),
      baseUrl: parts.baseUrl,
      taken: new Map(),
      isClosing: isStopping || isCareful,
      startPermit: (channel) => permitOf(channel.timing),
    };
    try {
      afterRound(await parts.deliver(work), work);
    } catch (error) {
      afterFailure(error, work);
      return;
    }
    if (isCareful) {
      isCareful = outcomes.length > 0;
      isWanted = true;
    }
    if (outcomes.length > 0) isWanted = true;
  }

  /** A gate that was opened since the answer came (the lease was lost) has not heard of it: nothing is called (promise P8). */
  function shut({ channelId, problem }: Settled['stopped'][number]): void {
    const flow = channels.find(({ connectionId }) => connectionId === channelId)?.flow;
    flow?.answered({ kind: 'refused', reason: 'auth', text: problem }, now(), parts.random());
  }

  /**
   * Whether it was committed is not known if the connection was lost. Outcomes are settled again, which does nothing for
   * attempts that were; writes that were frozen and not sent are found by the look around.
   */
  function afterFailure(error: unknown, work: RoundWork): void {
    returnSlots(work);
    reads.putBack(work.seen);
    const isAway = error instanceof DatabaseUnavailable;
    if (!isAway) log.error({ workspaceId, err: error }, 'delivery.round.failed');
    if (isCareful && !isAway) {
      // This one cannot be stored as it is. Its attempt is still open: it is taken up again as one that broke off.
      for (const { write } of work.outcomes) release(write);
      isCareful = outcomes.length > 0;
    } else {
      outcomes.push(...work.outcomes);
      isCareful = outcomes.length > 0;
    }
    lookAt(now() + againMs);
  }

  function afterRound(done: Round, { taken, outcomes: settled }: RoundWork): void {
    if (done.settled.applied.length > 0) crashPoint('after-settle-commit');
    if (done.frozen.length > 0) crashPoint('after-journal-commit');
    if (done.held.channels.size > 0) offset = done.held.now - clock.monotonic();
    for (const { write } of settled) release(write);
    for (const { write, stepped } of done.settled.applied) {
      wakeFor(stepped);
      parts.onEffect?.(write, stepped);
    }
    for (const write of [...done.frozen, ...done.settled.resent]) {
      const giveBack = taken.get(write.groupId);
      taken.delete(write.groupId);
      const channel = done.held.channels.get(write.channelId);
      const permit = done.permits.get(write.channelId);
      if (!channel || !permit || !giveBack) continue;
      channel.busy.add(write.writeId);
      begin(() => sending.sendOne(channel, write, permit, giveBack));
    }
    for (const giveBack of taken.values()) giveBack();
    for (const notice of done.settled.notices) log.warn({ workspaceId, ...notice }, 'connection.notice');
    for (const { channelId, problem } of done.settled.stopped) {
      begin(() => parts.stopConnection(workspaceId, channelId, problem));
    }
    if (isStopping || isCareful) return;
    attention = done.attention;
    for (const channel of done.held.channels.values()) {
      const at = channel.flow.opensAt(now());
      if (at !== undefined) lookAt(at);
    }
    if (done.more) isWanted = true;
    if (done.looks) isLookDue = true;
    readBeside(done);
  }

  function readBeside({ held, needs }: Round): void {
    // After a refused login not one call is made until a person has acted (promise P8).
    const callable = [...held.channels.values()].filter(({ connectionId }) => !attention.has(connectionId));
    const readable = (lane: number) =>
      new Map(
        callable
          .filter(({ flow }) => flow.mayRead(now(), lane))
          .map((channel) => [channel.connectionId, channel]),
      );
    for (const channel of callable) reads.usage(channel);
    for (const { channelId, tickets, lane } of needs.states) {
      const channel = readable(lane).get(channelId);
      if (channel) reads.states(channel, tickets);
    }
    for (const { channelId, accountId, email, lane } of needs.contacts) {
      const channel = readable(lane).get(channelId);
      if (channel) reads.contacts(channel, accountId, email);
    }
    for (const { channelId, contractIds, lane } of needs.contracts) {
      const channel = readable(lane).get(channelId);
      if (channel) reads.contracts(channel, contractIds);
    }
    for (const reopening of needs.reopenings) {
      const channel = readable(reopening.lane).get(reopening.channelId);
      if (channel) reopen(channel, reopening);
    }
    reads.numbers(readable(0));
    reads.refresh(readable(0));
    // Nobody knows yet how urgent an unclear answer is: it is looked up while there is any budget.
    const inDoubt = [...readable(criticalLane).values()];
    if (!isLookDue || inDoubt.length === 0) return;
    isLookDue = false;
    begin(() => looks.around(held, inDoubt));
  }

  /** Work that runs beside the rounds; a failure of it is logged and the sweep comes back to it. */
  function begin(work: () => Promise<void>): void {
    const call = work()
      .catch((error) => log.error({ workspaceId, err: error }, 'delivery.call.failed'))
      .finally(() => calls.delete(call));
    calls.add(call);
  }

  /** Once it is stored: a look around before that would pass it over. */
  function wakeFor({ state, effects }: Outcome['stepped']): void {
    for (const effect of effects) if (effect.kind === 'again') wakeAt(effect.at);
    if (state.phase === 'uncertain') lookAt(state.nextLookAt);
  }

  function release({ channelId, writeId }: OpenWrite): void {
    channels.find(({ connectionId }) => connectionId === channelId)?.busy.delete(writeId);
  }

  /** Tickets that a worker before us left without a number. */
  async function adopt(channelId: string): Promise<void> {
    const tickets = await db.inWorkspace(workspaceId, (tx) =>
      loadUnnumbered(tx, workspaceId, channelId, mostStatesAtOnce),
    );
    reads.noteUnnumbered(channelId, tickets);
  }

  async function onRefused(
    channel: Channel,
    refusal: Pick<Refusal, 'reason' | 'text' | 'retryAfterMs' | 'isUntrusted'>,
  ): Promise<void> {
    const { connectionId } = channel;
    const wasStopped = channel.flow.isStopped();
    log.warn({ workspaceId, channelId: connectionId, reason: refusal.reason }, 'delivery.read.refused');
    if (refusal.isUntrusted) {
      notices.push(untrustedNotice(connectionId, refusal.text));
      wake();
    }
    // That a read was refused for what it asked does not show that writes would go through.
    if (refusal.reason !== 'invalid' && refusal.reason !== 'notFound')
      channel.flow.answered({ kind: 'refused', ...refusal }, now(), parts.random());
    if (refusal.reason === 'auth' && !wasStopped) {
      await parts.stopConnection(workspaceId, connectionId, refusal.text);
    }
    lookAt(channel.flow.opensAt(now()) ?? now() + 30_000);
  }

  return {
    wake,
    now,
    sweep() {
      isLookDue = true;
      wake();
    },
    setChannels(next) {
      for (const { connectionId } of next) {
        if (!channels.some((known) => known.connectionId === connectionId)) begin(() => adopt(connectionId));
      }
      channels = next;
      isLookDue = true;
      if (next.length > 0) wake();
    },
    async stop(withinMs) {
      isStopping = true;
      endWaking();
      endLooking();
      const until = clock.monotonic() + withinMs;
      while ((calls.size > 0 || isRunning || outcomes.length > 0) && channels.length > 0) {
        if (clock.monotonic() > until) return;
        if (outcomes.length > 0) wake();
        await clock.sleep(10);
      }
    },
  };
}
