import { describe, expect, it } from 'vitest';
import { createStateRefresh } from './stateRefresh.ts';

const minute = 60_000;
const ticket = (n: number) => ({ groupId: `g${n}`, ref: `${n}` });
const refs = (tickets: readonly { ref: string }[]) => tickets.map(({ ref }) => ref);

describe('a read of ticket states', () => {
  it('takes along the aged states of tickets that were written to lately, the latest first', () => {
    const refresh = createStateRefresh();
    for (const n of [1, 2, 3]) refresh.wrote(ticket(n), n * 1_000);
    refresh.wrote(ticket(4), 3 * minute);
    expect(refs(refresh.fillUp([ticket(9)], 4 * minute))).toEqual(['9', '3', '2', '1']);
  });

  it('asks for no ticket twice, and for 200 at most', () => {
    const refresh = createStateRefresh();
    for (let n = 0; n < 500; n += 1) refresh.wrote(ticket(n), 0);
    const asked = refs(refresh.fillUp([ticket(499), ticket(7)], 4 * minute));
    expect(asked).toHaveLength(200);
    expect(new Set(asked).size).toBe(200);
    expect(asked.slice(0, 2)).toEqual(['499', '7']);
  });

  it('leaves out what was read lately or not written to for an hour', () => {
    const refresh = createStateRefresh();
    refresh.wrote(ticket(1), 0);
    refresh.wrote(ticket(2), 0);
    refresh.read([ticket(2)], 3 * minute);
    expect(refs(refresh.fillUp([], 4 * minute))).toEqual(['1']);
    expect(refresh.fillUp([], 61 * minute)).toEqual([]);
  });

  it('of an earlier ticket of a group says nothing of its newest', () => {
    const refresh = createStateRefresh();
    refresh.wrote({ groupId: 'g1', ref: '2' }, 0);
    refresh.read([{ groupId: 'g1', ref: '1' }], 4 * minute);
    expect(refs(refresh.fillUp([], 4 * minute))).toEqual(['2']);
  });
});

describe('a read that nobody waits for', () => {
  it('is made before states are too old, once ten writes have earned it', () => {
    const refresh = createStateRefresh();
    for (let n = 0; n < 9; n += 1) refresh.wrote(ticket(n), 0);
    expect(refresh.isDue(4 * minute)).toBe(false);
    refresh.wrote(ticket(9), 0);
    expect(refresh.isDue(minute)).toBe(false);
    expect(refresh.isDue(4 * minute)).toBe(true);
    expect(refresh.isDue(4 * minute)).toBe(false);
  });

  it('costs at most a tenth of the writes, however long it goes on', () => {
    const refresh = createStateRefresh();
    let reads = 0;
    for (let second = 0; second < 3_600; second += 1) {
      const now = second * 1_000;
      refresh.wrote(ticket(second % 50), now);
      if (!refresh.isDue(now)) continue;
      reads += 1;
      refresh.read(refresh.fillUp([], now), now);
    }
    expect(reads).toBeGreaterThan(5);
    expect(reads).toBeLessThanOrEqual(360);
  });

  it('remembers a bounded number of tickets', () => {
    const refresh = createStateRefresh();
    for (let n = 0; n < 5_000; n += 1) refresh.wrote(ticket(n), n);
    let known = 0;
    for (let turn = 0; turn < 30; turn += 1) {
      const asked = refresh.fillUp([], 4 * minute);
      known += asked.length;
      refresh.read(asked, 4 * minute);
    }
    expect(known).toBeLessThanOrEqual(2_000);
  });
});
