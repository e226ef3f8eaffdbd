import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, it } from 'vitest';
import { alertId } from '../harness/alerts.ts';
import { check } from '../harness/checker.ts';
import { worstWindow } from '../harness/judgeCalls.ts';
import { createPace } from '../harness/sender.ts';
import { apiOf } from '../harness/setup.ts';
import type { RecordedRequest } from '../harness/simulator.ts';
import { openWorld, until, type World } from '../harness/world.ts';
import { countOf, mostTestMs } from './counts.ts';

const quota = 100;
const leastUse = 80;
const minuteMs = 60_000;
/** More than the quota lets through, so that there is always work. */
const alertsPerSecond = 6;
/** By then most of a minute's calls are made: who takes over must know of them. */
const callsBeforeKill = 60;
const killEveryMs = 45_000;
const plenty = 1_000_000;

let world: World;
afterEach(() => world?.close());

it(
  'D3: a quota of 100 calls a minute is used and never exceeded, whichever worker serves the connection',
  async () => {
    world = await openWorld({
      roles: ['api', 'worker', 'worker', 'worker', 'worker'],
      switches: { threshold: quota, thresholdMinutes: 1 },
    });
    const { sender, customers } = world;
    const connection = `/psa/connections/${customers[0]!.connectionId}`;
    const api = apiOf(world.instances[0]!.url!);
    await api('PATCH', connection, { budgetShare: 1 });

    const workMs = countOf('D3') * 1_000;
    const began = Date.now();
    const isOver = () => Date.now() > began + workMs;
    const pace = createPace(alertsPerSecond);
    const sending = (async () => {
      for (let n = 0; !isOver(); n += 1) {
        await pace(n);
        const severity = n % 2 === 0 ? 'critical' : 'high';
        const externalId = alertId('D3', n);
        await sender.send({ externalId, group: `Group ${n}`, reference: customers[0]!.reference, severity });
      }
    })();
    await until('most of the quota is used', async () => (await requests()).length >= callsBeforeKill);
    while (!isOver()) {
      await replaceWorkers();
      await sleep(Math.min(killEveryMs, Math.max(0, began + workMs - Date.now()) + 50));
    }
    await sending;

    const made = await requests();
    const worst = worstWindow(made, minuteMs);
    const use = callsPerMinute(made);
    const refused = made.filter(({ status }) => status === 429).length;
    console.log(`D3: ${made.length} calls, worst minute ${worst}, ${use} a minute, ${refused} refused`);
    // Served by a worker, shown by the process of the API.
    const { budget } = await api<{ budget: object }>('GET', connection);
    await endShortage();
    await check('D3', world, {
      most: { 'calls in a minute': worst, 'calls refused': refused },
      least: { 'calls a minute': use },
      other: [
        ...(isShown(budget) ? [] : [`the connection shows ${JSON.stringify(budget)}`]),
        ...(worst > quota ? [`${worst} calls in a minute`] : []),
        ...(refused > 0 ? [`${refused} calls above the quota`] : []),
        ...(use < leastUse ? [`only ${use} calls a minute`] : []),
      ],
    });
  },
  mostTestMs,
);

/** What is left goes out at once: the quota is large now, and what was called is taken for long ago. */
async function endShortage(): Promise<void> {
  await world.simulator.control('POST', 'set', { threshold: plenty, thresholdMinutes: 60 });
  await world.database.rows(`update call_counts set span_start = span_start - interval '3 hours'`);
}

/** Kills all of them without warning, so that the one that served the connection is among them. */
async function replaceWorkers(): Promise<void> {
  const workers = world.instances.filter(({ role }) => role === 'worker');
  await Promise.all(workers.map((worker) => worker.stop('SIGKILL')));
  await Promise.all(workers.map((worker) => worker.start()));
}

const isShown = (budget: object): boolean =>
  Object.entries({ quota, windowMs: minuteMs, share: 1 }).every(
    ([name, figure]) => (budget as Record<string, unknown>)[name] === figure,
  );

/** Over all the time since the first call; a part of a minute counts as a whole one. */
function callsPerMinute(made: readonly RecordedRequest[]): number {
  const times = made.map(({ time }) => Date.parse(time));
  const minutes = Math.ceil((Math.max(...times) - Math.min(...times)) / minuteMs);
  return Math.round(made.length / Math.max(1, minutes));
}

/** Calls that the PSA counts. */
const requests = async () => {
  const { requests: all } = await world.simulator.control<{ requests: RecordedRequest[] }>(
    'GET',
    'ledger?kind=requests',
  );
  return all.filter(({ path }) => !/zoneInformation/i.test(path));
};
