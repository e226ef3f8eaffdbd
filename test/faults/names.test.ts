/** Names and their addresses (promise H-6): what cannot be reached is told apart, and in time. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, it } from 'vitest';
import { createOutbound, type Reply } from '../../src/outbound/index.ts';
import { conclude } from '../harness/conclude.ts';
import { countOf, mostTestMs, timeBar } from '../promises/counts.ts';

const isNightly = process.env.PROMISES_TIER === 'nightly';
/** Of the door, for DNS, connect and TLS together; a short one shows the same elsewhere. */
const connectTimeoutMs = isNightly ? 10_000 : 500;
/** The HTTP client looks at its watch twice a second. */
const toleranceMs = 1_000;
const host = 'psa.test';

let server: Server;
let port: number;
beforeAll(async () => {
  server = createServer((_request, response) => response.end('{}'));
  // Of both families.
  server.listen(0, '::');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => void server.close());

const noSuchName = async (): Promise<string[]> => {
  throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
};
const silence = (): Promise<string[]> => new Promise(() => undefined);

/** What each answer of DNS must come to. */
const cases: [name: string, resolve: () => Promise<string[]>, expected: RegExp][] = [
  ['an IPv6 address only', async () => ['::1'], /^answered$/],
  ['an IPv6 address only where nobody is', async () => ['100::1'], /^notSent connect: .+/],
  ['IPv6 first, which nobody has', async () => ['100::1', '127.0.0.1'], /^answered$/],
  ['no such name', noSuchName, /^notSent dns: psa\.test could not be resolved \(ENOTFOUND\)/],
  ['no address', async () => [], /^notSent dns: psa\.test has no address/],
  ['silence', silence, /^notSent (dns|connect): .+/],
];

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some((one) => one.address === '::1'));

it.runIf(hasIpv6)(
  'H-6: a name is reached by what addresses it has, or it is said why not',
  async () => {
    const other: string[] = [];
    let slowestMs = 0;
    for (let run = 0; run < countOf('H-6'); run += 1) {
      for (const [name, resolve, expected] of cases) {
        const began = performance.now();
        const came = wordsOf(await callOnce(resolve));
        const tookMs = performance.now() - began;
        slowestMs = Math.max(slowestMs, Math.round(tookMs));
        if (!expected.test(came)) other.push(`${name}: ${came}`);
        if (tookMs > connectTimeoutMs + timeBar(toleranceMs)) other.push(`${name}: ${Math.round(tookMs)} ms`);
      }
      const [before, after] = await callAfterMove();
      if (before !== 'answered' || after !== 'answered')
        other.push(`an address that changes: ${before}, then ${after}`);
    }
    conclude('H-6', { other }, { most: { 'known after, ms': slowestMs } });
  },
  mostTestMs,
);

async function callOnce(resolve: () => Promise<string[]>): Promise<Reply> {
  const door = createOutbound({ allow: [host], resolve, limits: { connectTimeoutMs } });
  try {
    return await door.call({ method: 'GET', url: `http://${host}:${port}/` });
  } finally {
    await door.close();
  }
}

/** The name moves from one family to the other between two calls. */
async function callAfterMove(): Promise<string[]> {
  let address = '127.0.0.1';
  const door = createOutbound({ allow: [host], resolve: async () => [address], limits: { keepAliveMs: 1 } });
  try {
    const url = `http://${host}:${port}/`;
    const before = wordsOf(await door.call({ method: 'GET', url, headers: {} }));
    server.closeAllConnections();
    address = '::1';
    return [before, wordsOf(await door.call({ method: 'GET', url }))];
  } finally {
    await door.close();
  }
}

const wordsOf = (reply: Reply): string =>
  reply.kind === 'answered' ? reply.kind : `${reply.kind} ${reply.reason}: ${reply.detail}`;
