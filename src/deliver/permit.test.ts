import { describe, expect, it } from 'vitest';
import { beginRound, startPermit } from './permit.ts';

const timing = { settleMs: 420_000, deadlineMs: 60_000, permitMs: 5_000, searchLagMs: 10_000 };

function testClock() {
  let monotonic = 1_000;
  let wall = 1_800_000_000_000;
  return {
    clock: { monotonic: () => monotonic, wall: () => wall, sleep: async () => undefined },
    pass(ms: number, wallMs = ms) {
      monotonic += ms;
      wall += wallMs;
    },
  };
}

describe('a send permit', () => {
  it.each([
    ['runs for its time', 4_999, 4_999, true],
    ['and no longer', 5_000, 5_000, false],
    ['ends while the machine was suspended', 10, 60_000, false],
    ['ends when the clock was set back', 10, -60_000, false],
    ['ends although the clock was set back a little', 5_000, 4_000, false],
  ])('%s', (_, ms, wallMs, isValid) => {
    const { clock, pass } = testClock();
    const permit = startPermit(clock, 5_000);
    pass(ms, wallMs);
    expect(permit()).toBe(isValid);
  });
});

describe('the permit of a round', () => {
  it.each([
    ['a usual one', 20, 4_000, true],
    ['a slow one', 20_000, 4_000, true],
    ['one whose time is over', 20, 5_000, false],
    ['one that stood still inside its transaction: W counts from its start', 40_000, 0, false],
  ])('%s', (_, beforeCommitMs, afterMs, isValid) => {
    const { clock, pass } = testClock();
    const permitOf = beginRound(clock);
    pass(beforeCommitMs);
    const permit = permitOf(timing);
    pass(afterMs);
    expect(permit()).toBe(isValid);
  });

  it('leaves room in W for the call, five minutes on the server, and the search lag', () => {
    const { clock, pass } = testClock();
    const permit = beginRound(clock)(timing);
    let latest = 0;
    for (let ms = 0; permit(); ms += 100) {
      latest = ms;
      pass(100);
    }
    expect(latest + timing.deadlineMs + 300_000 + timing.searchLagMs).toBeLessThan(timing.settleMs);
  });
});
