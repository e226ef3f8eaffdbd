/**
 * The attempt journal in memory: its rows, and its statements as src/deliver/journal.ts, claim.ts and freeze.ts have them
 * in SQL. Whoever changes it holds the lease of the only channel, as in the product.
 */
import {
  type AttemptPatch,
  attemptKey,
  type DeliveryPatch,
  type GroupPatch,
} from '../../src/deliver/journal.ts';
import type { OpenWrite } from '../../src/deliver/round.ts';
import { nextRecheck } from '../../src/deliver/timing.ts';
import { timing } from './conditions.ts';
import {
  type AttemptRow,
  addWaiting,
  applyToAttempt,
  applyToDelivery,
  applyToGroup,
  channelId,
  contentOf,
  type DeliveryRow,
  emptyGroup,
  fallbacks,
  type GroupRow,
  nextGeneration,
  rank,
  readyAt,
  since,
  type WriteRow,
  waitingOf,
} from './rows.ts';

export interface Journal {
  readonly groups: readonly GroupRow[];
  readonly deliveries: readonly DeliveryRow[];
  readonly open: ReadonlySet<AttemptRow>;
  readonly rechecks: ReadonlySet<AttemptRow>;
  /** When further records were found, by their reference. */
  readonly surplus: ReadonlyMap<string, number>;
  accept(home: GroupRow, lane: number): void;
  patchAttempts(patches: readonly AttemptPatch[], now: number): ReadonlySet<string>;
  releaseGroups(patches: readonly GroupPatch[]): void;
  patchDeliveries(patches: readonly DeliveryPatch[]): void;
  startAttempt(write: OpenWrite, now: number): void;
  recordSurplus(refs: readonly string[], now: number): void;
  groupOf(write: WriteRow): GroupRow;
  dueRechecks(now: number): AttemptRow[];
  /** What a re-check has found, and when the next one is due. */
  recordRecheck(attempt: AttemptRow, surplus: readonly string[], now: number): void;
  assignWaiting(): void;
  /** The next write of each group that may have one, at most `limit`, frozen with its first attempt. */
  freeze(limit: number, now: number): OpenWrite[];
  /** How often the login has been renewed. */
  revision(): number;
  /** A login of this revision was refused: what waits is held until a person has acted; false if one has by now. */
  stop(revision: number): boolean;
  isStopped(): boolean;
  /** A person has renewed the login: what was held for it waits again. */
  renewLogin(): void;
}

