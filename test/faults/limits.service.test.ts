/** File descriptors are used up while log lines go to a full disk; memory runs out (promise H-4). */
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { countWhile } from '../harness/alerts.ts';
import { check } from '../harness/checker.ts';
import { createSender, inParallel } from '../harness/sender.ts';
import { apiKey, type Instance } from '../harness/service.ts';
import { startStream } from '../harness/stream.ts';
import { openWorld, until, type World } from '../harness/world.ts';
import { countOf, mostTestMs } from '../promises/counts.ts';

const openFiles = 256;
const sockets: Socket[] = [];
let world: World;
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await world?.close();
});

it.runIf(existsSync('/dev/full'))(
  'H-4: used-up file descriptors and a full disk for logs stop no delivery',
  async () => {
    const through = `ulimit -n ${openFiles}; exec "$0" "$@" >/dev/full`;
    world = await openWorld({ roles: ['all'], instances: { through } });
    const [instance] = world.instances;
    const url = new URL(instance!.url as string);
    const statuses = new Map<number, number>();
    const sender = createSender({
      ledger: world.ledger,
      urls: [instance!.url as string],
      onAnswer: ({ status }) => statuses.set(status, (statuses.get(status) ?? 0) + 1),
    });
    const stream = startStream('H4', { ...world, sender });
    await sleep(500);
    const isOver = sleep(countOf('H-4') * 1_000).then(() => true);
    while (!(await Promise.race([isOver, sleep(20)]))) hold(url);
    for (const socket of sockets.splice(0)) socket.destroy();
    await stream.stop();
    console.log(`H-4: answers ${JSON.stringify([...statuses])}, ${sender.counts.broken} connections closed`);
    await check('H-4', world);
    expect(instance?.isReady).toBe(true);
    expect([...statuses.keys()].filter((status) => ![202, 429, 503].includes(status))).toEqual([]);
    expect(sender.counts.serverErrors + sender.counts.broken).toBeGreaterThan(0);
  },
  mostTestMs,
);

/**
 * Far less than `bin/herald` asks for. A limit of the heap stands for one of the host: where that ends the process with
 * kill -9 (which A1 shows), V8 ends it by itself. A limit of addresses (`ulimit -v`) is none: Node reserves far more than it uses.
 */
const heapMb = 80;
const senders = 24;
/** V8 that has no memory left calls abort(). */
const outOfMemory = ['SIGABRT', 'SIGTRAP', 134];

it(
  'H-4: a process that runs out of memory refuses or ends, and nothing is lost',
  async () => {
    const through = `NODE_OPTIONS=--max-old-space-size=${heapMb} exec "$0" "$@"`;
    world = await openWorld({ roles: ['all'], instances: { through } });
    const [instance] = world.instances as [Instance];
    const stream = startStream('H4', world);
    let [isFlooded, isWatched] = [true, true];
    const ends: (number | string)[] = [];
    const watching = (async () => {
      while (isWatched) {
        const end = await Promise.race([instance.ended(), sleep(100)]);
        if (end === undefined) continue;
        ends.push(end);
        await startAgain(instance);
      }
    })();
    const flood = inParallel(
      countWhile(() => isFlooded),
      senders,
      () => sendLarge(instance.url as string),
    );
    await sleep(countOf('H-4') * 1_000);
    const { counts } = world.sender;
    await until('memory has run out', () => ends.length + counts.serverErrors > 0);
    isFlooded = false;
    await flood;
    await stream.stop();
    isWatched = false;
    await watching;
    console.log(`H-4: ended by ${JSON.stringify(ends)}; ${counts.serverErrors} of 5xx or 429`);
    await check('H-4', world, {
      most: { 'ends for want of memory': ends.length },
      other: ends.filter((end) => !outOfMemory.includes(end)).map((end) => `it ended by ${end}`),
    });
  },
  mostTestMs,
);

/** Small members of large objects: of all that is taken what costs the most memory for its bytes. */
const large = JSON.stringify(
  Array.from({ length: 190 }, () =>
    Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`k${n}`, 1])),
  ),
);

const mostStarts = 10;

/** The flood may end it before it is ready. */
async function startAgain(instance: Instance): Promise<void> {
  for (let starts = 1; ; starts += 1) {
    try {
      return await instance.start();
    } catch (error) {
      if (starts === mostStarts) throw error;
    }
  }
}

/** As much as may be sent at once, and nothing that can be stored. */
async function sendLarge(url: string): Promise<void> {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/v1/alerts`, { method: 'POST', headers, body: large }).catch(() =>
    sleep(50),
  );
  await answer?.arrayBuffer().catch(() => undefined);
}

/** Opens connections that say nothing, twice as many as there are descriptors. */
function hold({ port, hostname }: URL): void {
  for (let n = 0; n < 25 && sockets.length < openFiles * 2; n += 1) {
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.splice(sockets.indexOf(socket) >>> 0, 1));
  }
}
