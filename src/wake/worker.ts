/**
 * A worker: takes leases, opens a channel for each, and keeps one drain per workspace. Signals wake drains; a sweep
 * every ten seconds finds what a signal missed.
 */
import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';
import type { Channel } from '../deliver/channel.ts';
import type { DrainParts } from '../deliver/drain.ts';
import type { Outbound } from '../outbound/index.ts';
import type { Adapter } from '../psa/contract.ts';
import { loadCallCounts, saveCallCounts } from './callCounts.ts';
import {
  type Lease,
  releaseLease,
  releaseLeases,
  renewEveryMs,
  renewLeases,
  takeFreeLeases,
  takeLease,
} from './leases.ts';
import { createServing } from './serving.ts';
import { createSignals } from './signals.ts';

export interface WorkerParts extends DrainParts {
  db: Database;
  log: Logger;
  adapters: ReadonlyMap<string, Adapter>;
  outbound: Outbound;
  /** Unique to this process start. */
  holder: string;
  settleMs: number | undefined;
  /** False for a process that only serves the API: it takes no lease and tells the others. */
  serves: boolean;
  /** What a channel needs to call its PSA; `revision` changes whenever it does. Undefined: nothing to serve. */
  openConnection(workspaceId: string, connectionId: string): Promise<OpenedConnection | undefined>;
  /** The PSA refused the login; `revision` says of which credentials, and those in use now are not stopped for others. */
  stopConnection(
    workspaceId: string,
    connectionId: string,
    problem: string,
    revision?: string,
  ): Promise<void>;
  /** Milliseconds between renewals and between sweeps; for tests. */
  everyMs?: { renew: number; sweep: number };
}

export interface OpenedConnection {
  kind: string;
  credentials: Record<string, string>;
  revision: string;
  /** The login was refused and nobody has acted yet. */
  needsPerson?: boolean;
}

export interface Worker {
  /** A channel has something to do: here if we serve it, else wherever it is served. */
  wake(workspaceId: string, channelIds: readonly string[]): void;
  /** A connection was changed in this process: whoever serves it, here or elsewhere, looks at it again. */
  changed(workspaceId: string, connectionId: string): Promise<void>;
  /** Looks at the connections of a workspace: they are opened anew where their credentials moved. */
  refresh(workspaceId: string): Promise<void>;
  /** Budget of a connection, if it is served here. */
  budgetOf(connectionId: string): ReturnType<Channel['flow']['budget']> | undefined;
  /**
   * Begins nothing new, settles what is under way, gives the leases back; in about `withinMs`. Calls that do not end are
   * ended before, for all who use the same door out: whether they arrived is looked up by the next worker.
   */
  stop(withinMs?: number): Promise<void>;
}

const sweepEveryMs = 10_000;
const mostLeasesAtOnce = 500;
const usualStopMs = 24_000;
/** At most this much of a stop is left for settling calls that were ended. */
const mostSettleMs = 4_000;