export function createJournal(groupCount: number): Journal {
  const groups = Array.from({ length: groupCount }, (_, i) => emptyGroup(`g${i}`));
  const deliveries: DeliveryRow[] = [];
  const attempts = new Map<string, AttemptRow>();
  const open = new Set<AttemptRow>();
  const rechecks = new Set<AttemptRow>();
  const surplus = new Map<string, number>();
  let writeCount = 0;
  let isStopped = false;
  let revision = 1;

  const deliveryOf = (id: string) => deliveries[Number(id) - 1] as DeliveryRow;
  const waitingIn = (group: GroupRow) =>
    deliveries.filter((delivery) => delivery.group === group && delivery.state === 'pending');

  const groupOf = ({ groupId }: Pick<WriteRow, 'groupId'>) =>
    groups.find(({ id }) => id === groupId) as GroupRow;

  function recordSurplus(refs: readonly string[], now: number): void {
    for (const ref of refs) if (!surplus.has(ref)) surplus.set(ref, now);
  }

  function startAttempt(write: WriteRow, n: number, now: number): void {
    const counts = { looks: 0, failedLooks: 0, misses: 0, rechecks: 0 };
    const times = { startedAt: now, lastMissAt: undefined, nextLookAt: undefined, recheckAt: undefined };
    const attempt: AttemptRow = { write, n, state: 'sending', ...counts, ...times };
    attempts.set(attemptKey({ writeId: write.writeId, n }), attempt);
    open.add(attempt);
  }

  function freezeOne(group: GroupRow, now: number): OpenWrite | undefined {
    const all = waitingIn(group);
    const [first] = all;
    if (!first) {
      group.waiting = undefined;
      return undefined;
    }
    // The ticket itself tells of one alert; what waits behind it follows as a note.
    const taken = group.ticketState === 'open' ? all : all.slice(0, 1);
    if (group.ticketState === 'gone') nextGeneration(group);
    writeCount += 1;
    const write: WriteRow = {
      channelId,
      writeId: `w${writeCount}`,
      groupId: group.id,
      generation: group.generation,
      seq: group.nextSeq,
      content: contentOf(group, taken.length),
      deliveryIds: taken.map(({ id }) => id),
      lane: Math.max(...taken.map(({ lane }) => lane)),
      since: first.id,
      tries: Math.max(...taken.map(({ tries }) => tries)),
      without: first.without,
      fallbacks,
    };
    group.busyWriteId = write.writeId;
    group.nextSeq += 1;
    group.blockedUntil = undefined;
    group.waiting = waitingOf(all.slice(taken.length));
    for (const delivery of taken) delivery.state = 'sending';
    startAttempt(write, 1, now);
    return { ...write, state: { phase: 'sending', attempt: 1, startedAt: now } };
  }

  function holdWaiting(): void {
    for (const delivery of deliveries) {
      if (delivery.state !== 'pending') continue;
      delivery.state = 'held';
      delivery.group = undefined;
    }
  }

  function releaseHeld(): void {
    for (const delivery of deliveries) if (delivery.state === 'held') delivery.state = 'pending';
  }

  return {
    groups,
    deliveries,
    open,
    rechecks,
    surplus,
    accept(home, lane) {
      const id = String(deliveries.length + 1);
      deliveries.push({
        id,
        home,
        group: undefined,
        state: isStopped ? 'held' : 'pending',
        lane,
        tries: 0,
        without: [],
      });
    },
    patchAttempts(patches, now) {
      const wereOpen = new Set<string>();
      for (const patch of patches) {
        const attempt = attempts.get(attemptKey(patch)) as AttemptRow;
        if (!open.has(attempt)) continue;
        wereOpen.add(attemptKey(patch));
        applyToAttempt(attempt, patch, now);
        if (attempt.state !== 'uncertain') open.delete(attempt);
        if (attempt.recheckAt !== undefined) rechecks.add(attempt);
      }
      return wereOpen;
    },
    releaseGroups(patches) {
      for (const patch of patches) applyToGroup(groupOf(patch), patch);
    },
    patchDeliveries(patches) {
      for (const patch of patches) applyToDelivery(deliveryOf(patch.id), patch);
    },
    startAttempt(write, now) {
      const { state, ...row } = write;
      startAttempt(row, (state as { attempt: number }).attempt, now);
      for (const id of row.deliveryIds) {
        const delivery = deliveryOf(id);
        if (delivery.state === 'uncertain') delivery.state = 'sending';
      }
    },
    recordSurplus,
    groupOf,
    dueRechecks: (now) =>
      [...rechecks].filter(
        ({ recheckAt, write }) => (recheckAt as number) <= now && groupOf(write).busyWriteId === undefined,
      ),
    recordRecheck(attempt, refs, now) {
      recordSurplus(refs, now);
      attempt.rechecks += 1;
      const waitMs = nextRecheck(attempt.rechecks, timing);
      attempt.recheckAt = waitMs === undefined ? undefined : now + waitMs;
      if (waitMs === undefined) rechecks.delete(attempt);
    },
    assignWaiting() {
      for (const delivery of deliveries) {
        if (delivery.state !== 'pending' || delivery.group) continue;
        delivery.group = delivery.home;
        addWaiting(delivery.home, { lane: delivery.lane, since: Number(delivery.id) });
      }
    },
    freeze(limit, now) {
      const ready = groups
        .filter((group) => group.busyWriteId === undefined && group.waiting && readyAt(group) <= now)
        .sort((a, b) => rank(b) - rank(a) || since(a) - since(b));
      return ready.slice(0, limit).flatMap((group) => freezeOne(group, now) ?? []);
    },
    revision: () => revision,
    stop(refused) {
      if (refused !== revision) return false;
      if (!isStopped) holdWaiting();
      isStopped = true;
      return true;
    },
    isStopped: () => isStopped,
    renewLogin() {
      isStopped = false;
      revision += 1;
      releaseHeld();
    },
  };
}
