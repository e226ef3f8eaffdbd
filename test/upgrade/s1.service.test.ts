import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { runHerald } from '../cli/processes.ts';
import { numbered } from '../harness/alerts.ts';
import { conclude } from '../harness/conclude.ts';
import { startDatabase } from '../harness/database.ts';
import { judge } from '../harness/judge.ts';
import { createLedger } from '../harness/ledger.ts';
import { createPace, createSender } from '../harness/sender.ts';
import { createInstance, type Instance } from '../harness/service.ts';
import { setUp } from '../harness/setup.ts';
import { startSimulator } from '../harness/simulator.ts';
import { readStored, settled } from '../harness/stored.ts';
import { mostTestMs } from '../promises/counts.ts';
import { checkOut, releases, releasesInChangelog } from './release.ts';

const tags = await releases();
const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const perSecond = 50;
const groups = 20;
const mostSettleMs = 120_000;
/** Of the sends; each is repeated until it is taken. */
const mostRefused = 0.001;

describe('S1: an upgrade under load', () => {
  it.runIf(tags.length === 0)('has nothing to start from before the first release', async () => {
    console.warn(
      'S1: there is no release yet, so no upgrade was tried. From the first tag v… on, this test runs it.',
    );
    expect(await releasesInChangelog()).toEqual([]);
  });

  it.each(tags.slice(0, 3))(
    'from %s loses and doubles nothing while its workers still run',
    async (tag) => {
      const old = await checkOut(tag);
      const [database, simulator] = await Promise.all([startDatabase(), startSimulator()]);
      undo.push(database.stop, simulator.stop);
      const options = { database, simulator, settleSeconds: 4 };
      const start = async (program?: string): Promise<Instance> => {
        const instance = await createInstance('all', { ...options, ...(program && { program }) });
        undo.push(() => instance.stop('SIGKILL'));
        await instance.start();
        return instance;
      };
      const before = [await start(`${old}/bin/herald`), await start(`${old}/bin/herald`)];
      const [customer] = await setUp(before[0]?.url as string);
      const ledger = createLedger();
      const urls = before.map(({ url }) => url as string);
      const sender = createSender({ ledger, urls });

      let isOver = false;
      const sending = (async () => {
        const pace = createPace(perSecond);
        const sent: Promise<unknown>[] = [];
        for (let n = 0; !isOver; n += 1) {
          await pace(n);
          sent.push(sender.send(numbered('S1', n, groups, customer?.reference as string)));
        }
        await Promise.all(sent);
      })();
      await sleep(3_000);
      const migrating = runHerald(['migrate'], { DATABASE_URL: database.url });
      expect([await migrating.ended, migrating.err()]).toEqual([0, '']);
      await sleep(3_000);
      const after = await start();
      await sleep(3_000);
      isOver = true;
      await sending;
      for (const instance of before) await instance.stop('SIGTERM');
      const { sends, unavailable, serverErrors } = sender.counts;
      const refused = (unavailable + serverErrors) / sends;
      await settled(database, mostSettleMs);
      const verdict = judge({
        sent: [...ledger.entries.values()],
        stored: await readStored(database),
        recorded: await simulator.recorded(),
        leaks: [...before, after].flatMap(({ leaks }) => leaks),
      });
      conclude('S1', verdict, {
        iterations: 1,
        other: refused > mostRefused ? [`from ${tag}: ${refused * 100} % of the sends were not taken`] : [],
      });
    },
    mostTestMs,
  );
});
