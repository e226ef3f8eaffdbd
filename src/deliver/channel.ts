/**
 * What the lease holder of a connection knows about it between rounds: how many calls may be under way, whether it
 * rests, and how much of the hourly budget is used. One process serves a connection, so all of this is local.
 */
import type { Adapter, Limits, Outcome, Session, Usage } from '../psa/contract.ts';
import type { QueueingSlots } from '../psa/http.ts';
import type { ContactDirectory } from './contacts.ts';
import { askedWait, backOff, type Timing } from './timing.ts';

export interface Channel {
  readonly connectionId: string;
  readonly workspaceId: string;
  readonly epoch: string;
  readonly adapter: Adapter;
  readonly timing: Timing;
  readonly slots: QueueingSlots;
  readonly flow: Flow;
  readonly session: Session;
  readonly contacts: ContactDirectory;
  /** Writes that are being sent or looked up, or whose outcome no round has settled yet: nobody else takes them up. */
  readonly busy: Set<string>;
}

/** Budget and pace of a connection. Times are milliseconds of one clock, given by the caller. */
export interface Flow {
  /** How many writes may begin now. */
  mayBegin(now: number): number;
  /** When to ask again, if none may begin for a reason that passes with time. */
  opensAt(now: number): number | undefined;
  /** A call that the PSA counts is about to be made. */
  called(now: number): void;
  answered(outcome: Outcome, now: number, random: number): void;
  /** Whether the PSA should be asked about its window: before the first write, and every few minutes. */
  wantsUsage(now: number): boolean;
  learnUsage(usage: Usage, now: number): void;
  /** The PSA will not tell: the declared window counts. */
  doWithoutUsage(now: number): void;
  budget(now: number): { used: number; allowed: number; windowMs: number };
  /** Calls since the last flush, by minute (milliseconds of its start); empties the list. */
  takeCounts(): { minute: number; calls: number }[];
  /** Calls of earlier processes, at the start. */
  restore(counts: readonly { minute: number; calls: number }[]): void;
}

const minuteMs = 60_000;

export interface FlowOptions {
  limits: Limits;
  slots: QueueingSlots;
  timing: Timing;
  /** The PSA tells its usage: nothing is written before it did. */
  asksUsage: boolean;
}

/** Usage is read again after this long. */
const usageMs = 5 * minuteMs;

export function createFlow({ limits, slots, timing, asksUsage }: FlowOptions): Flow {
  const minutes = new Map<number, number>();
  const unflushed = new Map<number, number>();
  let windowMs = limits.window.perMs;
  let allowed = Math.floor(limits.window.calls * limits.share);
  // A drain begins with one call and opens the other slots after it succeeded (promise P8).
  let isOpen = false;
  let failures = 0;
  let restsUntil = 0;
  let usageAt = asksUsage ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;

  function used(now: number): number {
    let sum = 0;
    for (const [minute, calls] of minutes) {
      if (minute + minuteMs + windowMs <= now) minutes.delete(minute);
      else sum += calls;
    }
    return sum;
  }

  function rest(now: number, waitMs: number): void {
    isOpen = false;
    failures += 1;
    restsUntil = Math.max(restsUntil, now + waitMs);
  }

  return {
    mayBegin(now) {
      if (now < restsUntil || usageAt === Number.NEGATIVE_INFINITY) return 0;
      const left = allowed - used(now);
      const free = slots.free(limits.parallel.writes);
      const busy = slots.busy(limits.parallel.writes);
      return Math.max(0, Math.min(left, isOpen ? free : 1 - busy));
    },
    opensAt(now) {
      if (now < restsUntil) return restsUntil;
      if (used(now) < allowed) return undefined;
      return Math.min(...minutes.keys()) + minuteMs + windowMs;
    },
    called(now) {
      const minute = Math.floor(now / minuteMs) * minuteMs;
      minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
      unflushed.set(minute, (unflushed.get(minute) ?? 0) + 1);
    },
    answered(outcome, now, random) {
      if (outcome.kind === 'done' || (outcome.kind === 'refused' && isAnswerOfHealthyPsa(outcome.reason))) {
        isOpen = true;
        failures = 0;
        return;
      }
      const asked = outcome.kind === 'refused' ? outcome.retryAfterMs : undefined;
      rest(now, asked === undefined ? backOff(failures + 1, random, timing) : askedWait(asked));
    },
    wantsUsage: (now) => now >= restsUntil && usageAt + usageMs <= now,
    learnUsage(usage, now) {
      windowMs = usage.windowMs;
      allowed = Math.floor(usage.allowed * limits.share);
      usageAt = now;
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
    restore(counts) {
      for (const { minute, calls } of counts) minutes.set(minute, (minutes.get(minute) ?? 0) + calls);
    },
  };
}

/** It refused this one input; the next write may well succeed. */
const isAnswerOfHealthyPsa = (reason: string): boolean => reason === 'invalid' || reason === 'notFound';
