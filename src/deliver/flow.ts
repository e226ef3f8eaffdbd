/**
 * The gate of a connection: how many calls may begin, whether it rests or is stopped, and how much of the budget is
 * used. Everything that calls the PSA from a drain passes here: writes, look-ups, reads and re-checks. One process
 * serves a connection, so all of this is local.
 */
import type { Limits, Outcome, Usage } from '../psa/contract.ts';
import type { QueueingSlots } from '../psa/http.ts';
import { allowedCalls, allowedInLane, criticalLane, paceMs, type Quota } from './budget.ts';
import { type CallCount, createCallWindow } from './callWindow.ts';
import { askedWait, backOff, pauseMs, type Timing } from './timing.ts';

/** Times are milliseconds of one clock, given by the caller. */
export interface Flow {
  /** How many writes of this lane may begin now; of the best one if left out. */
  mayBegin(now: number, lane?: number): number;
  /** Whether a read or look-up may begin now, for an alert of this lane; for none in particular if left out. */
  mayRead(now: number, lane?: number): boolean;
  /** A call that waited for its turn is not made after all: the PSA has asked for a pause, or refuses the login. */
  isShut(now: number): boolean;
  /** The login was refused: not one call more until a person has acted (promise P8). */
  isStopped(): boolean;
  /** Other credentials: what was learned of the old ones is forgotten. */
  renewed(): void;
  /** Whether calls succeed: until the first has, and again after a failure, one is made at a time. */
  isProven(): boolean;
  /** Whether a call has succeeded since then, or none has failed since one succeeded. */
  hasAnsweredSince(time: number): boolean;
  /** What the PSA answered a call that it counts, as soon as it is here. */
  heard(status: number, now: number): void;
  /** When to ask again, if not all may begin now for a reason that passes with time. */
  opensAt(now: number): number | undefined;
  /** A call that the PSA counts is about to be made. */
  called(now: number): void;
  answered(outcome: Outcome, now: number, random: number): void;
  /** Whether the PSA should be asked about its window: before the first write, and every few minutes. */
  wantsUsage(now: number): boolean;
  learnUsage(usage: Usage, now: number): void;
  /** The PSA did not tell; after a minute of that, the declared window counts. */
  usageFailed(now: number): void;
  /** The PSA will not tell: the declared window counts. */
  doWithoutUsage(now: number): void;
  /** What was known of the PSA's window before this process; the PSA says it anew. */
  recall(quota: Pick<Quota, 'calls' | 'windowMs'>, now: number): void;
  /** The part of the PSA's calls that we may use; takes effect at once. */
  setShare(share: number): void;
  budget(now: number): Budget;
  /** Why no call is made now, for alerts that are not critical; undefined when they are made. */
  waiting(now: number): Waiting | undefined;
  /** Calls since the last flush; empties the list. */
  takeCounts(): CallCount[];
  /** So many calls are not flushed yet that a loss of them would count. */
  hasManyUnsaved(): boolean;
  /** The flush failed: they are to be flushed later. */
  putBack(counts: readonly CallCount[]): void;
  /** All calls of the window as the database has them, those of other processes too; our unflushed ones are added. */
  setWindow(counts: readonly CallCount[]): void;
}

/** Figures of the window that ends now. */
export interface Budget extends Omit<Quota, 'others'> {
  used: number;
  allowed: number;
  /** As the PSA last told, and when; undefined where it does not tell. */
  others: number | undefined;
  toldAt: number | undefined;
  isSpread: boolean;
}

/**
 * `asked`: the PSA asked for a pause. `away`: it is not reached, or answers nothing clear. `ownShare`: our calls are
 * used up. `otherTools`: other tools have used the PSA's calls up. `reserve`: what is left is for critical alerts.
 * `spread`: little is left, and made to last.
 */
export type WaitingFor = 'asked' | 'away' | 'ownShare' | 'otherTools' | 'reserve' | 'spread';

export interface Waiting {
  for: WaitingFor;
  until: number;
}

export interface FlowOptions {
  limits: Limits;
  slots: QueueingSlots;
  timing: Timing;
  /** The PSA tells its usage: nothing is written before it did. */
  asksUsage: boolean;
}

const minuteMs = 60_000;
/** Usage is read so often in a window, unless that were more than this part of our calls. */
const usagePerWindow = 12;
const mostUsagePart = 0.05;
const soonestUsageMs = 5_000;
/** Who has used so much of the share is out of calls by its own doing. */
const mostlyUsed = 0.8;
/** Nothing waits longer than this for a PSA that does not tell its usage. */
const usagePatienceMs = minuteMs;
/**
 * Nothing else is called until it is clear what such an answer means: of a refused login the adapter tries its one
 * renewal first, a busy PSA may have said how long it wants to rest. Milliseconds, by HTTP status.
 */
