import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { runHerald } from '../cli/processes.ts';
import { alertId } from '../harness/alerts.ts';
import { judgeWorld } from '../harness/checker.ts';
import { conclude } from '../harness/conclude.ts';
import { type EmbeddedHerald, embeddedEnvironment, startEmbeddedHerald } from '../harness/embedded.ts';
import { kinds, verdictOf } from '../harness/judge.ts';
import { createLedger } from '../harness/ledger.ts';
import { temporaryDir } from '../harness/processes.ts';
import { createPace, createSender } from '../harness/sender.ts';
import { type Customer, setUp } from '../harness/setup.ts';
import { startSimulator } from '../harness/simulator.ts';
import type { World } from '../harness/world.ts';
import { countOf, mostTestMs } from './counts.ts';

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const perSecond = 40;
const perGroup = 3;

it(
  'S4: a backup that was made under load is restored by its command alone, and everything comes to its ticket once',
  async () => {
    const simulator = await startSimulator();
    undo.push(simulator.stop);
    const dir = await temporaryDir('backup');
    const found = verdictOf();
    for (let n = 0; n < countOf('S4'); n += 1) {
      await simulator.control('POST', 'reset');
      const [before, after] = [join(dir, `${n}-before`), join(dir, `${n}-after`)];
      const file = join(dir, `${n}.tar.gz`);
      const herald = await begin(before, simulator);
      const [customer] = (await setUp(herald.url)) as [Customer];

      const alerts = Array.from({ length: 6 * perSecond }, (_, i) => ({
        externalId: alertId('S4', i),
        group: `Group ${Math.floor(i / perGroup)}`,
        reference: customer.reference,
        severity: 'high' as const,
      }));
      const sender = createSender({ ledger: createLedger(), urls: [herald.url] });
      const sending = (async () => {
        const pace = createPace(perSecond);
        const sent: Promise<unknown>[] = [];
        for (const [i, alert] of alerts.entries()) {
          await pace(i);
          sent.push(sender.send(alert));
        }
        await Promise.all(sent);
      })();
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const said = await succeed(['backup', file], before);
      expect(said).toContain(`Keep a copy of ${join(before, 'secret.key')} apart from this file.`);
      await sending;
      await herald.kill();

      expect(await succeed(['restore', file], after)).toContain('1. Put the secret key of that time into');
      await refusesWithoutKey(after);
      await copyFile(join(before, 'secret.key'), join(after, 'secret.key'));
      const restored = await begin(after, simulator);
      // Everything is sent again at once: the order among what was under way together is free.
      const ledger = createLedger();
      const again = createSender({ ledger, urls: [restored.url] });
      await Promise.all(alerts.map((alert) => again.send(alert)));
      const { url, rows } = restored;
      const instances = [{ url, leaks: [] }];
      const world = { database: { rows }, simulator, ledger, instances, customers: [customer] };
      const { verdict } = await judgeWorld(world as unknown as World);
      for (const kind of [...kinds, 'other'] as const)
        found[kind].push(...verdict[kind].map((finding) => `backup ${n + 1}: ${finding}`));
      if (Object.values(found).flat().length > 0) break;
      expect(await succeed(['restore', '--report'], after)).toMatch(/^(ticket|note) +T\d+/m);
      await restored.end();
      await rm(file);
    }
    conclude('S4', found);
  },
  mostTestMs,
);

async function begin(
  dataDir: string,
  simulator: Parameters<typeof startEmbeddedHerald>[1],
): Promise<EmbeddedHerald> {
  const herald = await startEmbeddedHerald(dataDir, simulator);
  undo.push(herald.end);
  return herald;
}

/** What a command printed. */
async function succeed(args: string[], dataDir: string): Promise<string> {
  const command = runHerald(args, embeddedEnvironment(dataDir));
  expect([await command.ended, command.err()]).toEqual([0, expect.anything()]);
  return command.out();
}

/** Test S6: nothing is sent, and it says which key is missing. */
async function refusesWithoutKey(dataDir: string): Promise<void> {
  const command = runHerald(['serve'], { ...embeddedEnvironment(dataDir), HERALD_PORT: '0' });
  expect(await command.ended).toBe(1);
  expect(command.err()).toContain(`The key file ${join(dataDir, 'secret.key')} is missing`);
}
