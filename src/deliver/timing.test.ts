import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Limits } from '../psa/contract.ts';
import { askedWait, backOff, nextLook, type Timing, timingOf } from './timing.ts';

const limits = { settleMs: 420_000, deadlineMs: 60_000, permitMs: 5_000, searchLagMs: 10_000 } as Limits;
const usual: Timing = timingOf(limits);

describe('the timing of a connection', () => {
  it('is what its adapter declares', () => {
    expect(usual).toEqual({ settleMs: 420_000, deadlineMs: 60_000, permitMs: 5_000, searchLagMs: 10_000 });
  });

  it.each([
    [1_000, { settleMs: 1_000, deadlineMs: 250, permitMs: 250, searchLagMs: 250 }],
    [32_000, { settleMs: 32_000, deadlineMs: 8_000, permitMs: 5_000, searchLagMs: 8_000 }],
    [600_000, { settleMs: 600_000, deadlineMs: 60_000, permitMs: 5_000, searchLagMs: 10_000 }],
  ])('with a settle window of %i ms its parts are at most a quarter of it', (settleMs, expected) => {
    expect(timingOf(limits, settleMs)).toEqual(expected);
  });

  it('always leaves the window longer than permit, deadline and lag together', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (settleMs) => {
        const timing = timingOf(limits, settleMs);
        expect(timing.permitMs + timing.deadlineMs + timing.searchLagMs).toBeLessThan(timing.settleMs);
      }),
    );
  });
});

describe('the next look', () => {
  it.each([
    [0, 5_000],
    [4_999, 5_000],
    [5_000, 20_000],
    [20_000, 60_000],
    [60_000, 120_000],
    [120_000, 240_000],
    [240_000, 420_000],
    [419_999, 420_000],
    [420_000, 430_000],
    [431_000, 441_000],
    [10_000_000, 10_010_000],
  ])('%i ms after the start it is at %i ms', (now, expected) => {
    expect(nextLook(1_000, 1_000 + now, usual)).toBe(1_000 + expected);
  });

  it('shrinks with the window, so that a test need not wait', () => {
    const short = timingOf(limits, 4_200);
    expect(nextLook(0, 0, short)).toBe(50);
    expect(nextLook(0, 2_400, short)).toBe(4_200);
    expect(nextLook(0, 4_200, short)).toBe(5_250);
  });

  it('never comes earlier with a longer window than declared', () => {
    const long = timingOf(limits, 4_200_000);
    expect(nextLook(0, 0, long)).toBe(5_000);
    expect(nextLook(0, 240_000, long)).toBe(4_200_000);
  });

  it('lies ahead, and none counts before the window is over unless it is at its end', () => {
    const times = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(times, times, fc.integer({ min: 1, max: 1_000_000 }), (startedAt, passed, settleMs) => {
        const timing = timingOf(limits, settleMs);
        const now = startedAt + passed;
        const at = nextLook(startedAt, now, timing);
        expect(at).toBeGreaterThan(now);
        // A look is made at the very end of the window, not somewhere behind it.
        if (now < startedAt + settleMs) expect(at).toBeLessThanOrEqual(startedAt + settleMs);
        else expect(at - now).toBeGreaterThanOrEqual(timing.searchLagMs);
      }),
    );
  });

  it('is never at once, even where nothing stays hidden', () => {
    expect(nextLook(0, 500_000, { ...usual, searchLagMs: 0 })).toBe(500_001);
  });
});

describe('the wait after failures', () => {
  it.each([
    [1, 30_000],
    [2, 60_000],
    [3, 120_000],
    [4, 240_000],
    [5, 480_000],
    [6, 900_000],
    [7, 900_000],
    [1_000, 900_000],
    [0, 30_000],
  ])('after %i in a row it is %i ms', (failures, expected) => {
    expect(backOff(failures, 0.5, usual)).toBe(expected);
  });

  it('is spread by a fifth either way', () => {
    expect(backOff(1, 0, usual)).toBe(24_000);
    expect(backOff(1, 0.999_999, usual)).toBeCloseTo(36_000, 0);
  });

  it('shrinks with the settle window, and does not grow with it', () => {
    expect(backOff(1, 0.5, timingOf(limits, 42_000))).toBe(3_000);
    expect(backOff(1, 0.5, timingOf(limits, 4_200_000))).toBe(30_000);
  });
});

describe('the wait that a PSA asks for', () => {
  it.each([
    [7_000, 7_000],
    [0, 0],
    [-1, 0],
    [3_600_000, 3_600_000],
    [3_600_001, 3_600_000],
    [Number.MAX_SAFE_INTEGER, 3_600_000],
    [Number.POSITIVE_INFINITY, 3_600_000],
  ])('%d ms is taken as %d ms: an hour at most (promise P8)', (asked, expected) => {
    expect(askedWait(asked)).toBe(expected);
  });
});
