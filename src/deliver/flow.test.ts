import { describe, expect, it } from 'vitest';
import type { Limits, Outcome, RefusalReason } from '../psa/contract.ts';
import { createSlots, type QueueingSlots } from '../psa/http.ts';
import { createFlow, type Flow } from './flow.ts';
import { timingOf } from './timing.ts';

const minute = 60_000;
const hour = 60 * minute;
const limits = {
  window: { calls: 100, perMs: hour },
  share: 0.5,
  parallel: { perEndpoint: 3, total: 6, writes: 'Tickets' },
  settleMs: 420_000,
  deadlineMs: 60_000,
  permitMs: 5_000,
  searchLagMs: 10_000,
} as Limits;

interface Bench {
  flow: Flow;
  slots: QueueingSlots;
  /** Calls made at once. */
  call(now: number, count?: number): void;
  answer(outcome: Outcome, now: number): void;
}

function open({ asksUsage = false, more = {} as Partial<Limits> } = {}): Bench {
  const declared = { ...limits, ...more };
  const { perEndpoint, total } = declared.parallel;
  const slots = createSlots(perEndpoint, total);
  const flow = createFlow({ limits: declared, slots, timing: timingOf(declared), asksUsage });
  return {
    flow,
    slots,
    call(now, count = 1) {
      for (let n = 0; n < count; n++) flow.called(now);
    },
    answer: (outcome, now) => flow.answered(outcome, now, 0.5),
  };
}

/** One whose first call has succeeded. */
function opened(options: Parameters<typeof open>[0] = {}): Bench {
  const bench = open(options);
  bench.answer(done, 0);
  return bench;
}

