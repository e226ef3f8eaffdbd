import { describe, expect, it } from 'vitest';
import { createOneByOne } from './oneByOne.ts';

const large = 100_000;

describe('large requests', () => {
  it('are read in the order in which they came, one in each turn of the loop', async () => {
    const { run } = createOneByOne();
    const seen: string[] = [];
    let isOver = false;
    const turns = (async () => {
      while (!isOver) {
        await new Promise(setImmediate);
        seen.push('turn');
      }
    })();
    await Promise.all(['a', 'b', 'c'].map((name) => run(large, () => seen.push(name))));
    isOver = true;
    await turns;
    expect(seen.filter((one) => one !== 'turn')).toEqual(['a', 'b', 'c']);
    expect(seen.join(' ')).toMatch(/a turn b turn c/);
  });

  it('fail by themselves: the others are read', async () => {
    const one = createOneByOne();
    const all = [
      one.run(large, () => 1),
      one.run(large, () => {
        throw new Error('no');
      }),
      one.run(large, () => 3),
    ];
    const settled = await Promise.allSettled(all);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await one.run(large, () => 4)).toBe(4);
  });
});

it('a small request goes at once', async () => {
  const one = createOneByOne();
  const seen: string[] = [];
  const slow = one.run(large, () => seen.push('large'));
  await one.run(100, () => seen.push('small'));
  await slow;
  expect(seen).toEqual(['small', 'large']);
});
