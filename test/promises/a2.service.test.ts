import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { alertId, countWhile, numbered } from '../harness/alerts.ts';
import { check } from '../harness/checker.ts';
import { randomOf } from '../harness/random.ts';
import { createPace, inParallel } from '../harness/sender.ts';
import { openWorld, type World } from '../harness/world.ts';
import { countOf, mostTestMs } from './counts.ts';

const alertsPerSecond = 200;
const senders = 8;
const groups = 40;
const mostPauseMs = 500;
/** The catalogue's bar: after the database accepts connections. */
const mostSilenceMs = 15_000;

let world: World;
afterEach(() => world?.close());

it(
  'A2: no acknowledged alert is lost when all PostgreSQL processes are killed',
  async () => {
    world = await openWorld({ roles: ['all', 'all'] });
    const { database, instances, sender, customers } = world;
    const reference = customers[0]!.reference;
    const random = randomOf('A2');
    let isOver = false;
    const pace = createPace(alertsPerSecond);
    const sending = inParallel(
      countWhile(() => !isOver),
      senders,
      async (n) => {
        await pace(n);
        await sender.send(numbered('A2', n, groups, reference));
      },
    );

    const silencesMs: number[] = [];
    for (let kill = 0; kill < countOf('A2'); kill += 1) {
      await sleep(random() * mostPauseMs);
      await database.killAll();
      const accepted = performance.now();
      // Sent after the database was back, apart from the stream.
      await sender.send({
        ...numbered('A2', kill, groups, reference),
        externalId: alertId('A2', 900_000 + kill),
      });
      silencesMs.push(performance.now() - accepted);
    }
    isOver = true;
    await sending;

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
