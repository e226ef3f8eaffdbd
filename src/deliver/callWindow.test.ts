import { describe, expect, it } from 'vitest';
import { createCallWindow } from './callWindow.ts';

const minute = 60_000;
const hour = 60 * minute;
const slack = 2_000;

describe('a window of calls', () => {
  it('of an hour is counted by minutes, of a minute by seconds', () => {
    const [long, short] = [createCallWindow(hour), createCallWindow(minute)];
    for (const window of [long, short]) window.add(90_500, 1);
    expect(long.takeUnsaved()).toEqual([{ at: minute, calls: 1 }]);
    expect(short.takeUnsaved()).toEqual([{ at: 90_000, calls: 1 }]);
  });

  it('forgets a span when its last call has left, with a little slack', () => {
    const window = createCallWindow(minute);
    window.add(500, 2);
    window.add(1_000, 3);
    expect(window.reliefAt(2_000)).toBe(minute + 1_000 + slack);
    expect([window.used(minute + 1_000 + slack - 1), window.used(minute + 1_000 + slack)]).toEqual([5, 3]);
    expect(window.used(minute + 2_000 + slack)).toBe(0);
    expect(window.reliefAt(minute + 2_000 + slack)).toBeUndefined();
  });

  it('that the PSA counts over a shorter time never counts a call for less than that', () => {
    const window = createCallWindow(hour);
    window.add(59_000, 4);
    window.resize(minute);
    expect([window.used(59_000 + minute), window.takeUnsaved()]).toEqual([4, [{ at: 59_000, calls: 4 }]]);
    expect(window.used(2 * minute + slack)).toBe(0);
  });

  it('that the PSA counts over a longer time keeps its calls longer', () => {
    const window = createCallWindow(minute);
    window.add(30_000, 1);
    window.resize(hour);
    expect([window.used(hour), window.used(hour + minute + slack)]).toEqual([1, 0]);
  });

  it('knows how much is not flushed', () => {
    const window = createCallWindow(hour);
    window.add(0, 2);
    window.add(minute, 1);
    expect(window.unsaved()).toBe(3);
    window.putBack(window.takeUnsaved());
    expect(window.unsaved()).toBe(3);
    window.takeUnsaved();
    expect([window.unsaved(), window.used(minute)]).toEqual([0, 3]);
  });

  it('read anew is what the database has and what is not flushed', () => {
    const window = createCallWindow(hour);
    window.add(0, 2);
    window.takeUnsaved();
    window.add(0, 1);
    window.replace([{ at: 30_000, calls: 7 }]);
    expect(window.used(0)).toBe(8);
  });
});
