/**
 * The drain of a workspace: round after round while there is something to do, one at a time, over all connections
 * that this worker leases. Calls run beside the rounds; what they come to is settled by the next round. A slow PSA
 * holds its own slots and nothing else (promise P6).
 */
import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';
import { DatabaseUnavailable } from '../db/database.ts';
import { deliver } from '../pipeline.ts';
import type { Permit, Refusal } from '../psa/contract.ts';
import type { SettingsCache } from '../settings/index.ts';
import type { Channel } from './channel.ts';
import { loadOpenWrites, nextDue } from './journal.ts';
import { type Clock, startPermit } from './permit.ts';
import { createReads, mostStatesAtOnce } from './reads.ts';
import { reconcile } from './reconcile.ts';
import type { Held, OpenWrite, Outcome, Round, RoundWork } from './round.ts';
import { look, send } from './send.ts';
import { step, type WriteEvent, type WriteFacts } from './step.ts';
import { loadUnnumbered } from './tickets.ts';

export interface DrainParts {
  db: Database;
  settings: SettingsCache;
  log: Logger;
  baseUrl: string;
  clock: Clock;
  randomBytes(count: number): Uint8Array;
  /** 0 ≤ random < 1. */
  random(): number;
  /** The PSA refused the login: stops the connection until a person acts. */
  stopConnection(workspaceId: string, connectionId: string, problem: string): Promise<void>;
  /** A delivery round has ended: for watchers (metrics, the demo). */
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
  /** Begins nothing new and resolves when every call under way has been settled. */
  stop(): Promise<void>;
}

const mostLooksPerRound = 50;
/** With many calls under way, a round waits so long for the next answers: fewer, fuller transactions. */
const gatherMs = 2;
const manyCalls = 8;

