import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createMailRate } from './rate.ts';

it('lets so many begin in a minute, and says when the next one may', () => {
  const rate = createMailRate(60);
  expect([rate.take(50, 0), rate.take(20, 10_000), rate.take(1, 10_000)]).toEqual([50, 10, 0]);
  expect(rate.wait(10_000)).toBe(50_000);
  rate.giveBack(3);
  expect([rate.wait(10_000), rate.take(5, 10_000)]).toEqual([0, 3]);
  expect([rate.take(100, 60_000), rate.wait(60_000)]).toEqual([50, 10_000]);
});

it('never lets more begin in any minute, whoever asks when, and all of it when there is work', () => {
  const asked = fc.array(
    fc.record({ afterMs: fc.integer({ min: 0, max: 9_000 }), wanted: fc.integer({ min: 0, max: 80 }) }),
    { minLength: 20 },
  );
  fc.assert(
    fc.property(asked, fc.integer({ min: 1, max: 100 }), (steps, perMinute) => {
      const rate = createMailRate(perMinute);
      let now = 0;
      const begun: { at: number; count: number }[] = [];
      for (const { afterMs, wanted } of steps) {
        now += afterMs;
        begun.push({ at: now, count: rate.take(wanted, now) });
        const inMinute = begun
          .filter(({ at }) => at > now - 60_000)
          .reduce((sum, { count }) => sum + count, 0);
        expect(inMinute).toBeLessThanOrEqual(perMinute);
      }
      const later = now + 60_100;
      expect(rate.take(1_000, later)).toBe(perMinute);
    }),
  );
});
