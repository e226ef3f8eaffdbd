import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { alertId } from '../harness/alerts.ts';
import { check } from '../harness/checker.ts';
import { randomOf } from '../harness/random.ts';
import { startStream } from '../harness/stream.ts';
import { openWorld, type World } from '../harness/world.ts';
import { countOf, mostTestMs } from './counts.ts';

const mostPauseMs = 500;
/** The catalogue's bar: after the database accepts connections. */
const mostSilenceMs = 15_000;

let world: World;
afterEach(() => world?.close());

it(
  'A2: no acknowledged alert is lost when all PostgreSQL processes are killed',
  async () => {
    world = await openWorld({ roles: ['all', 'all'] });
    const { database, instances, sender } = world;
    const random = randomOf('A2');
    const stream = startStream('A2', world);

    const silencesMs: number[] = [];
    for (let kill = 0; kill < countOf('A2'); kill += 1) {
      await sleep(random() * mostPauseMs);
      await database.killAll();
      const accepted = performance.now();
      // Sent after the database was back, apart from the stream.
      await sender.send({ ...stream.alert(kill), externalId: alertId('A2', 900_000 + kill) });
      silencesMs.push(performance.now() - accepted);
    }
    await stream.stop();

    const slowest = Math.round(Math.max(...silencesMs));
    console.log(
      `A2: ${silencesMs.length} kills, ${sender.counts.sends} alerts, answers again after at most ${slowest} ms`,
    );
    await check('A2', world);
    expect(slowest).toBeLessThanOrEqual(mostSilenceMs);
    expect(instances.map(({ isReady }) => isReady)).toEqual([true, true]);
  },
  mostTestMs,
);
