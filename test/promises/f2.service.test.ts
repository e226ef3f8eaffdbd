import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, it } from 'vitest';
import { check } from '../harness/checker.ts';
import { pick, randomOf } from '../harness/random.ts';
import { startStream } from '../harness/stream.ts';
import { openWorld, type World } from '../harness/world.ts';
import { countOf, mostTestMs } from './counts.ts';

let world: World;
afterEach(() => world?.close());

it.skipIf(countOf('F2') === 0)(
  'F2: restarts of the database while alerts flow lose nothing and end no process',
  async () => {
    world = await openWorld({ roles: ['api', 'api', 'worker', 'worker'] });
    const { database, instances, sender } = world;
    const pids = instances.map(({ pid }) => pid);
    const random = randomOf('F2');
    const stream = startStream('F2', world);
    const ends = [() => database.restart('fast'), () => database.restart('immediate'), database.killAll];
    for (let n = 0; n < countOf('F2'); n += 1) {
      await sleep(5_000 + random() * 5_000);
      await pick(ends, random)();
    }
    await stream.stop();
    const ended = instances.filter(({ isReady, pid }, i) => !isReady || pid !== pids[i]).length;
    console.log(`F2: ${countOf('F2')} restarts, ${sender.counts.sends} alerts, ${ended} processes ended`);
    await check('F2', world, { other: ended === 0 ? [] : [`${ended} processes ended`] });
  },
  mostTestMs,
);
