import { describe, expect, it } from 'vitest';
import type { Limits, Outcome, RefusalReason } from '../psa/contract.ts';
import { createSlots, type QueueingSlots } from '../psa/http.ts';
import { createFlow, type Flow } from './flow.ts';
import { timingOf } from './timing.ts';

const minute = 60_000;
const hour = 60 * minute;
/** A call counts for so long after its window: it arrives a little after it was counted. */
const slack = 2_000;
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
    expect(flow.budget(0)).toMatchObject({ used: 48, allowed: 50, calls: 100, share: 0.5, windowMs: hour });
    expect(flow.mayBegin(0)).toBe(2);
    call(0, 2);
    expect([flow.mayBegin(0), flow.opensAt(0)]).toEqual([0, hour + minute + slack]);
    call(0, 5);
    expect(flow.mayBegin(0)).toBe(0);
  });

  it('is the same share of what the PSA says, as soon as it says', () => {
    const { flow, call } = opened({ asksUsage: true });
    flow.learnUsage({ used: 0, allowed: 9, windowMs: 10 * minute }, 0);
    call(0, 3);
    expect(flow.budget(0)).toMatchObject({ used: 3, allowed: 4, calls: 9, windowMs: 10 * minute });
    expect(flow.mayBegin(0)).toBe(1);
    call(0);
    expect([flow.mayBegin(0), flow.opensAt(0)]).toEqual([0, 10 * minute + 10_000 + slack]);
  });

  it('forgets a minute when the whole of it has left the window, and not before', () => {
    const { flow, call } = opened();
    call(30_000, 30);
    call(90_000, 20);
    expect(flow.mayBegin(hour)).toBe(0);
    // The first minute ended at 1:00; calls of its last moment count for an hour.
    expect(flow.mayBegin(hour + minute + slack - 1)).toBe(0);
    expect([flow.mayBegin(hour + minute + slack), flow.budget(hour + minute + slack).used]).toEqual([3, 20]);
    expect(flow.budget(hour + 2 * minute + slack).used).toBe(0);
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
      { at: 0, calls: 20 },
      { at: 2 * minute, calls: 28 },
    ]);
    call(2 * minute);
    expect(flow.budget(3 * minute).used).toBe(49);
    expect(flow.mayBegin(3 * minute)).toBe(1);
    expect(flow.budget(hour + minute + slack).used).toBe(29);
  });

  it('hands each call over once, by minute; what was restored is not handed over again', () => {
    const { flow, call } = opened();
    flow.setWindow([{ at: 0, calls: 20 }]);
    call(10, 2);
    call(minute, 3);
    expect(flow.takeCounts()).toEqual([
      { at: 0, calls: 2 },
      { at: minute, calls: 3 },
    ]);
    expect(flow.takeCounts()).toEqual([]);
    call(minute + 1);
    expect(flow.takeCounts()).toEqual([{ at: minute, calls: 1 }]);
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
    flow.learnUsage({ used: 0, allowed: 10_000, windowMs: hour }, 0);
    expect([flow.wantsUsage(5 * minute - 1), flow.wantsUsage(5 * minute)]).toEqual([false, true]);
    expect(flow.mayBegin(5 * minute)).toBe(1);
  });

  it('is asked for less often when that would cost more than a twentieth of the budget', () => {
    const { flow } = open({ asksUsage: true });
    flow.learnUsage({ used: 0, allowed: 200, windowMs: minute }, 0);
    // 100 calls a minute are ours: five of them may be questions.
    expect([flow.wantsUsage(11_999), flow.wantsUsage(12_000)]).toEqual([false, true]);
  });

  it('is not asked for while our own calls are used up: that ends without asking', () => {
    const { flow, call } = opened({ asksUsage: true });
    flow.learnUsage({ used: 0, allowed: 100, windowMs: hour }, 0);
    call(0, 50);
    expect([flow.wantsUsage(hour), flow.waiting(0)?.for]).toEqual([false, 'ownShare']);
    expect(flow.wantsUsage(hour + minute + slack)).toBe(true);
  });

  it('is never asked for where the PSA cannot say', () => {
    const { flow } = open();
    expect([flow.wantsUsage(0), flow.wantsUsage(24 * hour)]).toEqual([false, false]);
  });

  it('is not asked for while the connection rests', () => {
    const { flow, answer } = open({ asksUsage: true });
    answer(refused('rateLimited', 10_000), 0);
    expect([flow.wantsUsage(10_349), flow.wantsUsage(10_350)]).toEqual([false, true]);
  });
});

