/**
 * The channels that this worker serves, and one drain per workspace over them. A channel is opened with the lease that
 * was taken for it, and anew when its credentials have moved.
 */
import { createContactDirectory } from '../deliver/contacts.ts';
import { createContractDirectory } from '../deliver/contracts.ts';
import { createDrain, type Drain } from '../deliver/drain.ts';
import { createFlow } from '../deliver/flow.ts';
import { timingOf } from '../deliver/timing.ts';
import type { Adapter } from '../psa/contract.ts';
import { createPsaHttp, createSlots, type QueueingSlots } from '../psa/http.ts';
import type { BudgetKeeper } from './budgets.ts';
import type { Lease } from './leases.ts';
import type { OpenedConnection, Served, WorkerParts } from './parts.ts';
import { createStops } from './stops.ts';

export interface Serving {
  /** Serves the channel of this lease; false when there is nothing to open (a draft, removed, unreadable). */
  open(lease: Lease): Promise<boolean>;
  /** Looks whether the channel's credentials have moved; false when there is nothing to open any more. */
  check(channelId: string): Promise<boolean>;
  /** Served channels of a workspace that must be checked: they are not as they were when they were opened. */
  moved(workspaceId: string): Promise<string[]>;
  /** Whether an {@link open} or {@link check} of the channel is under way. */
  isTurning(channelId: string): boolean;
  get(channelId: string): Served | undefined;
  all(): Served[];
  drop(channelId: string): void;
  drainOf(workspaceId: string): Drain;
  /** By workspace. */
  drains(): ReadonlyMap<string, Drain>;
  /** A stop of a connection that cannot be stored is not tried again. */
  endStops(): void;
}

export function createServing(parts: WorkerParts, budgets: BudgetKeeper): Serving {
  const channels = new Map<string, Served>();
  const drains = new Map<string, Drain>();
  const turns = new Map<string, Promise<unknown>>();
  const stops = createStops(
    parts,
    (channelId) => channels.get(channelId),
    (workspaceId) => drainOf(workspaceId).wake(),
  );

  function saveBudget(channelId: string): void {
    const channel = channels.get(channelId);
    if (channel) budgets.saveSoon(channel);
  }

  function drainOf(workspaceId: string): Drain {
    let drain = drains.get(workspaceId);
    if (!drain) {
      drain = createDrain(workspaceId, { ...parts, stopConnection: stops.stop, onUsage: saveBudget });
      drains.set(workspaceId, drain);
    }
    return drain;
  }

  function publish(workspaceId: string): void {
    drainOf(workspaceId).setChannels(
      [...channels.values()].filter((channel) => channel.workspaceId === workspaceId),
    );
  }

  function drop(channelId: string): void {
    const channel = channels.get(channelId);
    if (!channel) return;
    channels.delete(channelId);
    publish(channel.workspaceId);
  }

  /** Opens and checks of one channel happen one after another: two at once would each make a gate of their own. */
  function inTurn<T>(channelId: string, work: () => Promise<T>): Promise<T> {
    const before = turns.get(channelId) ?? Promise.resolve();
    const turn = before.catch(() => undefined).then(work);
    const ended = turn
      .catch(() => undefined)
      .then(() => {
        if (turns.get(channelId) === ended) turns.delete(channelId);
      });
    turns.set(channelId, ended);
    return turn;
  }

  async function serve(lease: Lease, opened: OpenedConnection | undefined): Promise<boolean> {
    const { workspaceId, channelId } = lease;
    const adapter = opened && parts.adapters.get(opened.kind);
    if (!opened || !adapter) {
      drop(channelId);
      return false;
    }
    const before = channels.get(channelId);
    const channel = openChannel(lease, opened, adapter, before);
    if (!before) await budgets.recall(channel);
    else if (before.revision !== channel.revision || isLifted(before, opened)) channel.flow.renewed();
    channels.set(channelId, channel);
    publish(workspaceId);
    return true;
  }

  async function check(channelId: string): Promise<boolean> {
    const channel = channels.get(channelId);
    if (!channel) return true;
    const { workspaceId, epoch } = channel;
    const opened = await parts.openConnection(workspaceId, channelId);
    if (channels.get(channelId) !== channel) return true;
    if (opened?.revision !== channel.revision) return serve({ workspaceId, channelId, epoch }, opened);
    const lifted = isLifted(channel, opened);
    channel.needsPerson = opened.needsPerson ?? false;
    if (lifted) {
      channel.flow.renewed();
      drainOf(workspaceId).wake();
    }
    return true;
  }

  async function moved(workspaceId: string): Promise<string[]> {
    const ours = [...channels.values()].filter((channel) => channel.workspaceId === workspaceId);
    if (ours.length === 0) return [];
    const standing = await parts.standingOf(
      workspaceId,
      ours.map(({ connectionId }) => connectionId),
    );
    return ours
      .filter(({ connectionId, revision, needsPerson }) => {
        const now = standing.get(connectionId);
        return now?.revision !== revision || (now.needsPerson ?? false) !== needsPerson;
      })
      .map(({ connectionId }) => connectionId);
  }

  /** Slots and budget outlive a change of credentials; the session does not. */
  function openChannel(lease: Lease, opened: OpenedConnection, adapter: Adapter, before?: Served): Served {
    const timing = timingOf(adapter.limits, parts.settleMs);
    const { perEndpoint, total } = adapter.limits.parallel;
    const drain = drainOf(lease.workspaceId);
    let flow = before?.flow;
    // A round that began with these credentials may end after others have come: they are not tried once more.
    const isReplaced = () => (channels.get(lease.channelId)?.revision ?? opened.revision) !== opened.revision;
    const slots: QueueingSlots =
      before?.slots ?? createSlots(perEndpoint, total, () => (flow?.isProven() ? total : 1));
    const http = createPsaHttp({
      outbound: parts.outbound,
      deadlineMs: timing.deadlineMs,
      slots,
      onCall: () => {
        flow?.called(drain.now());
        if (flow?.hasManyUnsaved()) saveBudget(lease.channelId);
      },
      isStopped: () => (flow?.isStopped() ?? false) || isReplaced(),
      isShut: () => flow?.isShut(drain.now()) ?? false,
      onAnswer: (status) => {
        if (!isReplaced()) flow?.heard(status, drain.now());
      },
    });
    const session = stops.watch(adapter.open(opened.credentials, http), lease.channelId, opened.revision);
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
      contracts: createContractDirectory(session),
      busy: before?.busy ?? new Set(),
      revision: opened.revision,
      needsPerson: opened.needsPerson ?? false,
    };
  }

  return {
    open: (lease) =>
      inTurn(lease.channelId, async () =>
        serve(lease, await parts.openConnection(lease.workspaceId, lease.channelId)),
      ),
    check: (channelId) => inTurn(channelId, () => check(channelId)),
    moved,
    isTurning: (channelId) => turns.has(channelId),
    get: (channelId) => channels.get(channelId),
    all: () => [...channels.values()],
    drop,
    drainOf,
    drains: () => drains,
    endStops: stops.end,
  };
}

/** A person has acted without new credentials: the old ones work again. */
const isLifted = (before: Served, opened: OpenedConnection): boolean =>
  before.needsPerson && !opened.needsPerson;
