/** The disk of the embedded database runs full (promise L-3). Needs the right to mount a small one in memory. */
import { execFileSync } from 'node:child_process';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { adminConnection, connectionUrl } from '../../src/db/embedded/connection.ts';
import { readPasswords } from '../../src/db/embedded/passwords.ts';
import { conclude } from '../harness/conclude.ts';
import { rowsOf } from '../harness/database.ts';
import { judge } from '../harness/judge.ts';
import { createLedger } from '../harness/ledger.ts';
import { temporaryDir } from '../harness/processes.ts';
import { createSender, type Heard } from '../harness/sender.ts';
import { createInstance, type Instance } from '../harness/service.ts';
import { setUp } from '../harness/setup.ts';
import { type Simulator, startSimulator } from '../harness/simulator.ts';
import { readStored, settled } from '../harness/stored.ts';
import { startStream } from '../harness/stream.ts';
import { until } from '../harness/world.ts';
import { countOf, mostTestMs } from '../promises/counts.ts';

const megabyte = 1024 ** 2;
const sizeMegabytes = 700;
const mostRecoveryMs = 60_000;

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A disk of its own; undefined where nobody may make one. */
async function smallDisk(): Promise<string | undefined> {
  const dir = await temporaryDir('disk');
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMegabytes}m,mode=0755`, 'tmpfs', dir], {
      stdio: 'ignore',
    });
  } catch {
    return undefined;
  }
  undo.push(() => execFileSync('umount', ['-l', dir]));
  return dir;
}

it.skipIf(countOf('L-3') === 0)(
  'L-3: a full disk refuses alerts, and works again when there is room',
  async (test) => {
    const disk = await smallDisk();
    if (disk === undefined) return test.skip('no right to mount a small disk');
    const { instance, simulator, heard, world } = await open(disk);
    const stream = startStream('L3', world);
    const recoveriesMs: number[] = [];
    for (let n = 0; n < countOf('L-3'); n += 1) {
      // To just below the headroom, then to the last byte.
      for (const leftMegabytes of [sizeMegabytes * 0.05, 0]) {
        await sleep(1_000);
        const refused = () => heard.findLast(({ status }) => status === 503);
        heard.length = 0;
        const free = await fill(disk, leftMegabytes);
        await until('alerts are refused', () => refused() !== undefined);
        expect(refused()?.retryAfterSeconds).toBeGreaterThan(0);
        // Herald refuses before PostgreSQL has to.
        expect(await freeMegabytes(disk)).toBeGreaterThanOrEqual(leftMegabytes / 2);
        await sleep(2_000);
        await free();
        const began = performance.now();
        heard.length = 0;
        await until('alerts are taken', () => heard.some(({ status }) => status === 202), mostRecoveryMs);
        recoveriesMs.push(performance.now() - began);
      }
    }
    await stream.stop();
    expect(instance.isReady).toBe(true);
    const slowest = Math.round(Math.max(...recoveriesMs));
    console.log(`L-3: ${recoveriesMs.length} times full, works again after at most ${slowest} ms`);

    await settled(world.database, mostRecoveryMs);
    const evidence = {
      sent: [...world.ledger.entries.values()],
      stored: await readStored(world.database),
      recorded: await simulator.recorded(),
      leaks: instance.leaks,
    };
    conclude('L-3', judge(evidence), { most: { 'works again after, ms': slowest } });
  },
  mostTestMs,
);

/** Herald with its own database on this disk, and everything else that a test needs. */
async function open(disk: string) {
  const simulator: Simulator = await startSimulator();
  undo.push(simulator.stop);
  const dataDir = join(disk, 'data');
  const instance: Instance = await createInstance('all', {
    database: undefined,
    simulator,
    settleSeconds: 8,
    dataDir,
  });
  undo.push(() => instance.stop('SIGTERM'));
  await instance.start();
  const url = instance.url as string;
  const customers = await setUp(url);
  const ledger = createLedger();
  const heard: Heard[] = [];
  const sender = createSender({ ledger, urls: [url], onAnswer: (answer) => heard.push(answer) });
  const admin = connectionUrl({
    ...adminConnection(join(dataDir, 'postgres.socket'), await readPasswords(dataDir)),
    database: 'herald',
  });
  const database = { rows: rowsOf(admin) };
  return { instance, simulator, heard, world: { customers, ledger, sender, database } };
}

/** Leaves so much of the disk free; answers how to give it back. */
async function fill(disk: string, leftMegabytes: number): Promise<() => Promise<void>> {
  const path = join(disk, 'filler');
  const bytes = Math.max(0, ((await freeMegabytes(disk)) - leftMegabytes) * megabyte);
  // What the server writes meanwhile may leave less than that.
  await writeFile(path, Buffer.alloc(Math.floor(bytes))).catch(() => undefined);
  return () => rm(path, { force: true });
}

async function freeMegabytes(disk: string): Promise<number> {
  const { bavail, bsize } = await statfs(disk);
  return (bavail * bsize) / megabyte;
}