describe('rest', () => {
  it.each([
    [7_000, 7_000],
    [0, 0],
    [-1, 0],
    [99_999_999_000, hour],
  ])(
    'asked for by Retry-After of %i ms lasts %i ms and half a second at the most (promise D4)',
    (asked, rests) => {
      for (const [random, moreMs] of [
        [0, 200],
        [1, 500],
      ] as const) {
        const { flow } = opened();
        flow.answered(refused('rateLimited', asked), 1_000, random);
        const until = 1_000 + rests + moreMs;
        expect(flow.opensAt(1_000)).toBe(until);
        expect([flow.mayBegin(until - 1), flow.mayBegin(until)]).toEqual([0, 1]);
      }
    },
  );

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

  it.each([0, 0.999])(
    'after "too many calls" without a time is spread, and at most 15 minutes (D4)',
    (random) => {
      const { flow } = opened();
      let now = 0;
      for (let n = 0; n < 9; n++) {
        flow.answered(refused('rateLimited'), now, random);
        const seconds = ((flow.opensAt(now) ?? 0) - now) / 1_000;
        expect(seconds).toBeGreaterThanOrEqual(Math.min(24 * 2 ** n, 720));
        expect(seconds).toBeLessThanOrEqual(Math.min(36 * 2 ** n, 900));
        now = flow.opensAt(now) ?? now;
      }
    },
  );

  it('is not made longer by calls that were under way and fail too', () => {
    const { flow, answer } = opened();
    for (let n = 0; n < 3; n++) answer(unclear, 0);
    expect(flow.opensAt(0)).toBe(5_000);
    answer(unclear, 5_000);
    expect(flow.opensAt(5_000)).toBe(15_000);
  });

  it('is not cut short by a call that fails with less to wait', () => {
    const { flow, answer } = opened();
    answer(refused('rateLimited', 60_000), 0);
    answer(refused('rateLimited', 1_000), 0);
    expect(flow.opensAt(0)).toBe(60_350);
  });

  it('is not ended by the success of a call that was under way', () => {
    const { flow, answer } = opened();
    answer(refused('rateLimited', 60_000), 0);
    answer(done, 1_000);
    expect(flow.mayBegin(1_000)).toBe(0);
  });
});

describe('a window that other tools use too (promises J-21)', () => {
  const used = (count: number) => ({ used: count, allowed: 10_000, windowMs: hour });

  it('leaves us no more than what they have left of it', () => {
    const { flow } = opened();
    flow.learnUsage(used(9_990), 0);
    expect(flow.budget(0)).toMatchObject({ allowed: 10, others: 9_990, toldAt: 0 });
    flow.learnUsage(used(10_000), 0);
    expect(flow.mayBegin(0)).toBe(0);
  });

  it('that they have used up is asked about again every minute, until it is free', () => {
    const { flow } = opened({ asksUsage: true });
    flow.learnUsage(used(10_000), 0);
    expect([flow.waiting(0), flow.opensAt(0)]).toEqual([{ for: 'otherTools', until: minute }, minute]);
    expect([flow.wantsUsage(minute - 1), flow.wantsUsage(minute)]).toEqual([false, true]);
    flow.learnUsage(used(4_000), minute);
    expect([flow.mayBegin(minute), flow.waiting(minute)]).toEqual([3, undefined]);
  });

  it('counts the calls of other processes, and our own once', () => {
    const { flow } = opened();
    flow.called(0);
    flow.setWindow([{ at: 0, calls: 5 }]);
    expect(flow.budget(0).used).toBe(6);
    flow.putBack(flow.takeCounts());
    flow.setWindow([{ at: 0, calls: 5 }]);
    expect(flow.budget(0).used).toBe(6);
  });

  it('is known to the next process before the PSA has said anything', () => {
    const { flow } = opened({ asksUsage: true });
    flow.recall({ calls: 100, windowMs: minute }, 0);
    flow.setWindow([{ at: 0, calls: 50 }]);
    expect([flow.wantsUsage(0), flow.mayBegin(0), flow.opensAt(0)]).toEqual([
      false,
      0,
      minute + 1_000 + slack,
    ]);
  });
});

describe('a worker that takes over', () => {
  it('takes it that a few calls were made that nobody has stored, until the PSA tells', () => {
    const { flow } = opened({ asksUsage: true });
    flow.recall({ calls: 200, windowMs: minute }, 0);
    flow.setWindow([{ at: 0, calls: 80 }]);
    // A fiftieth that was not flushed yet, and as many as can be under way at once: eight.
    flow.doWithoutUsage(0);
    expect([flow.mayBegin(0), flow.budget(0).used]).toEqual([3, 80]);
    flow.setWindow([{ at: 0, calls: 92 }]);
    expect([flow.mayBegin(0), flow.waiting(0)?.for]).toEqual([0, 'ownShare']);
    flow.learnUsage({ used: 93, allowed: 200, windowMs: minute }, 0);
    expect(flow.mayBegin(0)).toBe(3);
  });

  it('asks for a flush before it has made many calls', () => {
    const { flow, call } = opened({ more: { window: { calls: 1_000, perMs: hour } } });
    call(0, 9);
    expect(flow.hasManyUnsaved()).toBe(false);
    call(0);
    expect(flow.hasManyUnsaved()).toBe(true);
    flow.takeCounts();
    expect(flow.hasManyUnsaved()).toBe(false);
  });
});

