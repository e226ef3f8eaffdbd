/** File descriptors are used up while log lines go to a full disk (promise H-4). */
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { check } from '../harness/checker.ts';
import { createSender } from '../harness/sender.ts';
import { startStream } from '../harness/stream.ts';
import { openWorld, type World } from '../harness/world.ts';
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

/** Opens connections that say nothing, twice as many as there are descriptors. */
function hold({ port, hostname }: URL): void {
  for (let n = 0; n < 25 && sockets.length < openFiles * 2; n += 1) {
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.splice(sockets.indexOf(socket) >>> 0, 1));
  }
}
