import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { keyOf, startTestServer, type TestServer } from './fixtures/testServer.ts';
import type { Plugin, ServerParts } from './server.ts';

let server: TestServer | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server?.app.close();
  server = undefined;
});

const things: Plugin = (app) => {
  app.post(
    '/things',
    {
      config: { scope: 'intake' },
      schema: { summary: 'Take', body: z.unknown(), response: { 200: z.object({}) } },
    },
    async () => ({}),
  );
};

/** The port of a server with these limits. */
async function listen(parts: Partial<ServerParts>): Promise<number> {
  server = await startTestServer([things], parts);
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  return (server.app.server.address() as { port: number }).port;
}

/** Sends these bytes on a connection that stays open; resolves with the first of what comes back. */
function say(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    sockets.push(socket);
    socket.on('data', (bytes) => resolve(bytes.toString()));
    socket.on('error', reject).on('close', () => resolve(''));
  });
}

const head = (path: string, ...more: string[]) =>
  [`GET ${path} HTTP/1.1`, 'host: herald.test', ...more, '', ''].join('\r\n');
const post = (key: string, announced: number) =>
  [
    'POST /api/v1/things HTTP/1.1',
    'host: herald.test',
    `authorization: ${keyOf(key as 'intake').authorization}`,
    'content-type: application/json',
    `content-length: ${announced}`,
    '',
    '',
  ].join('\r\n');

const isOverloaded = (answer: string) =>
  /^HTTP\/1.1 503 /.test(answer) && /retry-after: \d/i.test(answer) && /"code":"overloaded"/.test(answer);

describe('while others wait long for the database', () => {
  it('whoever comes now is turned away at once, but for the health of the process', async () => {
    let waitMs = 1_500;
    const port = await listen({ databaseWaitMs: () => waitMs });
    expect(isOverloaded(await say(port, post('intake', 2)))).toBe(true);
    expect(await say(port, head('/healthz'))).toMatch(/^HTTP\/1.1 200 /);
    expect(await say(port, head('/readyz'))).toMatch(/^HTTP\/1.1 200 /);
    waitMs = 500;
    expect(await say(port, `${post('intake', 2)}{}`)).toMatch(/^HTTP\/1.1 200 /);
  });
});

describe('more connections than the process can serve', () => {
  it('are answered and closed, far more are closed; then there is room again', async () => {
    const port = await listen({ mostConnections: 8 });
    const first = await Promise.all(Array.from({ length: 8 }, () => say(port, `${post('intake', 2)}{}`)));
    expect(first.every((answer) => answer.startsWith('HTTP/1.1 200 '))).toBe(true);
    const more = await say(port, post('intake', 2));
    expect(isOverloaded(more) && /connection: close/i.test(more)).toBe(true);
    expect(await say(port, head('/healthz'))).toMatch(/^HTTP\/1.1 200 /);
    for (const socket of sockets.splice(0)) socket.destroy();
    await expect.poll(() => say(port, `${post('intake', 2)}{}`)).toMatch(/^HTTP\/1.1 200 /);
  });
});

describe('large bodies', () => {
  const large = 10 * 1024 * 1024;

  it('are read only as many at a time as memory is meant for them; one sender leaves room for others', async () => {
    const port = await listen({});
    const answers: string[] = [];
    const open = (key: string, count: number) =>
      Promise.race([
        Promise.all(
          Array.from({ length: count }, () => say(port, post(key, large)).then((text) => answers.push(text))),
        ),
        new Promise((resolve) => setTimeout(resolve, 200)),
      ]);
    await open('intake', 20);
    expect(answers.length).toBeGreaterThan(3);
    expect(answers.length).toBeLessThan(20);
    expect(answers.every(isOverloaded)).toBe(true);
    expect(await say(port, `${post('admin', 2)}{}`)).toMatch(/^HTTP\/1.1 200 /);
    for (const socket of sockets.splice(0)) socket.destroy();
    const outcome = () =>
      Promise.race([
        say(port, post('intake', large)),
        new Promise((resolve) => setTimeout(() => resolve('is read'), 100)),
      ]);
    await expect.poll(outcome).toBe('is read');
  });
});
