import { expect, it } from 'vitest';
import { createSizes } from './sizes.ts';

it('requests are estimated by those that came before, within what a request may have', () => {
  const sizes = createSizes();
  expect(sizes.estimate(0)).toBe(1);
  expect(sizes.estimate(10_000_000)).toBe(500);
  for (let n = 0; n < 100; n += 1) sizes.learn(75_000, 500);
  expect(sizes.estimate(75_000)).toBe(500);
  expect(sizes.estimate(150)).toBe(1);
  for (let n = 0; n < 100; n += 1) sizes.learn(1_000_000, 500);
  expect(sizes.estimate(20_000)).toBe(10);
});

it('one large alert is not taken for the rule', () => {
  const sizes = createSizes();
  const before = sizes.estimate(50_000);
  sizes.learn(10_000_000, 1);
  expect(sizes.estimate(50_000)).toBe(before);
});
