/**
 * A worker: takes leases, opens a channel for each, and keeps one drain per workspace. Signals wake drains; a sweep
 * every ten seconds finds what a signal missed.
 */
import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';
import type { Channel } from '../deliver/channel.ts';
import { createContactDirectory } from '../deliver/contacts.ts';
import { createDrain, type Drain, type DrainParts } from '../deliver/drain.ts';
import { createFlow } from '../deliver/flow.ts';
import { timingOf } from '../deliver/timing.ts';
import type { Outbound } from '../outbound/index.ts';
import type { Adapter } from '../psa/contract.ts';
import { createPsaHttp, createSlots, type QueueingSlots } from '../psa/http.ts';
import { loadCallCounts, saveCallCounts } from './callCounts.ts';
import { type Lease, releaseLeases, renewEveryMs, renewLeases, takeFreeLeases, takeLease } from './leases.ts';
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
  /** What a channel needs to call its PSA; `revision` changes whenever it does. */
  openConnection(workspaceId: string, connectionId: string): Promise<OpenedConnection | undefined>;
}

export interface OpenedConnection {
  kind: string;
  credentials: Record<string, string>;
  revision: string;
}

export interface Worker {
  /** A channel has something to do: here if we serve it, else wherever it is served. */
  wake(workspaceId: string, channelIds: readonly string[]): void;
  /** Settings of a workspace have changed: connections are opened anew where their credentials moved. */
  refresh(workspaceId: string): Promise<void>;
  /** Budget of a connection, if it is served here. */
  budgetOf(connectionId: string): ReturnType<Channel['flow']['budget']> | undefined;
  /** Begins nothing new, settles what is under way, gives the leases back. */
  stop(): Promise<void>;
}

const sweepEveryMs = 10_000;
const mostLeasesAtOnce = 500;
/** Calls under way get this long to end. */
const mostDrainMs = 20_000;

interface Served extends Channel {
  revision: string;
}

export function createWorker(parts: WorkerParts): Worker {
  const { db, log, holder } = parts;
  const channels = new Map<string, Served>();
  const drains = new Map<string, Drain>();
  const opening = new Set<string>();
  let isStopping = false;

  const signals = createSignals(db, log, wakeHere);

  function drainOf(workspaceId: string): Drain {
    let drain = drains.get(workspaceId);
    if (!drain) {
      drain = createDrain(workspaceId, parts);
      drains.set(workspaceId, drain);
    }
    return drain;
  }

  function publish(workspaceId: string): void {
    drainOf(workspaceId).setChannels(
      [...channels.values()].filter((channel) => channel.workspaceId === workspaceId),
    );
  }

  function wakeHere(workspaceId: string, channelId: string): void {
    if (channels.has(channelId)) drainOf(workspaceId).wake();
    else void tryTake(workspaceId, channelId);
  }

  async function tryTake(workspaceId: string, channelId: string): Promise<void> {
    if (!parts.serves || isStopping || opening.has(channelId)) return;
    opening.add(channelId);
    try {
      const lease = await db.unfenced((tx) => takeLease(tx, holder, workspaceId, channelId));
      if (lease) await serve(lease);
    } catch (error) {
      log.warn({ workspaceId, channelId, err: error }, 'wake.take.failed');
    } finally {
      opening.delete(channelId);
    }
  }

  async function serve(lease: Lease): Promise<void> {
    const opened = await parts.openConnection(lease.workspaceId, lease.channelId);
    const adapter = opened && parts.adapters.get(opened.kind);
    if (!opened || !adapter) {
      channels.delete(lease.channelId);
      publish(lease.workspaceId);
      return;
    }
    const channel = openChannel(lease, opened, adapter, channels.get(lease.channelId));
    if (!channels.has(lease.channelId)) {
      channel.flow.setWindow(await db.inWorkspace(lease.workspaceId, (tx) => loadCallCounts(tx, lease)));
    }
    channels.set(lease.channelId, channel);
    publish(lease.workspaceId);
  }

  /** Slots and budget outlive a change of credentials; the session does not. */
  function openChannel(lease: Lease, opened: OpenedConnection, adapter: Adapter, before?: Served): Served {
    const timing = timingOf(adapter.limits, parts.settleMs);
    const { perEndpoint, total } = adapter.limits.parallel;
    const slots: QueueingSlots = before?.slots ?? createSlots(perEndpoint, total);
    const drain = drainOf(lease.workspaceId);
    let flow = before?.flow;
    const http = createPsaHttp({
      outbound: parts.outbound,
      deadlineMs: timing.deadlineMs,
      slots,
      onCall: () => flow?.called(drain.now()),
      isStopped: () => flow?.isStopped() ?? false,
    });
    const session = adapter.open(opened.credentials, http);
    flow ??= createFlow({
      limits: adapter.limits,
      slots,
      timing,
      asksUsage: session.usage !== undefined,
    });
    return {
      connectionId: lease.channelId,
      workspaceId: lease.workspaceId,
      epoch: lease.epoch,
      adapter,
      timing,
      slots,
      flow,
      session,
      contacts: createContactDirectory(session),
      busy: before?.busy ?? new Set(),
      revision: opened.revision,
    };
  }

  async function renew(): Promise<void> {
    const held = await db.unfenced((tx) => renewLeases(tx, holder));
    const ours = new Map(held.map((lease) => [lease.channelId, lease]));
    for (const channel of channels.values()) {
      if (ours.get(channel.connectionId)?.epoch === channel.epoch) continue;
      log.warn({ workspaceId: channel.workspaceId, channelId: channel.connectionId }, 'wake.lease.lost');
      channels.delete(channel.connectionId);
      publish(channel.workspaceId);
    }
    await saveCounts();
  }

  async function saveCounts(): Promise<void> {
    for (const channel of channels.values()) {
      const counts = channel.flow.takeCounts();
      if (counts.length === 0) continue;
      await db.inWorkspace(channel.workspaceId, (tx) => saveCallCounts(tx, channel, counts));
    }
  }

  async function sweep(): Promise<void> {
    const taken = await db.unfenced((tx) => takeFreeLeases(tx, holder, mostLeasesAtOnce));
    for (const lease of taken) await serve(lease);
    for (const drain of drains.values()) drain.sweep();
  }

  const renewing = every(renewEveryMs, parts.serves ? renew : idle, log, 'wake.renew.failed');
  const sweeping = every(sweepEveryMs, parts.serves ? sweep : idle, log, 'wake.sweep.failed');
  sweeping.now();

  return {
    wake(workspaceId, channelIds) {
      for (const channelId of channelIds) {
        wakeHere(workspaceId, channelId);
        if (!channels.has(channelId)) signals.tell(workspaceId, channelId);
      }
    },
    async refresh(workspaceId) {
      for (const channel of [...channels.values()]) {
        if (channel.workspaceId !== workspaceId) continue;
        const opened = await parts.openConnection(workspaceId, channel.connectionId);
        if (opened?.revision === channel.revision) continue;
        await serve({ workspaceId, channelId: channel.connectionId, epoch: channel.epoch });
      }
      drains.get(workspaceId)?.sweep();
    },
    budgetOf(connectionId) {
      const channel = channels.get(connectionId);
      return channel?.flow.budget(drainOf(channel.workspaceId).now());
    },
    async stop() {
      isStopping = true;
      sweeping.stop();
      await Promise.all([...drains.values()].map((drain) => drain.stop(mostDrainMs)));
      renewing.stop();
      await saveCounts();
      await db.unfenced((tx) => releaseLeases(tx, holder));
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
