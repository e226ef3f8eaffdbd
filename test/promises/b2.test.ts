import { expect, it } from 'vitest';
import { conclude } from '../harness/conclude.ts';
import { seed } from '../harness/random.ts';
import { regressions } from '../simulation/regressions.ts';
import { simulate } from '../simulation/simulate.ts';
import { startSimulation } from '../simulation/start.ts';
import { countOf, mostTestMs } from './counts.ts';

it(
  'B2: each alert has one effect, whatever the PSA loses or delays within its settle window',
  async () => {
    const { seeds, counts, verdict, cpuSeconds } = await startSimulation('B2', seed, countOf('B2'));
    console.log(`B2: seeds ${seed} to ${seed + seeds - 1}, ${JSON.stringify(counts)}`);
    conclude('B2', verdict, { iterations: seeds, least: { 'seeds/s on one core': seeds / cpuSeconds } });
    // Everything that can go wrong did.
    expect(Object.entries(counts).filter(([, count]) => count < seeds / 1_000)).toEqual([]);
  },
  mostTestMs,
);

it.each(regressions)('seed $seed of $mix stays right: $showed', ({ mix, seed: known }) => {
  expect(Object.values(simulate(mix, [known]).verdict).flat()).toEqual([]);
});
