/** The database restarts, and somebody locks a table, while alerts come in (promises §3.6). */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, expect, it } from 'vitest';
import { alertId } from '../harness/alerts.ts';
import { check } from '../harness/checker.ts';
import { percentile } from '../harness/percentile.ts';
import { randomOf } from '../harness/random.ts';
import { createSender, type Heard } from '../harness/sender.ts';
import { startStream } from '../harness/stream.ts';
import { openWorld, type World } from '../harness/world.ts';
import { countOf, mostTestMs, timeBar } from '../promises/counts.ts';

let world: World;
afterEach(() => world?.close());

const mostSilenceMs = 15_000;

it(
  'L-1: restarts of the database of each kind lose nothing',
  async () => {
    world = await openWorld({ roles: ['all', 'all'] });
    const { database, instances, sender } = world;
    const random = randomOf('L-1');
    const stream = startStream('L1', world);
    const ends = [() => database.restart('fast'), () => database.restart('immediate'), database.killAll];
    const silencesMs: number[] = [];
    for (let n = 0; n < countOf('L-1'); n += 1) {
      await sleep(500 + random() * 1_000);
      await ends[n % ends.length]!();
      const accepted = performance.now();
      await sender.send({ ...stream.alert(n), externalId: alertId('L1', 900_000 + n) });
      silencesMs.push(performance.now() - accepted);
    }
    await stream.stop();
    const slowest = Math.round(Math.max(...silencesMs));
    console.log(`L-1: ${silencesMs.length} restarts, answers again after at most ${slowest} ms`);
    await check('L-1', world, { most: { 'answers again after, ms': slowest } });
    expect(slowest).toBeLessThanOrEqual(mostSilenceMs);
    expect(instances.map(({ isReady }) => isReady)).toEqual([true, true]);
  },
  mostTestMs,
);

const mostAnswerMs = timeBar(4_000);

it(
  'L-4: a locked table is answered with 503, and not waited for',
  async () => {
    world = await openWorld({ roles: ['all'] });
    const heard: Heard[] = [];
    const urls = world.instances.flatMap(({ url }) => url ?? []);
    const sender = createSender({ ledger: world.ledger, urls, onAnswer: (answer) => heard.push(answer) });
    const stream = startStream('L4', { ...world, sender });
    await sleep(500);
    const unlock = await lockAlerts(world);
    await sleep(countOf('L-4') * 1_000);
    await unlock();
    await stream.stop();
    const refused = heard.filter(({ status }) => status !== 202);
    const p99 = Math.round(
      percentile(
        heard.map(({ tookMs }) => tookMs),
        0.99,
      ),
    );
    console.log(`L-4: ${heard.length} answers, ${refused.length} refused, p99 ${p99} ms`);
    await check('L-4', world, { most: { 'answer p99, ms': p99 } });
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, retryAfterSeconds } of refused) {
      expect(status).toBe(503);
      expect(retryAfterSeconds).toBeGreaterThan(0);
    }
    expect(sender.counts.broken).toBe(0);
    expect(p99).toBeLessThanOrEqual(mostAnswerMs);
  },
  mostTestMs,
);

/** As a migration by hand does it; answers how to end it. */
async function lockAlerts({ database }: World): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
  await client.query('begin; lock table alerts in access exclusive mode');
  return async () => {
    await client.query('rollback');
    await client.end();
  };
}
