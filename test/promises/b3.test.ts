import { expect, it } from 'vitest';
import { conclude } from '../harness/conclude.ts';
import { seed } from '../harness/random.ts';
import { startSimulation } from '../simulation/start.ts';
import { countOf, mostTestMs } from './counts.ts';

it(
  'B3: a second ticket that the PSA makes after its settle window is reported within a day',
  async () => {
    const { seeds, surplus, verdict, cpuSeconds } = await startSimulation('B3', seed, countOf('B3'));
    console.log(`B3: seeds ${seed} to ${seed + seeds - 1}, ${surplus} further tickets`);
    conclude('B3', verdict, {
      iterations: seeds,
      least: { 'seeds/s on one core': seeds / cpuSeconds, 'further tickets, all reported': surplus },
    });
    expect(surplus).toBeGreaterThan(seeds / 100);
  },
  mostTestMs,
);
