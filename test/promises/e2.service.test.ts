import { afterEach, it } from 'vitest';
import { alertId } from '../harness/alerts.ts';
import { check } from '../harness/checker.ts';
import { watchMemory } from '../harness/memory.ts';
import { createPace, createSender, inParallel } from '../harness/sender.ts';
import { settled } from '../harness/stored.ts';
import { openWorld, type World } from '../harness/world.ts';
import { countOf, mostTestMs } from './counts.ts';

const groups = 1_000;
/** Each with a connection and an organization. */
const workspaces = 10;
/** 100,000 in ten minutes. */
const perSecond = 167;
const mostMegabytes = 512;
/** Processes warm up: the growth of a shorter run says nothing. */
const leastForGrowth = 50_000;
const mostGrowth = 5;

let world: World;
afterEach(() => world?.close());

it.skipIf(countOf('E2') === 0)(
  'E2: a storm over many groups and workspaces loses nothing and fits in memory',
  async () => {
    world = await openWorld({
      roles: ['api', 'worker'],
      customers: workspaces,
      isApart: true,
      switches: { threads: 1_000 },
    });
    const alerts = countOf('E2');
    const memory = watchMemory(world.instances);
    const urls = world.instances.flatMap(({ url }) => url ?? []);
    const sender = createSender({ ledger: world.ledger, urls, connections: 64 });
    const pace = createPace(perSecond);
    await inParallel(Array(alerts).keys(), 64, async (n) => {
      await pace(n);
      const { reference, apiKey } = world.customers[n % workspaces]!;
      const group = `Group ${n % groups}`;
      await sender.send({ externalId: alertId('E2', n), group, reference, severity: 'high', apiKey });
    });
    const began = performance.now();
    await settled(world.database, mostTestMs);
    const drainMs = Math.round(performance.now() - began);
    memory.stop();

    const [stored] = await world.database.rows<{ n: number }>(
      'select count(distinct workspace_id)::int as n from alerts',
    );
    const growth = alerts >= leastForGrowth ? memory.growth() : 0;
    console.log(
      `E2: ${alerts} alerts, ${memory.most()} MB, growth ${memory.growth()} %, drained after ${drainMs} ms`,
    );
    await check('E2', world, {
      most: { 'memory, MB': memory.most(), 'growth, %': growth, 'drained after, ms': drainMs },
      other: [
        ...(stored?.n === workspaces ? [] : [`alerts of ${stored?.n} workspaces, sent to ${workspaces}`]),
        ...(memory.most() <= mostMegabytes ? [] : [`${memory.most()} MB, bar ${mostMegabytes} MB`]),
        ...(growth <= mostGrowth ? [] : [`grew by ${growth} %, bar ${mostGrowth} %`]),
      ],
    });
  },
  mostTestMs,
);