describe('lanes', () => {
  it('leave the last tenth of the share to critical alerts (promises J-21)', () => {
    const { flow, call } = opened();
    call(0, 44);
    expect([flow.mayBegin(hour, 0), flow.mayRead(0)]).toEqual([1, true]);
    call(0);
    expect([flow.mayBegin(0, 0), flow.mayBegin(0, 1), flow.mayRead(0)]).toEqual([0, 0, false]);
    expect([flow.mayBegin(0, 2), flow.mayRead(0, 2)]).toEqual([3, true]);
    expect(flow.waiting(0)).toEqual({ for: 'reserve', until: hour + minute + slack });
    call(0, 5);
    expect([flow.mayBegin(0, 2), flow.mayRead(0, 2)]).toEqual([0, false]);
  });

  it('of others are spread when little is left; critical alerts are not', () => {
    const { flow, call, slots } = opened();
    call(0, 36);
    // Nine are left for an hour and a minute.
    const interval = (hour + minute + slack) / 9;
    expect([flow.mayBegin(0, 0), flow.mayBegin(0, 2), flow.opensAt(0)]).toEqual([0, 3, interval]);
    expect([flow.budget(0).isSpread, flow.waiting(0)]).toEqual([true, { for: 'spread', until: interval }]);
    expect(flow.mayBegin(interval + 1, 0)).toBe(1);
    slots.tryTake('Tickets');
    expect(flow.mayBegin(interval + 1, 0)).toBe(0);
  });

  it('never use more than the share in any minute, and nearly all of it when there is work (promise D3)', () => {
    const { flow } = opened({ more: { window: { calls: 200, perMs: minute } } });
    const times: number[] = [];
    for (let now = 0; now < 30 * minute; now += 100) {
      if (flow.mayBegin(now, 0) === 0) continue;
      flow.called(now);
      times.push(now);
    }
    const inMinuteFrom = (at: number) => times.filter((time) => time >= at && time < at + minute).length;
    expect(Math.max(...times.map(inMinuteFrom))).toBeLessThanOrEqual(100);
    expect(times.length / 30).toBeGreaterThanOrEqual(80);
  });
});

describe('the share', () => {
  it('can be changed at any time', () => {
    const { flow, call } = opened();
    call(0, 50);
    expect(flow.mayBegin(0)).toBe(0);
    flow.setShare(0.6);
    expect([flow.mayBegin(0), flow.budget(0).allowed]).toEqual([3, 60]);
    flow.setShare(0.29);
    expect([flow.mayBegin(0), flow.budget(0).allowed]).toEqual([0, 29]);
  });
});

describe('credentials that the PSA has not taken yet (promise D5)', () => {
  it('are tried with one call at a time, and known by the first that succeeds', () => {
    const { flow } = open();
    expect(flow.isProven()).toBe(false);
    flow.heard(500, 0);
    expect(flow.isProven()).toBe(false);
    flow.heard(200, 1);
    expect(flow.isProven()).toBe(true);
    flow.renewed();
    expect(flow.isProven()).toBe(false);
  });

  it('a refused login lets nothing else through until it is clear what it means', () => {
    const { flow } = opened();
    flow.heard(200, 0);
    flow.heard(401, 1_000);
    expect([flow.isShut(1_000), flow.mayBegin(1_000), flow.mayRead(1_000)]).toEqual([true, 0, false]);
    // The answer to a call that was under way says nothing of the next one.
    flow.heard(200, 1_001);
    expect([flow.isProven(), flow.isShut(1_001), flow.opensAt(1_001)]).toEqual([false, true, 6_000]);
    expect([flow.isShut(6_000), flow.mayBegin(6_000)]).toEqual([false, 1]);
  });

  it('calls that waited for their turn are not made after "too many calls"', () => {
    const { flow, answer } = opened();
    flow.heard(429, 0);
    expect(flow.isShut(0)).toBe(true);
    answer(refused('rateLimited', 7_000), 1);
    // What was not sent says nothing new: the PSA has named its time.
    answer(refused('network'), 2);
    expect(flow.opensAt(2)).toBe(7_351);
  });
});
