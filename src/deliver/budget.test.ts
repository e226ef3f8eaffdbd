import { describe, expect, it } from 'vitest';
import { allowedCalls, allowedInLane, paceMs, type Quota } from './budget.ts';

const hour = 3_600_000;
const quota = (more: Partial<Quota> = {}): Quota => ({
  calls: 10_000,
  windowMs: hour,
  others: 0,
  share: 0.5,
  ...more,
});

describe('what is allowed', () => {
  it.each([
    ['our share', {}, 5_000],
    ['our share, while others leave it to us', { others: 5_000 }, 5_000],
    ['what others leave', { others: 7_000 }, 3_000],
    ['nothing', { others: 10_000 }, 0],
    ['nothing, above the vendor’s own limit', { others: 12_000 }, 0],
    ['a share that floating point does not hold exactly', { calls: 100, share: 0.29 }, 29],
    ['all of it', { share: 1 }, 10_000],
  ])('is %s', (_, more, allowed) => {
    expect(allowedCalls(quota(more))).toBe(allowed);
  });

  it.each([
    ['all but a tenth of our share', {}, 4_500],
    ['all but the same number, when others leave less', { others: 7_000 }, 2_500],
    ['half of what is left, when that is little', { others: 9_600 }, 200],
    ['nothing, when nothing is left', { others: 10_000 }, 0],
    ['all of a quota too small to divide', { calls: 6 }, 3],
  ])('for alerts that are not critical is %s', (_, more, allowed) => {
    expect([allowedInLane(0, quota(more)), allowedInLane(1, quota(more))]).toEqual([allowed, allowed]);
    expect(allowedInLane(2, quota(more))).toBe(allowedCalls(quota(more)));
  });
});

describe('the pace', () => {
  const pace = (more: Partial<Quota>, used: number, lane = 0, reliefInMs: number | undefined = hour / 2) =>
    paceMs(lane, quota(more), { used, reliefInMs, slowsFrom: 0.5 });

  it.each([
    ['free, while little is used', {}, 3_599, 0],
    ['the rest of the window for the rest of the calls, when most are used', {}, 3_600, hour / 2 / 900],
    ['free, below the vendor’s threshold', { others: 4_000 }, 499, 0],
    ['spread before the vendor slows its answers', { others: 4_000 }, 500, hour / 2 / 4_000],
    ['spread where others have passed the threshold', { others: 8_000 }, 10, hour / 2 / 1_490],
    ['no question when nothing is left', {}, 4_500, 0],
  ])('is %s', (_, more, used, ms) => {
    expect(pace(more, used)).toBeCloseTo(ms, 6);
  });

  it('counts from now when we have made no call yet', () => {
    expect(paceMs(0, quota({ others: 6_000 }), { used: 0, reliefInMs: undefined, slowsFrom: 0.5 })).toBe(
      hour / 3_500,
    );
  });

  it('is free for critical alerts', () => {
    expect(pace({ others: 8_000 }, 1_000, 2)).toBe(0);
  });

  it('knows no threshold of a vendor that has none', () => {
    const use = { used: 10, reliefInMs: hour, slowsFrom: undefined };
    expect(paceMs(0, quota({ others: 6_000 }), use)).toBe(0);
  });

  it('lets the calls that are left last until others come back', () => {
    let used = 4_000;
    let now = 0;
    while (used < 4_500) {
      now += pace({}, used, 0, hour - now);
      used += 1;
    }
    expect(now).toBeGreaterThan(hour * 0.99);
    expect(now).toBeLessThanOrEqual(hour + 1);
  });
});
