import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, it } from 'vitest';
import { check } from '../harness/checker.ts';
import { pick, randomOf } from '../harness/random.ts';
import type { Instance } from '../harness/service.ts';
import { startStream } from '../harness/stream.ts';
import { killAndRestart, openWorld, until, type World } from '../harness/world.ts';
import { countOf, mostTestMs, timeBar } from './counts.ts';

/** Longest wait between two kills. */
const mostPauseMs = 600;
const mostRestartMs = timeBar(5_000);

let world: World;
afterEach(() => world?.close());

it(
  'A1: no acknowledged alert is lost and none is delivered twice when APIs and workers are killed',
  async () => {
    world = await openWorld({ roles: ['api', 'api', 'worker', 'worker'] });
    const { instances, sender } = world;
    const random = randomOf('A1');
    const stream = startStream('A1', world);

    const restarts: Promise<number>[] = [];
    for (let kill = 0; kill < countOf('A1'); kill += 1) {
      await sleep(random() * mostPauseMs);
      await until('an instance may be killed', () => killable(instances).length > 0);
      restarts.push(killAndRestart(pick(killable(instances), random)));
    }
    const backMs = await Promise.all(restarts);
    await stream.stop();

    const { sends, unavailable, serverErrors } = sender.counts;
    const slowest = Math.round(Math.max(...backMs));
    console.log(
      `A1: ${backMs.length} kills, ${sends} alerts, ${unavailable} not taken at once, ${serverErrors} answers of 5xx, ` +
        `back after ${Math.round(median(backMs))} ms, at most ${slowest} ms`,
    );
    const errors = unavailable + serverErrors;
    await check('A1', world, {
      most: { 'ms until back': slowest },
      other: [
        ...(errors > sends / 100 ? [`${errors} of ${sends} sends were not taken at once`] : []),
        ...(slowest > mostRestartMs ? [`back after ${slowest} ms, bar ${mostRestartMs} ms`] : []),
      ],
    });
  },
  mostTestMs,
);

/** One API always lives: what is measured is how the service stands the loss of the other. */
function killable(instances: readonly Instance[]): Instance[] {
  const ready = instances.filter(({ isReady }) => isReady);
  const apis = ready.filter(({ role }) => role === 'api');
  return ready.filter(({ role }) => role === 'worker' || apis.length > 1);
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