export function createDrain(workspaceId: string, parts: DrainParts): Drain {
  const { db, settings, log, clock } = parts;
  let channels: readonly Channel[] = [];
  const outcomes: Outcome[] = [];
  /** After a failed round, outcomes are settled one by one: one that cannot be stored must not hold up the others. */
  let isCareful = false;
  let isRunning = false;
  let isWanted = false;
  let isStopping = false;
  let isLookDue = true;
  let isRechecking = false;
  /** Connections that wait for a person, as the last round read them. */
  let attention: ReadonlySet<string> = new Set();
  let timer: NodeJS.Timeout | undefined;
  let timerAt = Number.POSITIVE_INFINITY;
  const calls = new Set<Promise<void>>();
  /** Database time minus our monotonic clock, from the last round. */
  let offset = clock.wall() - clock.monotonic();

  const now = () => clock.monotonic() + offset;
  const reads = createReads({ now, begin, wake, wakeAt, onRefused: onRefusedRead });

  function wake(): void {
    isWanted = true;
    if (!isRunning) void run();
  }

  function wakeAt(at: number): void {
    if (isStopping || at >= timerAt) return;
    clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(
      () => {
        timerAt = Number.POSITIVE_INFINITY;
        isLookDue = true;
        wake();
      },
      Math.max(1, at - now()),
    );
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
      wakeAt(now() + 1_000);
    } finally {
      isRunning = false;
      if (isWanted) void run();
    }
  }

  async function round(): Promise<void> {
    if (channels.length === 0) return;
    const work = {
      workspaceId,
      channels: isStopping ? channels.map(closed) : channels,
      outcomes: outcomes.splice(0, isCareful ? 1 : outcomes.length),
      seen: reads.takeSeen(),
      baseUrl: parts.baseUrl,
      taken: new Map<string, () => void>(),
      randomBytes: parts.randomBytes,
      startPermit: (channel: Channel) => startPermit(clock, channel.timing.permitMs),
    };
    let done: Round;
    try {
      done = await deliver(db, settings, work);
    } catch (error) {
      for (const giveBack of work.taken.values()) giveBack();
      // Whether it was committed is not known if the connection was lost. Outcomes are settled again, which does
      // nothing for attempts that were; writes that were frozen and not sent are found by the look around.
      outcomes.push(...work.outcomes);
      reads.putBack(work.seen);
      isCareful = true;
      if (!(error instanceof DatabaseUnavailable))
        log.error({ workspaceId, err: error }, 'delivery.round.failed');
      wakeAt(now() + 500);
      return;
    }
    if (outcomes.length === 0) isCareful = false;
    else isWanted = true;
    if (done.held.channels.size > 0) offset = done.held.now - clock.monotonic();
    attention = done.attention;
    afterRound(done, work);
    if (!isStopping) await lookAround(done.held);
  }

  /** A channel that begins nothing: during a stop, outcomes are still settled. */
  function closed(channel: Channel): Channel {
    return { ...channel, flow: { ...channel.flow, mayBegin: () => 0 } };
  }

  function afterRound(done: Round, { taken, outcomes: settled }: RoundWork): void {
    outcomes.push(...done.settled.deferred);
    for (const outcome of settled) {
      if (!done.settled.deferred.includes(outcome)) release(outcome.write);
    }
    for (const write of [...done.frozen, ...done.settled.resent]) {
      const giveBack = taken.get(write.groupId);
      taken.delete(write.groupId);
      const channel = done.held.channels.get(write.channelId);
      const permit = done.permits.get(write.channelId);
      if (!channel || !permit || !giveBack) continue;
      channel.busy.add(write.writeId);
      begin(() => sendOne(channel, write, permit, giveBack));
    }
    for (const giveBack of taken.values()) giveBack();
    for (const { channelId, problem } of done.settled.stopped) {
      begin(() => parts.stopConnection(workspaceId, channelId, problem));
    }
    for (const { channelId, tickets } of done.needs.states) {
      const channel = done.held.channels.get(channelId);
      if (channel) reads.states(channel, tickets);
    }
    for (const { channelId, accountId } of done.needs.contacts) {
      const channel = done.held.channels.get(channelId);
      if (channel) reads.contacts(channel, accountId);
    }
    for (const channel of done.held.channels.values()) {
      const at = channel.flow.opensAt(now());
      if (at !== undefined) wakeAt(at);
    }
    if (done.assigned.more) isWanted = true;
    if (done.settled.deferred.length > 0) wakeAt(now() + 100);
  }

  /** Work that runs beside the rounds; a failure of it is logged and the sweep comes back to it. */
  function begin(work: () => Promise<void>): void {
    const call = work()
      .catch((error) => log.error({ workspaceId, err: error }, 'delivery.call.failed'))
      .finally(() => calls.delete(call));
    calls.add(call);
  }

  async function sendOne(
    channel: Channel,
    write: OpenWrite,
    permit: Permit,
    giveBack: () => void,
  ): Promise<void> {
    const startedAt = clock.monotonic();
    let event: WriteEvent;
    try {
      event = await send(channel, write, permit);
    } finally {
      giveBack();
    }
    if (event.kind === 'answered') channel.flow.answered(event.outcome, now(), parts.random());
    else channel.flow.answered({ kind: 'uncertain', evidence: event.kind }, now(), parts.random());
    if (event.kind === 'answered' && event.outcome.kind === 'done' && write.content.kind === 'ticket') {
      const ticket = { groupId: write.groupId, ref: event.outcome.receipt.ref };
      reads.noteUnnumbered(channel.connectionId, [ticket]);
    }
    log.info(wideLine(write, event, clock.monotonic() - startedAt), 'delivery.attempted');
    take(channel, write, event);
  }

  function take(channel: Channel, write: OpenWrite, event: WriteEvent): void {
    const facts: WriteFacts = {
      kind: write.content.kind,
      tries: write.tries,
      without: write.without,
      timing: channel.timing,
      random: parts.random(),
    };
    const stepped = step(write.state, event, now(), facts);
    channel.busy.add(write.writeId);
    outcomes.push({ write, stepped });
    parts.onEffect?.(write, stepped);
    for (const effect of stepped.effects) {
      if (effect.kind === 'becomeUncertain') wakeAt(effect.lookAt);
      if (effect.kind === 'again') wakeAt(effect.at);
    }
    if (stepped.state.phase === 'uncertain') wakeAt(stepped.state.nextLookAt);
    wake();
  }

  /** Look-ups that are due, writes of a dead epoch, and tickets without a number: none in the normal path. */
  async function lookAround(held: Held): Promise<void> {
    reads.due(held, isHealthy);
    if (!isLookDue || held.channels.size === 0) return;
    isLookDue = false;
    for (const channel of held.channels.values()) if (isHealthy(channel)) reads.usage(channel);
    const { open, at } = await db.inWorkspace(workspaceId, async (tx) => ({
      open: await loadOpenWrites(tx, workspaceId, held, mostLooksPerRound),
      at: await nextDue(tx, workspaceId, held),
    }));
    for (const write of open) {
      const channel = held.channels.get(write.channelId);
      if (!channel || channel.busy.has(write.writeId) || !isHealthy(channel)) continue;
      if (write.state.phase === 'sending') take(channel, write, { kind: 'takenOver' });
      else begin(() => lookOne(channel, write));
    }
    if (at !== undefined) wakeAt(at);
    recheck(held);
  }

  /** Late second tickets are looked for beside the rounds, one pass at a time. */
  function recheck({ channels: all, now: at }: Held): void {
    if (isRechecking) return;
    isRechecking = true;
    const healthy = new Map([...all].filter(([, channel]) => isHealthy(channel)));
    begin(async () => {
      try {
        await reconcile(db, workspaceId, { channels: healthy, now: at }, (count) => parts.onSurplus?.(count));
      } finally {
        isRechecking = false;
      }
    });
  }

  /** After a refused login not one call is made until a person has acted (promise P8). */
  const isHealthy = (channel: Channel) => !attention.has(channel.connectionId);

  async function lookOne(channel: Channel, write: OpenWrite): Promise<void> {
    channel.busy.add(write.writeId);
    const finding = await look(channel, write);
    log.info({ workspaceId, writeId: write.writeId, found: finding.kind }, 'delivery.looked');
    take(channel, write, { kind: 'looked', finding });
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

  async function onRefusedRead(channel: Channel, refusal: Refusal): Promise<void> {
    const { connectionId } = channel;
    log.warn({ workspaceId, channelId: connectionId, reason: refusal.reason }, 'delivery.read.refused');
    channel.flow.answered(refusal, now(), parts.random());
    if (refusal.reason === 'auth') await parts.stopConnection(workspaceId, connectionId, refusal.text);
    wakeAt(channel.flow.opensAt(now()) ?? now() + 30_000);
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
    async stop() {
      isStopping = true;
      clearTimeout(timer);
      while (calls.size > 0 || isRunning || outcomes.length > 0) {
        await Promise.all(calls);
        wake();
        await clock.sleep(10);
        if (channels.length === 0) break;
      }
    },
  };
}

/** One wide line per attempt: ids, duration, outcome. No text of alerts, no secrets. */
function wideLine(write: OpenWrite, event: WriteEvent, durationMs: number) {
  const outcome = event.kind === 'answered' ? event.outcome : undefined;
  return {
    channelId: write.channelId,
    writeId: write.writeId,
    groupId: write.groupId,
    writeKind: write.content.kind,
    attempt: write.state.phase === 'settled' ? 0 : write.state.attempt,
    deliveries: write.deliveryIds.length,
    durationMs: Math.round(durationMs),
    outcome: outcome?.kind ?? event.kind,
    reason: outcome?.kind === 'refused' ? outcome.reason : undefined,
    ref: outcome?.kind === 'done' ? outcome.receipt.ref : undefined,
  };
}
