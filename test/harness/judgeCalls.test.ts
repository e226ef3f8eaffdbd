import { describe, expect, it } from 'vitest';
import { brokenLogins, judgeLogins, worstWindow } from './judgeCalls.ts';
import type { RecordedRequest } from './simulator.ts';

let n = 0;
const call = (at: number, status: number | null = 200, ms: number | null = 10, path = '/Tickets') => ({
  n: ++n,
  time: new Date(at).toISOString(),
  path,
  status,
  ms,
});
const seconds = (...at: number[]): RecordedRequest[] => at.map((second) => call(second * 1_000));
const rules = (brokenLogins: number, refusedByHand = 0) => ({ brokenLogins, refusedByHand });

describe('the worst window', () => {
  it('is the one with the most calls, wherever it begins', () => {
    expect(worstWindow(seconds(0, 50, 59, 61, 70, 200), 60_000)).toBe(4);
    expect(worstWindow(seconds(0, 60), 60_000)).toBe(1);
    expect(worstWindow([], 60_000)).toBe(0);
  });

  it('does not count zone look-ups', () => {
    expect(worstWindow([call(0), call(1, 200, 1, '/v1.0/zoneInformation?user=a')], 60_000)).toBe(1);
  });
});

describe('refused logins', () => {
  it('may be as many as were under way, and one more', () => {
    const three = [call(0, 401, 100), call(50, 401, 100), call(200, 401)];
    expect(brokenLogins(three)).toEqual([{ refused: 3, underWay: 2 }]);
    expect(judgeLogins(three, rules(1))).toEqual([]);
    const four = [...three, call(5_000, 401)];
    expect(judgeLogins(four, rules(1))).toEqual(['4 calls were refused with 401, at most 3 may be']);
    expect(judgeLogins(four, rules(1, 1))).toEqual([]);
  });

  it('are told apart by the calls that succeed between them', () => {
    const requests = [call(0, 401), call(1_000), call(2_000, 401), call(3_000, 401), call(4_000)];
    expect(brokenLogins(requests)).toEqual([
      { refused: 1, underWay: 1 },
      { refused: 2, underWay: 1 },
    ]);
  });

  it('are not ended by a call that was under way', () => {
    const requests = [call(0, 200, 5_000), call(10, 401), call(20, 401, 10), call(6_000, 401)];
    expect(brokenLogins(requests)).toEqual([{ refused: 3, underWay: 3 }]);
  });

  it('that nobody caused are a finding, and those that were caused and did not come', () => {
    expect(judgeLogins([call(0, 401)], rules(0))).toHaveLength(1);
    expect(judgeLogins([call(0)], rules(1))).toHaveLength(1);
    expect(judgeLogins([call(0)], rules(0))).toEqual([]);
  });
});
