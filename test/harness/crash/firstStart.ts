/**
 * The first start of an installation that brings its own database: key, cluster, migrations, the server itself. It dies
 * at one point, is started again, and must then work as if nothing had been (promises §3.2, A3).
 */
import { statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { alertId } from '../alerts.ts';
import { type Verdict, verdictOf } from '../judge.ts';
import { createLedger } from '../ledger.ts';
import { temporaryDir } from '../processes.ts';
import { createSender } from '../sender.ts';
import { createInstance, type Instance } from '../service.ts';
import { apiOf } from '../setup.ts';
import { startSimulatorHere } from '../simulator.ts';
import type { CrashAt } from './at.ts';
import type { Death, Outcome } from './life.ts';

const settleSeconds = 2;

/** Points of the first start, by their file. */
export const isOfFirstStart = (file: string): boolean =>
  /^src\/(db\/embedded\/|db\/migrate\.ts|secrets\/)/.test(file);

/** Starts twice, each time with an alert and an end in order, and then looks what is there. */
export async function startFirst(death: Death): Promise<Outcome> {
  const simulator = await startSimulatorHere();
  const instance = await createInstance('all', { database: undefined, simulator, settleSeconds });
  const counter = join(await temporaryDir('crash'), 'passages');
  writeFileSync(counter, '');
  const at: CrashAt = { ...death, deed: 'SIGKILL', counter };
  const ledger = createLedger();
  const sender = createSender({ ledger, urls: [instance.url as string] });
  try {
    for (const n of [1, 2]) {
      await start(instance, at);
      const externalId = alertId('A3', n);
      await sender.send({ externalId, group: 'Early', reference: 'org-1', severity: 'high' });
      await instance.stop('SIGTERM');
    }
    await instance.start();
    const verdict = await judgeAlerts(instance, [...ledger.entries.keys()]);
    verdict.leaked.push(...instance.leaks);
    return { verdict, hasDied: hasDied(at) };
  } finally {
    // A server that outlives its Herald is adopted and ended by the next one.
    if (!instance.isReady) await instance.start();
    await instance.stop('SIGTERM');
    await simulator.stop();
    // A cluster each is too much to be left for the end.
    await rm(instance.dataDir, { recursive: true, force: true });
  }
}

const hasDied = ({ counter, passage }: CrashAt): boolean => statSync(counter).size >= passage;

async function start(instance: Instance, at: CrashAt): Promise<void> {
  if (hasDied(at)) return instance.start();
  await instance.start(at).catch((error) => {
    if (!hasDied(at)) throw error;
    return instance.start();
  });
}

async function judgeAlerts({ url }: Instance, acknowledged: readonly string[]): Promise<Verdict> {
  const { items } = await apiOf(url as string)<{ items: { externalId: string }[] }>('GET', '/alerts');
  const verdict = verdictOf();
  for (const externalId of acknowledged) {
    const count = items.filter((alert) => alert.externalId === externalId).length;
    if (count === 0) verdict.lost.push(`${externalId} was acknowledged`);
    if (count > 1) verdict.duplicated.push(`${externalId} is there ${count} times`);
  }
  return verdict;
}
