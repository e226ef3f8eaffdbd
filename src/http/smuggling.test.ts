/** Promise I-26: a request that two servers may read in two ways is refused, and what hides in it never runs. */
import { connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startTestServer } from './fixtures/testServer.ts';
import { typed } from './index.ts';

let app: FastifyInstance;
/** How often each route ran. */
let ran: Record<'things' | 'hidden', number>;

beforeEach(async () => {
  ran = { things: 0, hidden: 0 };
  const schema = { summary: 'A route of this test', response: { 200: z.object({}) } };
  const server = await startTestServer([
    (routes) => {
      typed(routes).post('/things', { config: { scope: 'read' }, schema }, async () => {
        ran.things += 1;
        return {};
      });
      typed(routes).get('/hidden', { config: { scope: 'read' }, schema }, async () => {
        ran.hidden += 1;
        return {};
      });
    },
  ]);
  app = server.app;
  await app.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(() => app.close());

const start = 'POST /api/v1/things HTTP/1.1\r\nhost: a\r\nauthorization: Bearer read\r\n';
const hidden = 'GET /api/v1/hidden HTTP/1.1\r\nhost: a\r\nauthorization: Bearer read\r\n\r\n';

/** What the server says until it closes the connection. */
async function say(text: string): Promise<string> {
  const socket = connect((app.server.address() as { port: number }).port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(text);
  await new Promise((resolve) => socket.on('close', resolve).on('error', resolve));
  return answer;
}

const statuses = (answer: string): string[] =>
  [...answer.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status = '']) => status);

const ambiguous: [string, string][] = [
  [
    'a length and chunks',
    `${start}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
  ],
  [
    'chunks and a length',
    `${start}transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n${hidden}`,
  ],
  ['two lengths', `${start}content-length: 0\r\ncontent-length: ${hidden.length}\r\n\r\n${hidden}`],
  ['a list of lengths', `${start}content-length: 0, ${hidden.length}\r\n\r\n${hidden}`],
  ['a length with a sign', `${start}content-length: +0\r\n\r\n${hidden}`],
  ['an encoding behind chunks', `${start}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n${hidden}`],
  ['an encoding that looks like chunks', `${start}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`],
  ['a blank before the colon', `${start}transfer-encoding : chunked\r\n\r\n0\r\n\r\n${hidden}`],
  ['a folded header', `${start}transfer-encoding:\r\n chunked\r\n\r\n0\r\n\r\n${hidden}`],
  ['a folded header of ours', `${start}x-note: a\r\n b\r\ncontent-length: 0\r\n\r\n${hidden}`],
  ['lines that end without CR', `${start}content-length: 0\nx: y\r\n\r\n${hidden}`],
  ['a chunk whose size is no number', `${start}transfer-encoding: chunked\r\n\r\n0x0\r\n\r\n${hidden}`],
  ['a chunk that ends without CR', `${start}transfer-encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n${hidden}`],
  ['a version that there is not', `POST /api/v1/things HTTP/1.9\r\nhost: a\r\n\r\n${hidden}`],
  ['10,000 headers', `${start}${'x: y\r\n'.repeat(10_000)}content-length: 0\r\n\r\n${hidden}`],
  ['a header of 64 kB', `${start}x: ${'y'.repeat(65_536)}\r\ncontent-length: 0\r\n\r\n${hidden}`],
];

describe('a request that can be read in two ways', () => {
  it.each(ambiguous)('is refused with its connection: %s', async (_name, text) => {
    const answer = await say(text);
    expect(statuses(answer)).toHaveLength(1);
    expect(statuses(answer)[0]).toMatch(/^4(00|31)$/);
    expect(ran).toEqual({ things: 0, hidden: 0 });
  });
});

describe('requests of other kinds', () => {
  it('of HTTP/1.0 are answered, and end their connection', async () => {
    expect(statuses(await say(hidden.replace('HTTP/1.1', 'HTTP/1.0')))).toEqual(['200']);
    expect(ran.hidden).toBe(1);
  });

  it('without a host run nothing', async () => {
    expect(statuses(await say(hidden.replace('host: a', 'connection: close')))).toEqual(['400']);
    expect(ran.hidden).toBe(0);
  });

  it('that wait for a go-ahead get one', async () => {
    const answer = await say(
      `${start}connection: close\r\ncontent-length: 0\r\nexpect: 100-continue\r\n\r\n`,
    );
    expect(statuses(answer)).toEqual(['100', '200']);
  });

  it.each(['TRACE', 'TRACK', 'CONNECT'])(
    'by %s run nothing and show nothing of themselves',
    async (method) => {
      const answer = await say(
        `${method} /api/v1/hidden HTTP/1.1\r\nhost: a\r\nauthorization: Bearer read\r\nx-canary: canary\r\nconnection: close\r\n\r\n`,
      );
      expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
      expect(answer).not.toContain('canary');
      expect(ran.hidden).toBe(0);
    },
  );
});
