import { setTimeout as sleep } from 'node:timers/promises';
import { it, onTestFinished } from 'vitest';
import { alertId } from '../harness/alerts.ts';
import { conclude } from '../harness/conclude.ts';
import { verdictOf } from '../harness/judge.ts';
import { pick, randomOf } from '../harness/random.ts';
import { until } from '../harness/world.ts';
import { ofAna } from '../support/alerts.ts';
import { judgeListing } from '../support/listing.ts';
import { openPsaWorld, type PsaWorld } from '../support/psa.ts';
import { countOf, mostTestMs } from './counts.ts';

const settleMs = 1_000;
/** Ten minutes, shorter in the same measure as the settle window of seven. */
const outageMs = (600_000 * settleMs) / 420_000;
const searchLagMs = 200;
const workers = 4;
const alertsBefore = 4;
const alertsMeanwhile = 12;
const tickets = 6;
const mostSettleMs = 60_000;

/** How a PSA is away, by turns. What was under way when it began may have been done. */
const outages = [
  { kind: 'beforeCommit', status: 503, body: '<h1>Maintenance</h1>', contentType: 'text/html' },
  { kind: 'beforeCommit', answer: 'reset' },
  { kind: 'beforeCommit', answer: 'hang' },
];

type Worker = PsaWorld['worker'];

it(
  'B5: when a PSA is back after an outage, nothing that waited or was under way is made twice',
  async () => {
    const found = verdictOf();
    const random = randomOf('B5');
    let idle = 0;
    for (let n = 0; n < countOf('B5'); n += 1) {
      const { hasStruck, verdict } = await outage(n, random);
      if (!hasStruck) idle += 1;
      for (const kind of ['lost', 'duplicated', 'left over'] as const)
        found[kind].push(...verdict[kind].map((finding) => `outage ${n + 1}: ${finding}`));
    }
    conclude('B5', found, { other: idle > 0 ? [`${idle} outages met no call: nothing was shown`] : [] });
  },
  mostTestMs,
);

/** Four workers are told of each alert; one of them goes and another comes while the PSA is away. */
async function outage(n: number, random: () => number) {
  const w = await openPsaWorld({ settleMs, simulator: { settings: { searchLagMs } } });
  const all = [w.worker, ...Array.from({ length: workers - 1 }, () => w.startWorker())];
  const stopAll = () => Promise.all(all.map((worker) => worker.stop()));
  onTestFinished(async () => void (await stopAll()));
  const ids: string[] = [];
  const take = () => {
    ids.push(alertId('B5', ids.length));
    return acceptBy(w, all, ids.at(-1) as string, ids.length % tickets);
  };
  for (let i = 0; i < alertsBefore; i += 1) await take();
  await w.settled(mostSettleMs);

  // The last answers are lost, and then there are none.
  await w.control('faults', {
    match: { method: 'POST', path: '/(Tickets|Notes)$' },
    fault: { kind: 'afterCommit', answer: 'reset' },
    times: 2,
  });
  for (let i = 0; i < 3; i += 1) await take();
  const struck = () => w.simulator.state.faults.list().at(-1)?.applied ?? 0;
  await until('an answer is lost', () => struck() > 0);
  await sleep(random() * 50);
  await w.control('faults', { match: {}, fault: outages[n % outages.length], times: 'always' });
  for (let i = 0; i < alertsMeanwhile; i += 1) {
    await take();
    if (i === alertsMeanwhile / 2) {
      await pick(all, random).stop();
      all.push(w.startWorker());
    }
    await sleep(outageMs / alertsMeanwhile);
  }
  const hasStruck = struck() > 0;
  w.simulator.state.faults.clear();
  await w.settled(mostSettleMs);
  const verdict = await judgeListing(w, ids);
  await stopAll();
  await w.close();
  return { hasStruck, verdict };
}

async function acceptBy(w: PsaWorld, all: readonly Worker[], externalId: string, ticket: number) {
  await w.accept(ofAna({ externalId, title: `Ticket ${ticket}` }));
  for (const worker of all) worker.wake(w.workspaceId, [w.connectionId]);
}
