import { describe, expect, it } from 'vitest';
import { startMailPermit } from './permit.ts';
import { mailTimingOf, waitWhenUnclear } from './timing.ts';

const second = 1_000;
const minute = 60 * second;

/** A permit, and what it says so long after it was started. */
function openPermit(settleMs?: number) {
  let now = 0;
  const clock = { monotonic: () => now, wall: () => 1e12 + now, sleep: () => Promise.resolve() };
  const permit = startMailPermit(clock, mailTimingOf(settleMs));
  return (moment: 'envelope' | 'content', ms: number) => {
    now = ms;
    return permit(moment);
  };
}

describe('the permit of a mail (promises §2.2, K-5)', () => {
  it('lets a mail begin within seconds of its journal row only', () => {
    const may = openPermit();
    expect([may('envelope', 5 * second - 1), may('envelope', 5 * second)]).toEqual([true, false]);
  });

  it('lets a server take a minute for each of three commands before the content', () => {
    const may = openPermit();
    expect(may('content', 5 * second + 3 * minute)).toBe(true);
  });

  it.each([undefined, 420_000, 8_000])('ends before a successor sends the mail again (%s)', (settleMs) => {
    expect(openPermit(settleMs)('content', waitWhenUnclear(mailTimingOf(settleMs)))).toBe(false);
  });
});
