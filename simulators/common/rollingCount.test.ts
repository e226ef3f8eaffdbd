import { describe, expect, it } from 'vitest';
import { RollingCount } from './rollingCount.ts';

describe('a rolling count', () => {
  it('forgets each event when its second has left the window', () => {
    const count = new RollingCount(60);
    count.add(1_000_000, 2);
    count.add(1_030_000);
    expect(count.total(1_059_999)).toBe(3);
    expect(count.total(1_060_000)).toBe(1);
    expect(count.total(1_089_000)).toBe(1);
    expect(count.total(1_090_000)).toBe(0);
  });

  it('counts a part of its window', () => {
    const count = new RollingCount(3_600);
    count.add(7_200_000, 2);
    count.add(7_230_000);
    expect([count.total(7_259_999, 60), count.total(7_260_000, 60), count.total(7_260_000)]).toEqual([
      3, 1, 3,
    ]);
    expect(count.total(7_290_000, 60)).toBe(0);
  });

  it('is right after a long silence', () => {
    const count = new RollingCount(60);
    count.add(1_000_000, 5);
    expect(count.total(9_000_000)).toBe(0);
    count.add(9_000_000);
    expect(count.total(9_000_000)).toBe(1);
  });

  it('takes events of the past that are in the window, and no older ones', () => {
    const count = new RollingCount(60);
    count.add(1_100_000);
    count.add(1_050_000);
    count.add(1_040_000);
    expect(count.total(1_100_000)).toBe(2);
  });

  it('agrees with counting one by one', () => {
    const count = new RollingCount(7);
    const times: number[] = [];
    for (let at = 0, nowMs = 0; at < 500; at += 1) {
      nowMs += (at * 7919) % 2300;
      count.add(nowMs);
      times.push(Math.floor(nowMs / 1000));
      const expected = times.filter((second) => second > Math.floor(nowMs / 1000) - 7).length;
      expect(count.total(nowMs)).toBe(expected);
    }
  });
});
