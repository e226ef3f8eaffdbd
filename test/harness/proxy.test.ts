import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProxy, type TcpProxy } from './proxy.ts';

/** Answers each piece with itself in capitals, and remembers what came. */
const heard: string[] = [];
const clients: Socket[] = [];
const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    heard.push(chunk.toString());
    socket.write(chunk.toString().toUpperCase());
  });
  socket.on('end', () => socket.end('BYE'));
});

let proxy: TcpProxy;

beforeEach(async () => {
  heard.length = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await startProxy({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
  server.close();
});

interface Client {
  socket: Socket;
  said: string;
  errors: string[];
  isClosed: boolean;
}

async function open(): Promise<Client> {
  const socket = connect(proxy.port, '127.0.0.1');
  clients.push(socket);
  const client: Client = { socket, said: '', errors: [], isClosed: false };
  socket.on('data', (chunk) => {
    client.said += chunk.toString();
  });
  socket.on('error', (error) => client.errors.push((error as NodeJS.ErrnoException).code ?? ''));
  socket.on('close', () => {
    client.isClosed = true;
  });
  await once(socket, 'connect');
  return client;
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await sleep(2);
}

/** Long enough for what would have come, if it came. */
const aMoment = () => sleep(60);

describe('the proxy', () => {
  it('carries both directions and the end of a line', async () => {
    const client = await open();
    client.socket.write('hello');
    await until(() => client.said === 'HELLO');
    client.socket.end();
    await until(() => client.isClosed);
    expect(client.said).toBe('HELLOBYE');
    expect(client.errors).toEqual([]);
    await until(() => proxy.lines.length === 0);
    expect(proxy.accepted).toBe(1);
  });

  it('carries much without mixing it up', async () => {
    const client = await open();
    const text = Array.from({ length: 60_000 }, (_, n) => `line ${n};`).join('');
    client.socket.write(text);
    await until(() => client.said.length >= text.length);
    expect(client.said).toBe(text.toUpperCase());
  });

  it('swallows everything in a black hole, tells nobody, and goes on when it ends', async () => {
    const client = await open();
    await proxy.set({ kind: 'blackHole' });
    client.socket.write('hello');
    await aMoment();
    expect([client.said, heard, client.isClosed]).toEqual(['', [], false]);
    await proxy.set({ kind: 'none' });
    await until(() => client.said === 'HELLO');
  });

  it('does not tell the server in a black hole that the client has gone', async () => {
    const client = await open();
    await until(() => proxy.lines.length === 1);
    await proxy.set({ kind: 'blackHole' });
    client.socket.destroy();
    await aMoment();
    expect(proxy.lines).toHaveLength(1);
    await proxy.set({ kind: 'none' });
    await until(() => proxy.lines.length === 0);
  });

  it('gives one line a trouble of its own, known by how it began', async () => {
    const [first, second] = [await open(), await open()];
    first.socket.write('one');
    second.socket.write('two');
    await until(() => first.said === 'ONE' && second.said === 'TWO');
    proxy.lines.find(({ opening }) => opening.startsWith('two'))?.set({ kind: 'blackHole' });
    first.socket.write('.');
    second.socket.write('.');
    await until(() => first.said === 'ONE.');
    await aMoment();
    expect(second.said).toBe('TWO');
  });

  it.each([
    { name: 'before the request', after: { request: 0 }, arrived: '', came: '' },
    // This server answers half a request too.
    { name: 'in the middle of it', after: { request: 4 }, arrived: 'post', came: 'POST' },
    { name: 'after it', after: { response: 0 }, arrived: 'post please', came: '' },
    { name: 'in the middle of the answer', after: { response: 4 }, arrived: 'post please', came: 'POST' },
  ])('resets a line $name', async ({ after, arrived, came }) => {
    const client = await open();
    client.socket.write('first');
    await until(() => client.said === 'FIRST');
    await proxy.set({ kind: 'reset', after, when: /^post/, times: 1 });
    client.socket.write('other');
    await until(() => client.said === 'FIRSTOTHER');
    client.socket.write('post please');
    await until(() => client.isClosed);
    expect(heard.slice(2).join('')).toBe(arrived);
    expect(client.said).toBe(`FIRSTOTHER${came}`);
    expect(client.errors).toEqual(['ECONNRESET']);
    expect(proxy.resets).toBe(1);
    const next = await open();
    next.socket.write('post please');
    await until(() => next.said === 'POST PLEASE');
  });

  it('refuses new lines, keeps the open ones, and listens again', async () => {
    const client = await open();
    client.socket.write('a');
    await until(() => client.said === 'A');
    await proxy.set({ kind: 'refuse' });
    await expect(open()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    client.socket.write('b');
    await until(() => client.said === 'AB');
    await proxy.set({ kind: 'none' });
    const next = await open();
    next.socket.write('c');
    await until(() => next.said === 'C');
  });

  it('cuts a line at once', async () => {
    const client = await open();
    await until(() => proxy.lines.length === 1);
    proxy.lines[0]?.cut();
    await until(() => client.isClosed);
    expect(client.errors).toEqual(['ECONNRESET']);
    await until(() => proxy.lines.length === 0);
  });

  it.each([
    { name: 'drips byte by byte', trouble: { kind: 'drip', everyMs: 5 } as const, pieces: 5 },
    {
      name: 'narrows a line',
      trouble: { kind: 'bandwidth', bytesPerSecond: 40 } as const,
      pieces: 3,
    },
    { name: 'delays whole pieces', trouble: { kind: 'latency', ms: 20 } as const, pieces: 1 },
  ])('$name', async ({ trouble, pieces }) => {
    const client = await open();
    await proxy.set(trouble);
    const began = performance.now();
    client.socket.write('hello');
    await until(() => client.said === 'HELLO');
    expect(heard).toHaveLength(pieces);
    // The least that it must take; how much longer it took says nothing.
    expect(performance.now() - began).toBeGreaterThanOrEqual(20);
  });

  it('tells the client when the server is not there', async () => {
    await proxy.close();
    proxy = await startProxy({ port: 9, host: '127.0.0.1' });
    const client = await open();
    await until(() => client.isClosed);
    expect(client.errors).toEqual(['ECONNRESET']);
  });
});
