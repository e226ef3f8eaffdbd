/**
 * The gate of a connection: how many calls may begin, whether it rests or is stopped, and how much of the hourly budget is
 * used. Everything that calls the PSA from a drain passes here: writes, look-ups, reads and re-checks. One process
 * serves a connection, so all of this is local.
 */
import type { Limits, Outcome, Usage } from '../psa/contract.ts';
import type { QueueingSlots } from '../psa/http.ts';
import { askedWait, backOff, pauseMs, type Timing } from './timing.ts';

/** Times are milliseconds of one clock, given by the caller. */
export interface Flow {
  /** How many writes may begin now. */
  mayBegin(now: number): number;
  /** Whether a read or look-up may begin now. */
  mayRead(now: number): boolean;
  /** The login was refused: not one call more until a person has acted (promise P8). */
  isStopped(): boolean;
  /** Other credentials: what was learned of the old ones is forgotten. */
  renewed(): void;
  /** When to ask again, if none may begin for a reason that passes with time. */
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
  budget(now: number): { used: number; allowed: number; windowMs: number };
  /** Calls since the last flush, by minute (milliseconds of its start); empties the list. */
  takeCounts(): MinuteCount[];
  /** The flush failed: they are to be flushed later. */
  putBack(counts: readonly MinuteCount[]): void;
  /** All calls of the window as the database has them, those of other processes too; our unflushed ones are added. */
  setWindow(counts: readonly MinuteCount[]): void;
}

export interface MinuteCount {
  minute: number;
  calls: number;
}

export interface FlowOptions {
  limits: Limits;
  slots: QueueingSlots;
  timing: Timing;
  /** The PSA tells its usage: nothing is written before it did. */
  asksUsage: boolean;
}

const minuteMs = 60_000;
/** Usage is read again after this long. */
const usageMs = 5 * minuteMs;
/** Nothing waits longer than this for a PSA that does not tell its usage. */
const usagePatienceMs = minuteMs;

export function createFlow({ limits, slots, timing, asksUsage }: FlowOptions): Flow {
  const minutes = new Map<number, number>();
  const unflushed = new Map<number, number>();
  let windowMs = limits.window.perMs;
  let allowed = Math.floor(limits.window.calls * limits.share);
  // A drain begins with one call and opens the other slots after it succeeded (promise P8).
  let isOpen = false;
  let isStopped = false;
  let failures = 0;
  let restsUntil = 0;
  let usageAt = asksUsage ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  let usageMissedSince: number | undefined;

  function used(now: number): number {
    let sum = 0;
    for (const [minute, calls] of minutes) {
      if (minute + minuteMs + windowMs <= now) minutes.delete(minute);
      else sum += calls;
    }
    return sum;
  }

  const isShut = (now: number): boolean => isStopped || now < restsUntil || used(now) >= allowed;

  function add(to: Map<number, number>, { minute, calls }: MinuteCount): void {
    to.set(minute, (to.get(minute) ?? 0) + calls);
  }

  return {
    mayBegin(now) {
      if (isShut(now) || usageAt === Number.NEGATIVE_INFINITY) return 0;
      const free = slots.free(limits.parallel.writes);
      const busy = slots.busy(limits.parallel.writes);
      return Math.max(0, Math.min(allowed - used(now), isOpen ? free : 1 - busy));
    },
    mayRead: (now) => !isShut(now),
    isStopped: () => isStopped,
    renewed() {
      isStopped = false;
      isOpen = false;
      failures = 0;
      restsUntil = 0;
    },
    opensAt(now) {
      if (now < restsUntil) return restsUntil;
      if (used(now) < allowed) return undefined;
      return Math.min(...minutes.keys()) + minuteMs + windowMs;
    },
    called(now) {
      const count = { minute: Math.floor(now / minuteMs) * minuteMs, calls: 1 };
      add(minutes, count);
      add(unflushed, count);
    },
    answered(outcome, now, random) {
      if (outcome.kind === 'done' || (outcome.kind === 'refused' && isAnswerOfHealthyPsa(outcome.reason))) {
        isOpen = true;
        failures = 0;
        return;
      }
      isOpen = false;
      failures += 1;
      if (outcome.kind === 'refused' && outcome.reason === 'auth') {
        isStopped = true;
        return;
      }
      restsUntil = Math.max(restsUntil, now + restMs(outcome, failures, random, timing));
    },
    wantsUsage: (now) => !isShut(now) && usageAt + usageMs <= now,
    learnUsage(usage, now) {
      windowMs = usage.windowMs;
      // Our share of the window, and never more than what the other tools have left of it.
      const others = Math.max(0, usage.used - used(now));
      allowed = Math.max(0, Math.min(Math.floor(usage.allowed * limits.share), usage.allowed - others));
      usageAt = now;
      usageMissedSince = undefined;
    },
    usageFailed(now) {
      usageMissedSince ??= now;
      if (now - usageMissedSince >= usagePatienceMs) usageAt = now;
    },
    doWithoutUsage(now) {
      usageAt = now;
    },
    budget: (now) => ({ used: used(now), allowed, windowMs }),
    takeCounts() {
      const counts = [...unflushed].map(([minute, calls]) => ({ minute, calls }));
      unflushed.clear();
      return counts;
    },
    putBack(counts) {
      for (const count of counts) add(unflushed, count);
    },
    setWindow(counts) {
      minutes.clear();
      for (const count of counts) add(minutes, count);
      for (const [minute, calls] of unflushed) add(minutes, { minute, calls });
    },
  };
}

/** A busy PSA is left alone for as long as it says; one that is away is probed often enough to notice its return. */
function restMs(outcome: Outcome, failures: number, random: number, timing: Timing): number {
  if (outcome.kind === 'refused' && outcome.retryAfterMs !== undefined)
    return askedWait(outcome.retryAfterMs);
  const isBusy = outcome.kind === 'refused' && outcome.reason === 'rateLimited';
  return isBusy ? backOff(failures, random, timing) : pauseMs(failures, random, timing);
}

/** It refused this one input; the next write may well succeed. */
const isAnswerOfHealthyPsa = (reason: string): boolean => reason === 'invalid' || reason === 'notFound';
