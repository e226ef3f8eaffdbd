/** Connections to the database that swallow everything and are never closed (promises F3 and L-7). */
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { it } from 'vitest';
import { createAcceptor } from '../../src/alerts/acceptor.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { accept } from '../../src/pipeline.ts';
import { createSignals } from '../../src/wake/signals.ts';
import { conclude } from '../harness/conclude.ts';
import { isListening, proxyDatabase } from '../harness/databaseProxy.ts';
import type { TcpProxy } from '../harness/proxy.ts';
import { anAlert, openWorld, type World } from '../support/world.ts';
import { countOf, mostTestMs } from './counts.ts';

const log = pino({ level: 'silent' });

/** What is to be ended after a test, last first. */
type Ends = (() => Promise<unknown>)[];

/** Both tests wait most of their time: they do it together. */
function together(name: string, test: (ends: Ends) => Promise<void>): void {
  const run = async () => {
    const ends: Ends = [];
    try {
      await test(ends);
    } finally {
      for (const end of ends.reverse()) await end();
    }
  };
  it.concurrent(name, run, mostTestMs);
}

/** A worker whose way to the database leads through a proxy. */
async function openFarWorld(ends: Ends): Promise<{ world: World; proxy: TcpProxy }> {
  let proxy: TcpProxy | undefined;
  const world = await openWorld({
    settleMs: 2_000,
    async way(url) {
      const through = await proxyDatabase(url);
      proxy = through.proxy;
      return through.url;
    },
  });
  ends.push(async () => proxy?.close());
  ends.push(async () => world.close());
  return { world, proxy: proxy as TcpProxy };
}

/** The API of another process, near the database: it stores alerts and tells the worker by signal. */
async function openApi(ends: Ends, { database, settings, workspaceId }: World) {
  const db = openDatabase({ url: database.url });
  const signals = createSignals(db, log, () => undefined);
  const acceptor = createAcceptor({
    db,
    log,
    store: (workspace, entries) => accept(db, settings, workspace, entries),
    wake: (workspace, ids) => {
      for (const id of ids) signals.tell(workspace, id);
    },
  });
  ends.push(() => db.close());
  ends.push(() => signals.close());
  return {
    db,
    /** As a sender does: the same alert again until it is acknowledged. */
    async send(): Promise<void> {
      const alert = anAlert();
      const isTaken = () => acceptor.accept(workspaceId, alert).then(Boolean, () => false);
      await took('an acknowledgement', 60_000, isTaken);
    },
  };
}

/** The catalogue's bar. */
const mostStuckMs = 20_000;

const deliveredIn = async (db: Database, workspaceId: string): Promise<number> => {
  const { rows } = await db.inWorkspace(workspaceId, (tx) =>
    tx.query(`select count(*)::int as n from deliveries where delivery_state = 'delivered'`),
  );
  return rows[0].n;
};

/** Milliseconds until it is so. @throws Error when it takes longer than it may */
async function took(words: string, mostMs: number, isSo: () => Promise<boolean> | boolean): Promise<number> {
  const began = performance.now();
  while (!(await isSo())) {
    if (performance.now() - began > mostMs) throw new Error(`${words}: not within ${mostMs} ms`);
    await sleep(20);
  }
  return Math.round(performance.now() - began);
}

together('F3: deliveries go on while the signals vanish, and the listener comes back', async (ends) => {
  const { world, proxy } = await openFarWorld(ends);
  const { workspaceId } = world;
  const api = await openApi(ends, world);
  let sent = 0;
  const delivered = async (words: string, mostMs: number) => {
    sent += 1;
    await api.send();
    return took(words, mostMs, async () => (await deliveredIn(api.db, workspaceId)) === sent);
  };
  await delivered('delivery', 30_000);
  const polledMs: number[] = [];
  const backMs: number[] = [];
  const other: string[] = [];
  for (let n = 0; n < countOf('F3'); n += 1) {
    const [line] = proxy.lines.filter(isListening);
    line?.set({ kind: 'blackHole' });
    const began = performance.now();
    polledMs.push(await delivered('delivery without signals', 30_000));
    const isBack = () => proxy.lines.some((other) => other !== line && isListening(other));
    await took('another listener', 60_000, isBack).catch((error: Error) => other.push(error.message));
    backMs.push(Math.round(performance.now() - began));
    await delivered('delivery with signals again', 30_000);
  }
  const [mostPolled, mostBack] = [Math.max(...polledMs), Math.max(...backMs)];
  console.log(`F3: delivered after at most ${mostPolled} ms, listens again after at most ${mostBack} ms`);
  const most = { 'delivered without signals after, ms': mostPolled, 'listens again after, ms': mostBack };
  const lost = sent - (await deliveredIn(api.db, workspaceId));
  conclude('F3', { lost: lost === 0 ? [] : [`${lost} alerts`], other }, { most });
});

together('L-7: no question to a database that vanished is stuck for more than 20 s', async (ends) => {
  const { world, proxy } = await openFarWorld(ends);
  const { db, workspaceId } = world;
  const api = await openApi(ends, world);
  let sent = 0;
  const delivered = async () => {
    sent += 1;
    await api.send();
    await took('delivery', 60_000, async () => (await deliveredIn(api.db, workspaceId)) === sent);
  };
  await delivered();
  const stuckMs: number[] = [];
  for (let n = 0; n < countOf('L-7'); n += 1) {
    // Several connections, idle ones and one in the middle of its work.
    const inTheMiddle = Promise.withResolvers<void>();
    const questions = [
      timed(() =>
        db.inWorkspace(workspaceId, async (tx) => {
          await inTheMiddle.promise;
          await tx.query('select 1');
        }),
      ),
    ];
    await Promise.all(
      Array.from({ length: 6 }, () => timed(() => db.unfenced((tx) => tx.query('select pg_sleep(0.05)')))),
    );
    for (const line of proxy.lines) line.set({ kind: 'blackHole' });
    inTheMiddle.resolve();
    questions.push(
      ...Array.from({ length: 8 }, () => timed(() => db.unfenced((tx) => tx.query('select 1')))),
    );
    await delivered();
    stuckMs.push(...(await Promise.all(questions)));
    const answers = () => db.unfenced((tx) => tx.query('select 1')).then(Boolean, () => false);
    await took('an answer again', 60_000, answers);
  }
  const most = Math.max(...stuckMs);
  console.log(`L-7: ${stuckMs.length} questions, answered or given up after at most ${most} ms`);
  const other = most > mostStuckMs ? [`a question was stuck for ${most} ms`] : [];
  conclude('L-7', { other }, { most: { 'stuck, ms': most } });
});

/** How long it took to be answered or refused, in milliseconds. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work().catch(() => undefined);
  return Math.round(performance.now() - began);
}