const done: Outcome = { kind: 'done', receipt: { ref: '1' } };
const unclear: Outcome = { kind: 'uncertain', evidence: '?' };
const refused = (reason: RefusalReason, retryAfterMs?: number): Outcome => ({
  kind: 'refused',
  reason,
  text: 'no',
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

describe('how many writes may begin (promise P8)', () => {
  it('one at first, and none beside it', () => {
    const { flow, slots } = open();
    expect(flow.mayBegin(0)).toBe(1);
    const giveBack = slots.tryTake('Tickets');
    expect(flow.mayBegin(0)).toBe(0);
    giveBack?.();
    expect(flow.mayBegin(0)).toBe(1);
  });

  it('as many as slots are free, after the first has succeeded', () => {
    const { flow, slots } = opened();
    expect(flow.mayBegin(0)).toBe(3);
    slots.tryTake('Tickets');
    expect(flow.mayBegin(0)).toBe(2);
    for (let n = 0; n < 3; n++) slots.tryTake('Companies');
    expect(flow.mayBegin(0)).toBe(2);
    slots.tryTake('Contacts');
    expect(flow.mayBegin(0)).toBe(1);
  });

  it.each(['invalid', 'notFound'] as const)(
    'a refusal of one input (%s) shows a PSA that works',
    (reason) => {
      const { flow, answer } = open();
      answer(refused(reason), 0);
      expect(flow.mayBegin(0)).toBe(3);
      expect(flow.opensAt(0)).toBeUndefined();
    },
  );
});

describe('the budget', () => {
  it('is the declared share of the declared window', () => {
    const { flow, call } = opened();
    call(0, 48);
    expect(flow.budget(0)).toEqual({ used: 48, allowed: 50, windowMs: hour });
    expect(flow.mayBegin(0)).toBe(2);
    call(0, 2);
    expect([flow.mayBegin(0), flow.opensAt(0)]).toEqual([0, hour + minute]);
    call(0, 5);
    expect(flow.mayBegin(0)).toBe(0);
  });

  it('is the same share of what the PSA says, as soon as it says', () => {
    const { flow, call } = opened({ asksUsage: true });
    flow.learnUsage({ used: 0, allowed: 9, windowMs: 10 * minute }, 0);
    call(0, 3);
    expect(flow.budget(0)).toEqual({ used: 3, allowed: 4, windowMs: 10 * minute });
    expect(flow.mayBegin(0)).toBe(1);
    call(0);
    expect([flow.mayBegin(0), flow.opensAt(0)]).toEqual([0, 11 * minute]);
  });

  it('forgets a minute when the whole of it has left the window, and not before', () => {
    const { flow, call } = opened();
    call(30_000, 30);
    call(90_000, 20);
    expect(flow.mayBegin(hour)).toBe(0);
    // The first minute ended at 1:00; calls of its last moment count for an hour.
    expect(flow.mayBegin(hour + minute - 1)).toBe(0);
    expect([flow.mayBegin(hour + minute), flow.budget(hour + minute).used]).toEqual([3, 20]);
    expect(flow.budget(hour + 2 * minute).used).toBe(0);
  });

  it('never lets more calls into any hour than allowed', () => {
    const { flow } = opened();
    const times: number[] = [];
    for (let now = 0; now < 5 * hour; now += 7_000) {
      if (flow.mayBegin(now) === 0) continue;
      flow.called(now);
      times.push(now);
    }
    for (const [n, at] of times.entries()) {
      expect(times.slice(n).filter((later) => later < at + hour).length).toBeLessThanOrEqual(50);
    }
    // And yet it is used: at least four fifths of five hours' worth.
    expect(times.length).toBeGreaterThanOrEqual(200);
  });

  it('goes on after a restart with the calls of earlier processes', () => {
    const { flow, call } = opened();
    flow.setWindow([
      { minute: 0, calls: 20 },
      { minute: 2 * minute, calls: 28 },
    ]);
    call(2 * minute);
    expect(flow.budget(3 * minute).used).toBe(49);
    expect(flow.mayBegin(3 * minute)).toBe(1);
    expect(flow.budget(hour + minute).used).toBe(29);
  });

  it('hands each call over once, by minute; what was restored is not handed over again', () => {
    const { flow, call } = opened();
    flow.setWindow([{ minute: 0, calls: 20 }]);
    call(10, 2);
    call(minute, 3);
    expect(flow.takeCounts()).toEqual([
      { minute: 0, calls: 2 },
      { minute, calls: 3 },
    ]);
    expect(flow.takeCounts()).toEqual([]);
    call(minute + 1);
    expect(flow.takeCounts()).toEqual([{ minute, calls: 1 }]);
    expect(flow.budget(minute).used).toBe(26);
  });
});

describe('what the PSA says of its window', () => {
  it('is asked for before the first write, which waits for it', () => {
    const { flow } = open({ asksUsage: true });
    expect([flow.wantsUsage(0), flow.mayBegin(0)]).toEqual([true, 0]);
    flow.learnUsage({ used: 0, allowed: 100, windowMs: hour }, 0);
    expect([flow.wantsUsage(0), flow.mayBegin(0)]).toEqual([false, 1]);
  });

  it('is asked for again after five minutes', () => {
    const { flow } = open({ asksUsage: true });
    flow.learnUsage({ used: 0, allowed: 100, windowMs: hour }, 0);
    expect([flow.wantsUsage(5 * minute - 1), flow.wantsUsage(5 * minute)]).toEqual([false, true]);
    expect(flow.mayBegin(5 * minute)).toBe(1);
  });

  it('is never asked for where the PSA cannot say', () => {
    const { flow } = open();
    expect([flow.wantsUsage(0), flow.wantsUsage(24 * hour)]).toEqual([false, false]);
  });

  it('is not asked for while the connection rests', () => {
    const { flow, answer } = open({ asksUsage: true });
    answer(refused('rateLimited', 10_000), 0);
    expect([flow.wantsUsage(9_999), flow.wantsUsage(10_000)]).toEqual([false, true]);
  });
});

describe('rest', () => {
  it.each([
    [7_000, 7_000],
    [0, 0],
    [-1, 0],
    [99_999_999_000, hour],
  ])('asked for by Retry-After of %i ms lasts %i ms (promise D4)', (asked, rests) => {
    const { flow, answer } = opened();
    answer(refused('rateLimited', asked), 1_000);
    if (rests > 0) {
      expect(flow.mayBegin(1_000 + rests - 1)).toBe(0);
      expect(flow.opensAt(1_000)).toBe(1_000 + rests);
    }
    expect(flow.mayBegin(1_000 + rests)).toBe(1);
  });

  it.each([
    ['an unclear answer', unclear, 5],
    ['a PSA that cannot be reached', refused('network'), 5],
    ['a time-out', refused('timeout'), 5],
    ['an error of the server', refused('serverError'), 5],
    ['too many calls, without a time', refused('rateLimited'), 30],
  ])('after %s is short at first, then one call alone', (_name, outcome, seconds) => {
    const { flow, answer } = opened();
    answer(outcome, 0);
    expect([flow.mayBegin(seconds * 1_000 - 1), flow.opensAt(0)]).toEqual([0, seconds * 1_000]);
    expect(flow.mayRead(seconds * 1_000 - 1)).toBe(false);
    expect(flow.mayBegin(seconds * 1_000)).toBe(1);
  });

  it('after a refused login has no end until the credentials are renewed (promise P8)', () => {
    const { flow, answer } = opened();
    answer(refused('auth'), 0);
    expect([flow.isStopped(), flow.mayBegin(hour), flow.mayRead(hour), flow.opensAt(0)]).toEqual([
      true,
      0,
      false,
      undefined,
    ]);
    flow.renewed();
    expect([flow.isStopped(), flow.mayBegin(hour), flow.mayRead(hour)]).toEqual([false, 1, true]);
  });

  it.each([
    ['a PSA that is away is probed at least every 45 s (promise P9)', unclear, [5, 10, 20, 40, 45, 45, 45]],
    ['a busy one is left alone longer each time', refused('rateLimited'), [30, 60, 120, 240, 480, 900, 900]],
  ])('%s; a success ends the row', (_name, outcome, seconds) => {
    const { flow, answer } = opened();
    const rests: number[] = [];
    let now = 0;
    for (let n = 0; n < 7; n++) {
      answer(outcome, now);
      rests.push(((flow.opensAt(now) ?? 0) - now) / 1_000);
      now = flow.opensAt(now) ?? now;
    }
    expect(rests).toEqual(seconds);
    answer(done, now);
    expect(flow.mayBegin(now)).toBe(3);
    answer(outcome, now);
    expect((flow.opensAt(now) ?? 0) - now).toBe((seconds[0] ?? 0) * 1_000);
  });

  it('is not cut short by a call that fails with less to wait', () => {
    const { flow, answer } = opened();
    answer(refused('rateLimited', 60_000), 0);
    answer(refused('rateLimited', 1_000), 0);
    expect(flow.opensAt(0)).toBe(60_000);
  });

  it('is not ended by the success of a call that was under way', () => {
    const { flow, answer } = opened();
    answer(refused('rateLimited', 60_000), 0);
    answer(done, 1_000);
    expect(flow.mayBegin(1_000)).toBe(0);
  });
});

describe('a window that other tools use too (promises J-21)', () => {
  it('leaves us no more than what they have left of it', () => {
    const { flow } = opened();
    flow.learnUsage({ used: 9_990, allowed: 10_000, windowMs: hour }, 0);
    expect(flow.budget(0).allowed).toBe(10);
    flow.learnUsage({ used: 10_000, allowed: 10_000, windowMs: hour }, 0);
    expect(flow.mayBegin(0)).toBe(0);
  });

  it('counts the calls of other processes, and our own once', () => {
    const { flow } = opened();
    flow.called(0);
    flow.setWindow([{ minute: 0, calls: 5 }]);
    expect(flow.budget(0).used).toBe(6);
    flow.putBack(flow.takeCounts());
    flow.setWindow([{ minute: 0, calls: 5 }]);
    expect(flow.budget(0).used).toBe(6);
  });
});