export function createWorker(parts: WorkerParts): Worker {
  const { db, log, holder, everyMs = { renew: renewEveryMs, sweep: sweepEveryMs } } = parts;
  const serving = createServing(parts);
  const taking = new Set<string>();
  let isStopping = false;

  const signals = createSignals(db, log, (workspaceId, channelId, isChange) => {
    wakeHere(workspaceId, channelId);
    if (isChange && serving.get(channelId)) void check(channelId);
  });

  function wakeHere(workspaceId: string, channelId: string): void {
    if (serving.get(channelId)) serving.drainOf(workspaceId).wake();
    else void tryTake(workspaceId, channelId);
  }

  async function tryTake(workspaceId: string, channelId: string): Promise<void> {
    if (!parts.serves || isStopping || taking.has(channelId)) return;
    taking.add(channelId);
    try {
      const lease = await db.unfenced((tx) => takeLease(tx, holder, workspaceId, channelId));
      if (lease) await serve(lease);
    } catch (error) {
      log.warn({ workspaceId, channelId, err: error }, 'wake.take.failed');
    } finally {
      taking.delete(channelId);
    }
  }

  /** Never throws: what cannot be served is given back, for this or another worker to try again. */
  async function serve(lease: Lease): Promise<void> {
    try {
      if (!isStopping && (await serving.open(lease))) return;
    } catch (error) {
      log.warn({ ...lease, err: error }, 'wake.open.failed');
    }
    await giveBack(lease);
  }

  async function giveBack(lease: Lease): Promise<void> {
    await db
      .unfenced((tx) => releaseLease(tx, holder, lease))
      // It is still ours then, and the next renewal finds it without a channel.
      .catch((error) => log.warn({ ...lease, err: error }, 'wake.release.failed'));
  }

  /** Never throws: the next sweep looks again. */
  async function check(channelId: string): Promise<void> {
    const channel = serving.get(channelId);
    if (!channel) return;
    const { workspaceId, epoch } = channel;
    try {
      if (!(await serving.check(channelId))) await giveBack({ workspaceId, channelId, epoch });
    } catch (error) {
      log.warn({ workspaceId, channelId, err: error }, 'wake.refresh.failed');
    }
  }

  async function renew(): Promise<void> {
    // Channels that are opened while the statement runs are not in its answer and not lost.
    const before = serving.all();
    const held = await db.unfenced((tx) => renewLeases(tx, holder));
    const ours = new Map(held.map((lease) => [lease.channelId, lease]));
    for (const { connectionId, workspaceId, epoch } of before) {
      if (ours.get(connectionId)?.epoch === epoch || serving.get(connectionId)?.epoch !== epoch) continue;
      log.warn({ workspaceId, channelId: connectionId }, 'wake.lease.lost');
      serving.drop(connectionId);
    }
    await saveCounts();
    await loadWindows();
    for (const lease of held) {
      const { channelId } = lease;
      const isBeingOpened = taking.has(channelId) || serving.isTurning(channelId);
      if (!isStopping && !isBeingOpened && !serving.get(channelId)) await serve(lease);
    }
  }

  async function saveCounts(): Promise<void> {
    for (const channel of serving.all()) {
      const counts = channel.flow.takeCounts();
      if (counts.length === 0) continue;
      try {
        await db.inWorkspace(channel.workspaceId, (tx) => saveCallCounts(tx, channel, counts));
      } catch (error) {
        channel.flow.putBack(counts);
        throw error;
      }
    }
  }

  /** People and other processes call too: the window that counts is the one in the database. */
  async function loadWindows(): Promise<void> {
    const byWorkspace = Map.groupBy(serving.all(), ({ workspaceId }) => workspaceId);
    for (const [workspaceId, channels] of byWorkspace) {
      const channelIds = channels.map(({ connectionId }) => connectionId);
      const counts = await db.inWorkspace(workspaceId, (tx) =>
        loadCallCounts(tx, { workspaceId, channelIds }),
      );
      for (const { connectionId, flow } of channels) flow.setWindow(counts.get(connectionId) ?? []);
    }
  }

  async function sweep(): Promise<void> {
    const taken = await db.unfenced((tx) => takeFreeLeases(tx, holder, mostLeasesAtOnce));
    for (const lease of taken) await serve(lease);
    for (const { connectionId } of serving.all()) if (!isStopping) await check(connectionId);
    for (const drain of serving.drains().values()) drain.sweep();
  }

  async function refresh(workspaceId: string): Promise<void> {
    for (const channel of serving.all()) {
      if (channel.workspaceId === workspaceId) await check(channel.connectionId);
    }
    serving.drains().get(workspaceId)?.sweep();
  }

  const renewing = every(everyMs.renew, parts.serves ? renew : idle, log, 'wake.renew.failed');
  const sweeping = every(everyMs.sweep, parts.serves ? sweep : idle, log, 'wake.sweep.failed');
  sweeping.now();

  return {
    wake(workspaceId, channelIds) {
      for (const channelId of channelIds) {
        wakeHere(workspaceId, channelId);
        if (!serving.get(channelId)) signals.tell(workspaceId, channelId);
      }
    },
    async changed(workspaceId, connectionId) {
      signals.tellChange(workspaceId, connectionId);
      await refresh(workspaceId);
    },
    refresh,
    budgetOf(connectionId) {
      const channel = serving.get(connectionId);
      return channel?.flow.budget(serving.drainOf(channel.workspaceId).now());
    },
    async stop(withinMs = usualStopMs) {
      isStopping = true;
      serving.endStops();
      sweeping.stop();
      const patienceMs = withinMs - Math.min(mostSettleMs, withinMs / 2);
      const patience = setTimeout(() => {
        log.warn('wake.stop.callsEnded');
        parts.outbound.abort();
      }, patienceMs);
      await Promise.all([...serving.drains().values()].map((drain) => drain.stop(withinMs)));
      clearTimeout(patience);
      renewing.stop();
      // Without a database nothing is lost: leases run out, and unsaved counts are few.
      await saveCounts().catch((error) => log.warn({ err: error }, 'wake.stop.failed'));
      await db
        .unfenced((tx) => releaseLeases(tx, holder))
        .catch((error) => log.warn({ err: error }, 'wake.stop.failed'));
      await signals.close();
    },
  };
}

const idle = async (): Promise<void> => undefined;

/** Runs work at intervals, never twice at once; failures are logged and the next turn comes. */
function every(ms: number, work: () => Promise<void>, log: Logger, name: string) {
  let isBusy = false;
  const turn = () => {
    if (isBusy) return;
    isBusy = true;
    work()
      .catch((error) => log.warn({ err: error }, name))
      .finally(() => {
        isBusy = false;
      });
  };
  const timer = setInterval(turn, ms);
  return { now: turn, stop: () => clearInterval(timer) };
}
