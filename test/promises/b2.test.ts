import { expect, it } from 'vitest';
import { conclude } from '../harness/conclude.ts';
import { seed } from '../harness/random.ts';
import { regressions } from '../simulation/regressions.ts';
import { simulate } from '../simulation/simulate.ts';
import { startSimulation } from '../simulation/start.ts';
import { countOf, isNightly, mostTestMs } from './counts.ts';

/** Of CPU time, so that what else runs on the machine does not count; fewer mean that the model has grown too heavy. */
const leastPerSecond = 2_000;

it(
  'B2: each alert has one effect, whatever the PSA loses or delays within its settle window',
  async () => {
    const { seeds, counts, verdict, cpuSeconds } = await startSimulation('B2', seed, countOf('B2'));
    const perSecond = seeds / cpuSeconds;
    console.log(
      `B2: seeds ${seed} to ${seed + seeds - 1}, ${Math.round(perSecond)} seeds/s on one core, ${JSON.stringify(counts)}`,
    );
    const isTooSlow = isNightly && perSecond < leastPerSecond;
    conclude('B2', verdict, {
      iterations: seeds,
      least: { 'seeds/s on one core': perSecond },
      other: isTooSlow ? [`${Math.round(perSecond)} seeds/s on one core, bar ${leastPerSecond}`] : [],
    });
    // Everything that can go wrong did.
    expect(Object.entries(counts).filter(([, count]) => count < seeds / 1_000)).toEqual([]);
  },
  mostTestMs,
);

it.each(regressions)('seed $seed of $mix stays right: $showed', ({ mix, seed: known }) => {
  expect(Object.values(simulate(mix, [known]).verdict).flat()).toEqual([]);
});
