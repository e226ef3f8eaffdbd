import { describe, expect, it } from 'vitest';
import { createMailPace } from './pace.ts';

describe('the pace of mails', () => {
  it('begins with a few, and follows what came to an end within a fifth of a permit', () => {
    const pace = createMailPace(5_000);
    expect(pace.most(0)).toBe(50);
    for (let now = 0; now < 1_000; now += 100) pace.ended(30, now);
    expect(pace.most(1_000)).toBe(300);
    expect(pace.most(1_999)).toBe(300);
  });

  it('is no faster than what a round can do', () => {
    const pace = createMailPace(5_000);
    pace.ended(10_000, 0);
    expect(pace.most(500)).toBe(500);
  });

  it('begins anew after a rest, and when the server becomes slow', () => {
    const pace = createMailPace(5_000);
    pace.ended(400, 0);
    expect(pace.most(10_000)).toBe(50);
    pace.ended(400, 10_500);
    pace.ended(3, 11_500);
    expect(pace.most(11_600)).toBe(400);
    expect(pace.most(12_600)).toBe(50);
  });
});
