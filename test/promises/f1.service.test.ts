import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, it } from 'vitest';
import { alertId } from '../harness/alerts.ts';
import { check } from '../harness/checker.ts';
import { startStream } from '../harness/stream.ts';
import { openWorld, until, type World } from '../harness/world.ts';
import { countOf, mostTestMs } from './counts.ts';

const mostMs = 30_000;

let world: World;
afterEach(() => world?.close());

it.skipIf(countOf('F1') === 0)(
  'F1: the work of a worker that was killed goes on elsewhere',
  async () => {
    world = await openWorld({ roles: ['api', 'worker', 'worker'] });
    const workers = world.instances.filter(({ role }) => role === 'worker');
    const stream = startStream('F1', world);
    // Whoever serves after this one was killed is the other one: from here on each kill strikes the one that serves.
    await workers[1]!.stop('SIGKILL');
    await delivered(900_000);
    await workers[1]!.start();
    const tookMs: number[] = [];
    for (let n = 0; n < countOf('F1'); n += 1) {
      await sleep(500);
      const serving = workers[n % 2]!;
      const killed = performance.now();
      await serving.stop('SIGKILL');
      await delivered(900_001 + n);
      tookMs.push(performance.now() - killed);
      await serving.start();
    }
    await stream.stop();
    const slowest = Math.round(Math.max(...tookMs));
    console.log(`F1: ${tookMs.length} kills, work went on after at most ${slowest} ms`);
    await check('F1', world, {
      most: { 'work went on after, ms': slowest },
      other: slowest <= mostMs ? [] : [`${slowest} ms, bar ${mostMs} ms`],
    });
  },
  mostTestMs,
);

/** Sends one alert of its own group and waits for its ticket. */
async function delivered(n: number): Promise<void> {
  const externalId = alertId('F1', n);
  const { reference } = world.customers[0]!;
  await world.sender.send({ externalId, group: `Alone ${n}`, reference, severity: 'critical' });
  await until('the alert is delivered', async () => {
    const rows = await world.database.rows(
      `select from alerts a join deliveries d on d.workspace_id = a.workspace_id and d.alert_id = a.id
        where a.external_id = $1 and d.delivery_state = 'delivered'`,
      [externalId],
    );
    return rows.length > 0;
  });
}