const holdMs: Readonly<Record<number, number>> = { 401: 5_000, 429: 1_000 };
/** From one spread call to the next: less is not worth telling. */
const shortMs = 10_000;
/** So many unflushed calls are flushed at once: a killed process loses few more. */
const mostUnsaved = (allowed: number): number => Math.max(1, Math.floor(allowed * 0.02));
const mostPresumedPart = 0.1;
/** The time that a PSA asked for is kept with certainty, and not by all who wait at the same moment (promise D4). */
const latestMs = 500;

export function createFlow({ limits, slots, timing, asksUsage }: FlowOptions): Flow {
  const { total, writes } = limits.parallel;
  const window = createCallWindow(limits.window.perMs);
  let quota: Quota = {
    calls: limits.window.calls,
    windowMs: limits.window.perMs,
    others: 0,
    share: limits.share,
  };
  // A drain begins with one call and opens the other slots after it succeeded (promise P8).
  let isOpen = false;
  let isProven = false;
  let succeededAt = Number.NEGATIVE_INFINITY;
  let isStopped = false;
  let failures = 0;
  let rest: { for: 'asked' | 'away'; until: number } = { for: 'away', until: 0 };
  let heldUntil = 0;
  let calledAt = Number.NEGATIVE_INFINITY;
  let toldAt: number | undefined;
  let usageAt = asksUsage ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  let usageMissedSince: number | undefined;
  let presumedUntil = 0;

  const isShut = (now: number): boolean => isStopped || now < rest.until || now < heldUntil;

  /** Calls of the process before this one that it may not have stored, until the PSA says better. */
  function presumed(now: number): number {
    if (now >= presumedUntil) return 0;
    const allowed = allowedCalls(quota);
    return Math.ceil(Math.min(mostUnsaved(allowed) + total, allowed * mostPresumedPart));
  }

  const left = (now: number, lane: number): number =>
    allowedInLane(lane, quota) - window.used(now) - presumed(now);

  /** What calls may still begin: those under way may not have been counted yet. */
  const room = (now: number, lane: number): number => left(now, lane) - slots.underWay();

  /** Other tools have left us less than our share, and it is not we who have used that up. */
  function isSqueezed(now: number): boolean {
    const ours = allowedCalls({ ...quota, others: 0 });
    return allowedCalls(quota) < ours && window.used(now) < ours * mostlyUsed;
  }

  function pace(now: number, lane: number): number {
    const reliefAt = window.reliefAt(now);
    return paceMs(lane, quota, {
      used: window.used(now),
      reliefInMs: reliefAt && reliefAt - now,
      slowsFrom: limits.slowsFrom,
    });
  }

  /** When the PSA is asked about its usage again: sooner while we wait for other tools to need less. */
  function nextUsageAt(now: number): number {
    const { windowMs } = quota;
    const leastMs = windowMs / (mostUsagePart * allowedCalls({ ...quota, others: 0 }));
    const usualMs = Math.max(windowMs / usagePerWindow, leastMs);
    const isHindered = left(now, 0) <= 0 || pace(now, 0) > 0;
    if (!isHindered || !isSqueezed(now)) return usageAt + usualMs;
    return usageAt + Math.max(windowMs / 60, leastMs, soonestUsageMs);
  }

  function waiting(now: number): Waiting | undefined {
    if (isStopped) return undefined;
    if (now < rest.until) return rest;
    if (left(now, 0) > 0) {
      const until = calledAt + pace(now, 0);
      return until - now > shortMs ? { for: 'spread', until } : undefined;
    }
    const reliefAt = window.reliefAt(now) ?? Number.POSITIVE_INFINITY;
    const until = isSqueezed(now) ? Math.min(reliefAt, nextUsageAt(now)) : reliefAt;
    if (left(now, criticalLane) > 0) return { for: 'reserve', until };
    return { for: isSqueezed(now) ? 'otherTools' : 'ownShare', until };
  }

  return {
    mayBegin(now, lane = criticalLane) {
      if (isShut(now) || usageAt === Number.NEGATIVE_INFINITY) return 0;
      const busy = slots.busy(writes);
      const intervalMs = pace(now, lane);
      if (intervalMs > 0 && now < calledAt + intervalMs) return 0;
      const most = isOpen && intervalMs === 0 ? slots.free(writes) : Math.min(slots.free(writes), 1 - busy);
      return Math.max(0, Math.min(room(now, lane), most));
    },
    mayRead(now, lane = 0) {
      if (isShut(now)) return false;
      // Several reads may begin together before they are counted.
      const allowed = allowedInLane(lane, quota);
      return room(now, lane) > (lane >= criticalLane && allowed >= 10 * total ? total : 0);
    },
    isShut,
    isStopped: () => isStopped,
    renewed() {
      isStopped = false;
      isOpen = false;
      isProven = false;
      failures = 0;
      heldUntil = 0;
      rest = { for: 'away', until: 0 };
    },
    isProven: () => isProven,
    hasAnsweredSince: (time) => isProven || succeededAt > time,
    heard(status, now) {
      if (status === 401) {
        isProven = false;
        isOpen = false;
      }
      if (status < 300 && now >= heldUntil) {
        isProven = true;
        succeededAt = now;
      }
      const hold = holdMs[status];
      // Whoever asks with a time from before this answer is not held up by it.
      if (hold !== undefined) heldUntil = Math.max(heldUntil, now + hold);
    },
    opensAt(now) {
      if (isStopped) return undefined;
      if (now < heldUntil) return Math.max(heldUntil, rest.until);
      const until = waiting(now)?.until;
      if (until !== undefined) return Number.isFinite(until) ? until : undefined;
      const paced = calledAt + pace(now, 0);
      return paced > now ? paced : undefined;
    },
    called(now) {
      window.add(now, 1);
      calledAt = now;
    },
    answered(outcome, now, random) {
      if (outcome.kind === 'done' || (outcome.kind === 'refused' && isAnswerOfHealthyPsa(outcome.reason))) {
        isOpen = true;
        failures = 0;
        return;
      }
      isOpen = false;
      isProven = false;
      if (outcome.kind === 'refused' && outcome.reason === 'auth') {
        isStopped = true;
        return;
      }
      const asked = outcome.kind === 'refused' ? outcome.retryAfterMs : undefined;
      // Calls that were under way together fail together: that is one failure.
      if (now < rest.until && asked === undefined) return;
      failures += 1;
      const until = now + restMs(outcome, failures, random, timing);
      if (until <= rest.until) return;
      const isBusy = outcome.kind === 'refused' && outcome.reason === 'rateLimited';
      rest = { for: isBusy || asked !== undefined ? 'asked' : 'away', until };
    },
    wantsUsage(now) {
      if (isShut(now) || now < nextUsageAt(now)) return false;
      // What we have used up ourselves comes back without asking; asking would be one call more.
      return room(now, criticalLane) > 0 || isSqueezed(now);
    },
    learnUsage(usage, now) {
      window.resize(usage.windowMs);
      const others = Math.max(0, usage.used - window.used(now));
      quota = { ...quota, calls: usage.allowed, windowMs: usage.windowMs, others };
      usageAt = now;
      toldAt = now;
      presumedUntil = 0;
      usageMissedSince = undefined;
    },
    usageFailed(now) {
      usageMissedSince ??= now;
      if (now - usageMissedSince >= usagePatienceMs) usageAt = now;
    },
    doWithoutUsage(now) {
      usageAt = now;
    },
    recall({ calls, windowMs }, now) {
      window.resize(windowMs);
      quota = { ...quota, calls, windowMs };
      presumedUntil = window.leavesAt(now);
    },
    setShare(share) {
      quota = { ...quota, share };
    },
    budget: (now) => ({
      ...quota,
      used: window.used(now),
      allowed: allowedCalls(quota),
      others: toldAt === undefined ? undefined : quota.others,
      toldAt,
      isSpread: pace(now, 0) > 0,
    }),
    waiting,
    takeCounts: window.takeUnsaved,
    hasManyUnsaved: () => window.unsaved() >= mostUnsaved(allowedCalls(quota)),
    putBack: window.putBack,
    setWindow: window.replace,
  };
}

/** A busy PSA is left alone for as long as it says; one that is away is probed often enough to notice its return. */
function restMs(outcome: Outcome, failures: number, random: number, timing: Timing): number {
  if (outcome.kind === 'refused' && outcome.retryAfterMs !== undefined)
    return askedWait(outcome.retryAfterMs) + latestMs * (0.4 + 0.6 * random);
  const isBusy = outcome.kind === 'refused' && outcome.reason === 'rateLimited';
  return isBusy ? backOff(failures, random, timing) : pauseMs(failures, random, timing);
}

/** It refused this one input; the next write may well succeed. */
const isAnswerOfHealthyPsa = (reason: string): boolean => reason === 'invalid' || reason === 'notFound';
