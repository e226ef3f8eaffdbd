/** When the journal may look, send again, and give up waiting: pure functions of the adapter's declared limits. */
import type { Limits } from '../psa/contract.ts';

/** Milliseconds throughout; see promises §2.2. */
export interface Timing {
  /** W: after this long no answerless request can still take effect and be hidden from a look-up. */
  settleMs: number;
  /** Whole duration of one call. */
  deadlineMs: number;
  /** How long after its journal row a write may still leave. */
  permitMs: number;
  /** How long a fresh record may stay hidden from the PSA's search. */
  searchLagMs: number;
}

/**
 * The adapter's own timing, or the one that a test asks for: W as given, its parts at most a quarter of it, so that
 * W stays longer than permit, deadline and lag together.
 */
export function timingOf(limits: Limits, settleMs?: number): Timing {
  const { deadlineMs, permitMs, searchLagMs } = limits;
  if (settleMs === undefined) return { settleMs: limits.settleMs, deadlineMs, permitMs, searchLagMs };
  const cap = settleMs / 4;
  return {
    settleMs,
    deadlineMs: Math.min(deadlineMs, cap),
    permitMs: Math.min(permitMs, cap),
    searchLagMs: Math.min(searchLagMs, cap),
  };
}

/** Looks for adoption, as offsets from the start of an attempt whose W is seven minutes. */
const adoptionLooks = [5_000, 20_000, 60_000, 120_000, 240_000];
const usualSettleMs = 420_000;

/** A usual span, shorter in the same measure as a test shortens W. */
export const scaled = (ms: number, { settleMs }: Timing): number =>
  ms * Math.min(1, settleMs / usualSettleMs);

/**
 * When to look next for a write that may have taken effect. Before W, looks only adopt; from W on, each miss counts
 * towards sending again, and misses lie at least the search lag apart.
 */
export function nextLook(startedAt: number, now: number, timing: Timing): number {
  const settledAt = startedAt + timing.settleMs;
  const early = adoptionLooks.map((offset) => startedAt + scaled(offset, timing)).find((at) => at > now);
  if (early !== undefined && early < settledAt) return early;
  return now < settledAt ? settledAt : now + Math.max(timing.searchLagMs, 1);
}

/**
 * What a round commits may be sent so long after its transaction began. With the deadline of a call, the longest server
 * time and the search lag it must stay below W; a round usually takes milliseconds.
 */
export const mostRoundMs = (timing: Timing): number => Math.max(scaled(25_000, timing), 2_000);

/** After a ticket with an uncertain history was confirmed: when to look whether a second one came late. */
const recheckOffsets = [10 * 60_000, 60 * 60_000, 24 * 60 * 60_000];

/** The wait before the next re-check, counted from the one before; undefined when all are done. */
export function nextRecheck(done: number, timing: Timing): number | undefined {
  const at = recheckOffsets[done];
  if (at === undefined) return undefined;
  return scaled(at - (recheckOffsets[done - 1] ?? 0), timing);
}

/** How long to wait after the nth failure in a row: 30 s doubling, spread by ±20 %, at most 15 min (promise D4). */
export function backOff(failures: number, random: number, timing: Timing): number {
  const steady = 30_000 * 2 ** Math.max(0, failures - 1);
  return scaled(Math.min(steady * (0.8 + 0.4 * random), 900_000), timing);
}

/** How long a PSA that is away is left alone: 5 s doubling to 45 s, so that its return is noticed within a minute (P9). */
export function pauseMs(failures: number, random: number, timing: Timing): number {
  const steady = Math.min(5_000 * 2 ** Math.max(0, failures - 1), 45_000);
  return scaled(steady, timing) * (0.8 + 0.4 * random);
}

/**
 * How long a write that may be sent again and has no way to go is left alone, after so many milliseconds of that: as long
 * again, at least 20 s and at most 15 min. Each look-up of it is a call.
 */
export const putOffMs = (forMs: number, timing: Timing): number =>
  Math.max(pauseMs(3, 0.5, timing), Math.min(forMs, scaled(900_000, timing)));

const gapMinutes = 15;

/**
 * How long the notes behind one that was refused for good wait for a person to mend or discard it, before the next one
 * goes on and names what is missing (promises P5 and test C2).
 */
export const gapMs = (timing: Timing): number => scaled(gapMinutes * 60_000, timing);

/** The wait that a PSA asked for, at most an hour (promise P8). */
export const askedWait = (retryAfterMs: number): number => Math.min(Math.max(retryAfterMs, 0), 3_600_000);
