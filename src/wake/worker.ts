/**
 * A worker: takes leases, opens a channel for each, and keeps one drain per workspace. Signals wake drains; a sweep
 * every ten seconds finds what a signal missed.
 */

import type { Logger } from 'pino';
import { crashPoint } from '../crashPoints.ts';
import type { Channel } from '../deliver/channel.ts';
import { createBudgetKeeper } from './budgets.ts';
import {
  type Lease,
  releaseLease,
  releaseLeases,
  renewEveryMs,
  renewLeases,
  takeFreeLeases,
  takeLease,
} from './leases.ts';
import { createMailServing } from './mailServing.ts';
import type { WorkerParts } from './parts.ts';
import { createServing } from './serving.ts';
import { createSignals } from './signals.ts';
import { findWayOuts } from './wayOuts.ts';

export interface Worker {
  /** A channel has something to do: here if we serve it, else wherever it is served. */
  wake(workspaceId: string, channelIds: readonly string[]): void;
  /** A connection was changed in this process: whoever serves it, here or elsewhere, looks at it again. */
  changed(workspaceId: string, connectionId: string): Promise<void>;
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
  const budgets = createBudgetKeeper({
    db,
    log,
    channels: () => serving.all(),
    nowOf: ({ workspaceId }) => serving.drainOf(workspaceId).now(),
  });
  const serving = createServing(parts, budgets);
  const mail = parts.mail && createMailServing(parts.mail);
  const taking = new Set<string>();
  let isStopping = false;

  const signals = createSignals(db, log, (workspaceId, channelId, isChange) => {
    wakeHere(workspaceId, channelId);
    if (isChange) void check(channelId);
  });

  function wakeHere(workspaceId: string, channelId: string): void {
    if (serving.get(channelId)) serving.drainOf(workspaceId).wake();
    else if (mail?.get(channelId)) mail.get(channelId)?.wake();
    else void tryTake(workspaceId, channelId);
  }

  async function tryTake(workspaceId: string, channelId: string): Promise<void> {
    if (!parts.serves || isStopping || taking.has(channelId)) return;
    taking.add(channelId);
    try {
      crashPoint('before-lease-take');
      const lease = await db.unfenced((tx) => takeLease(tx, holder, workspaceId, channelId));
      crashPoint('after-lease-take');
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
      if (!isStopping && isMail(lease) && mail) return await mail.open(lease);
      if (!isStopping && !isMail(lease) && (await serving.open(lease))) return;
    } catch (error) {
      log.warn({ ...lease, err: error }, 'wake.open.failed');
    }
    await giveBack(lease);
  }

  async function giveBack(lease: Lease): Promise<void> {
    crashPoint('before-lease-return');
    await db
      .unfenced((tx) => releaseLease(tx, holder, lease))
      // It is still ours then, and the next renewal finds it without a channel.
      .catch((error) => log.warn({ ...lease, err: error }, 'wake.release.failed'));
    crashPoint('after-lease-return');
  }

  /** Never throws: the next sweep looks again. */
  async function check(channelId: string): Promise<void> {
    const channel = served(channelId);
    if (!channel) return;
    const { workspaceId, epoch } = channel;
    try {
      if (isMail({ workspaceId, channelId })) await mail?.check(workspaceId);
      else if (!(await serving.check(channelId))) await giveBack({ workspaceId, channelId, epoch });
    } catch (error) {
      log.warn({ workspaceId, channelId, err: error }, 'wake.refresh.failed');
    }
  }

  const served = (channelId: string): Pick<Channel, 'workspaceId' | 'epoch'> | undefined =>
    serving.get(channelId) ?? mail?.get(channelId)?.channel;

  /** Of the lease under which a channel is served here. */
  const epochOf = (channelId: string): string | undefined => served(channelId)?.epoch;

  const servedNow = (): Lease[] => [
    ...serving
      .all()
      .map(({ connectionId: channelId, workspaceId, epoch }) => ({ channelId, workspaceId, epoch })),
    ...(mail?.all() ?? []).map(({ channel: { workspaceId, epoch } }) => ({
      channelId: workspaceId,
      workspaceId,
      epoch,
    })),
  ];

  async function renew(): Promise<void> {
    // Channels that are opened while the statement runs are not in its answer and not lost.
    const before = servedNow();
    crashPoint('before-lease-renewal');
    // Deliveries that take all connections must not cost the leases.
    const held = await db.reserve.unfenced((tx) => renewLeases(tx, holder));
    crashPoint('after-lease-renewal');
    const ours = new Map(held.map((lease) => [lease.channelId, lease]));
    for (const { channelId, workspaceId, epoch } of before) {
      if (ours.get(channelId)?.epoch === epoch || epochOf(channelId) !== epoch) continue;
      log.warn({ workspaceId, channelId }, 'wake.lease.lost');
      serving.drop(channelId);
      mail?.drop(channelId);
    }
    for (const lease of held) {
      const { channelId } = lease;
      const isBeingOpened = taking.has(channelId) || serving.isTurning(channelId);
      if (!isStopping && !isBeingOpened && epochOf(channelId) === undefined) await serve(lease);
    }
  }

