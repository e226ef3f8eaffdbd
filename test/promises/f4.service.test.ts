import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, it } from 'vitest';
import { check } from '../harness/checker.ts';
import { startStream } from '../harness/stream.ts';
import { openWorld, type World } from '../harness/world.ts';
import { countOf, mostTestMs } from './counts.ts';

const mostExitMs = 30_000;
/** Between two restarts; the catalogue has half a minute. */
const pauseMs = process.env.PROMISES_TIER === 'nightly' ? 15_000 : 1_000;

let world: World;
afterEach(() => world?.close());

it(
  'F4: a rolling restart under load fails no ingest',
  async () => {
    world = await openWorld({ roles: ['api', 'worker', 'api', 'worker'] });
    const { instances, sender } = world;
    const stream = startStream('F4', world);
    const exitsMs: number[] = [];
    const codes: (number | string)[] = [];
    for (let n = 0; n < countOf('F4'); n += 1) {
      await sleep(pauseMs);
      const instance = instances[n % instances.length]!;
      const ended = instance.ended();
      const began = performance.now();
      await instance.stop('SIGTERM');
      exitsMs.push(performance.now() - began);
      codes.push(await ended);
      await instance.start();
    }
    await stream.stop();
    const { sends, unavailable, serverErrors, broken } = sender.counts;
    const slowest = Math.round(Math.max(...exitsMs));
    console.log(
      `F4: ${exitsMs.length} restarts, ${sends} alerts, ${unavailable} not taken by either instance, ` +
        `${serverErrors} answers of 5xx, ${broken} connections refused or torn, SIGTERM to exit ≤ ${slowest} ms`,
    );
    const notInOrder = codes.filter((code) => code !== 0);
    await check('F4', world, {
      most: { 'SIGTERM to exit, ms': slowest },
      other: [
        ...(unavailable === 0 ? [] : [`${unavailable} alerts were taken by no instance at once`]),
        ...(slowest <= mostExitMs ? [] : [`an exit took ${slowest} ms, bar ${mostExitMs} ms`]),
        ...(notInOrder.length === 0 ? [] : [`ended with ${notInOrder.join(', ')}`]),
      ],
    });
  },
  mostTestMs,
);
