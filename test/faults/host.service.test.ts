/** A worker's clock jumps, its event loop stands still, an error is caught by nobody (promises §3.7). */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { check } from '../harness/checker.ts';
import type { Deed } from '../harness/host/deeds.ts';
import { pick, randomOf } from '../harness/random.ts';
import type { Instance } from '../harness/service.ts';
import { startStream } from '../harness/stream.ts';
import { openWorld, until, type World } from '../harness/world.ts';
import { countOf, mostTestMs, timeBar } from '../promises/counts.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld({ roles: ['api', 'worker', 'worker'], instances: { suffers: true } });
});
afterAll(() => world?.close());

const workers = () => world.instances.filter(({ role }) => role === 'worker');
const minuteMs = 60_000;

/** How often the connection has changed hands. */
async function epochNow(): Promise<number> {
  const [lease] = await world.database.rows<{ epoch: string }>('select epoch from leases');
  return Number(lease?.epoch);
}

it(
  'H-1: a clock that jumps makes no second owner and no duplicate',
  async () => {
    const random = randomOf('H-1');
    const jumps = [10, -10, -60, 24 * 60].map((minutes) => minutes * minuteMs);
    const stream = startStream('H1', world);
    await until('the connection is served', async () => (await epochNow()) > 0);
    const before = await epochNow();
    for (let n = 0; n < countOf('H-1'); n += 1) {
      await pick(workers(), random).suffer({ kind: 'clock', shiftMs: jumps[n % jumps.length]! });
      await sleep(1_000 + random() * 1_000);
    }
    for (const worker of workers()) await worker.suffer({ kind: 'clock', shiftMs: 0 });
    await stream.stop();
    const changes = (await epochNow()) - before;
    await check('H-1', world, { most: { 'changes of the owner': changes } });
    expect(changes).toBe(0);
  },
  mostTestMs,
);

/** Longer than a lease, so that the other worker takes over. */
const blockMs = process.env.PROMISES_TIER === 'nightly' ? 30_000 : 18_000;
const mostTakeoverMs = 30_000;

it(
  'H-3: a worker that stands still is taken over, and its late answers do no harm',
  async () => {
    const serving = await letServe(workers()[0]!);
    const stream = startStream('H3', world);
    const tookMs: number[] = [];
    for (let n = 0; n < countOf('H-3'); n += 1) {
      const [still, other] = n % 2 === 0 ? [serving, workers()[1]!] : [workers()[1]!, serving];
      await sleep(500);
      const before = await epochNow();
      const began = performance.now();
      await still.suffer({ kind: 'block', ms: blockMs });
      await until('the other worker has taken over', async () => (await epochNow()) > before, mostTakeoverMs);
      tookMs.push(performance.now() - began);
      await sleep(began + blockMs + 500 - performance.now());
      expect([still.isReady, other.isReady]).toEqual([true, true]);
    }
    await stream.stop();
    await check('H-3', world, { most: { 'taken over after, ms': Math.round(Math.max(...tookMs)) } });
  },
  mostTestMs,
);

/** The other workers end in order and come back: who stays has the connection then. */
async function letServe(worker: Instance): Promise<Instance> {
  for (const other of workers()) {
    if (other === worker) continue;
    await other.stop('SIGTERM');
    await until('the connection is served', isServed, mostTakeoverMs);
    await other.start();
  }
  return worker;
}

async function isServed(): Promise<boolean> {
  const rows = await world.database.rows('select from leases where expires_at > clock_timestamp()');
  return rows.length > 0;
}

const places = ['timer', 'promise', 'stream'] as const;
const mostRestartMs = timeBar(5_000);

it(
  'H-5: an error that nobody caught ends the process once, and nothing is lost',
  async () => {
    const random = randomOf('H-5');
    const stream = startStream('H5', world);
    const restartsMs: number[] = [];
    for (let n = 0; n < countOf('H-5'); n += 1) {
      await sleep(300 + random() * 700);
      const deed: Deed = { kind: 'surprise', in: places[n % places.length]! };
      const struck = pick(world.instances, random);
      const ended = struck.ended();
      await struck.suffer(deed);
      expect(await ended).toBe(1);
      await struck.start();
      restartsMs.push(struck.startsMs.at(-1) as number);
    }
    await stream.stop();
    const slowest = Math.round(Math.max(...restartsMs));
    await check('H-5', world, { most: { 'back after, ms': slowest } });
    expect(slowest).toBeLessThanOrEqual(mostRestartMs);
  },
  mostTestMs,
);