  async function sweep(): Promise<void> {
    crashPoint('before-leases-swept');
    const taken = await db.unfenced((tx) => takeFreeLeases(tx, holder, mostLeasesAtOnce));
    crashPoint('after-leases-swept');
    for (const lease of taken) await serve(lease);
    for (const [workspaceId, drain] of serving.drains()) {
      await checkMoved(workspaceId);
      drain.sweep();
    }
    for (const drain of mail?.all() ?? []) {
      await check(drain.channel.workspaceId);
      drain.sweep();
    }
    if (isStopping) return;
    // Where another worker serves the mail, its own sweep finds them.
    for (const workspaceId of await findWayOuts(parts)) mail?.get(workspaceId)?.wake();
  }

  /** Never throws: the next sweep looks again. */
  async function checkMoved(workspaceId: string): Promise<void> {
    try {
      for (const channelId of await serving.moved(workspaceId)) if (!isStopping) await check(channelId);
    } catch (error) {
      log.warn({ workspaceId, err: error }, 'wake.refresh.failed');
    }
  }

  const renewing = every(everyMs.renew, parts.serves ? renew : idle, log, 'wake.renew.failed');
  // Beside the renewal: what takes long over all workspaces must not cost the leases.
  const exchanging = every(
    everyMs.renew,
    parts.serves ? budgets.exchange : idle,
    log,
    'wake.exchange.failed',
  );
  const sweeping = every(everyMs.sweep, parts.serves ? sweep : idle, log, 'wake.sweep.failed');
  // Beside the sweep, which no PSA may hold up.
  const checking = every(
    everyMs.sweep,
    (parts.serves && parts.checkContracts) || idle,
    log,
    'wake.contracts.failed',
  );
  const removing = every(
    everyMs.sweep,
    (parts.serves && parts.removeOld) || idle,
    log,
    'wake.retention.failed',
  );
  const describing = every(
    everyMs.sweep,
    (parts.serves && parts.describeAlerts) || idle,
    log,
    'wake.blocks.failed',
  );
  const reminding = every(
    everyMs.sweep,
    (parts.serves && parts.remindReviews) || idle,
    log,
    'wake.reviews.failed',
  );
  sweeping.now();
  checking.now();
  removing.now();
  describing.now();
  reminding.now();

  return {
    wake(workspaceId, channelIds) {
      for (const channelId of channelIds) {
        wakeHere(workspaceId, channelId);
        if (epochOf(channelId) === undefined) signals.tell(workspaceId, channelId);
      }
    },
    async changed(workspaceId, connectionId) {
      signals.tellChange(workspaceId, connectionId);
      await check(connectionId);
      serving.drains().get(workspaceId)?.sweep();
    },
    budgetOf(connectionId) {
      const channel = serving.get(connectionId);
      return channel?.flow.budget(serving.drainOf(channel.workspaceId).now());
    },
    async stop(withinMs = usualStopMs) {
      isStopping = true;
      serving.endStops();
      sweeping.stop();
      checking.stop();
      removing.stop();
      describing.stop();
      reminding.stop();
      const patienceMs = withinMs - Math.min(mostSettleMs, withinMs / 2);
      const patience = setTimeout(() => {
        log.warn('wake.stop.callsEnded');
        parts.outbound.abort();
        for (const { channel } of mail?.all() ?? []) channel.transport.mailer.abort();
      }, patienceMs);
      await Promise.all([
        ...[...serving.drains().values()].map((drain) => drain.stop(withinMs)),
        mail?.stop(withinMs),
      ]);
      clearTimeout(patience);
      renewing.stop();
      exchanging.stop();
      // Without a database nothing is lost: leases run out, and unsaved counts are few.
      await budgets.save().catch((error) => log.warn({ err: error }, 'wake.stop.failed'));
      crashPoint('before-leases-released');
      await db
        .unfenced((tx) => releaseLeases(tx, holder))
        .catch((error) => log.warn({ err: error }, 'wake.stop.failed'));
      crashPoint('after-leases-released');
      await signals.close();
    },
  };
}

/** The mail of a workspace is a channel whose id is that of the workspace. */
const isMail = ({ workspaceId, channelId }: Pick<Lease, 'workspaceId' | 'channelId'>): boolean =>
  workspaceId === channelId;

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
