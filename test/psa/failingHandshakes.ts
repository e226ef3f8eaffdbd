/** Handshakes that fail, many in one process, and what they leave in its memory (promises J-9). */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type TlsOptions } from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createOutbound } from '../../src/outbound/index.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../src/outbound/fixtures/${name}.pem`, import.meta.url), 'utf8');

/** One of each kind: what is wrong is found at different places of a handshake. */
const kinds: TlsOptions[] = [
  ...['expired', 'self-signed', 'other-name'].map((name) => ({ cert: fixture(name) })),
  { cert: fixture('good'), minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' },
];
/** What a first handshake loads for good is no leak. */
const warmUps = 100;
const bytesOfMb = 1024 * 1024;

export interface Leak {
  /** Of them, calls that were answered in any other way than that nothing was sent for want of trust. */
  wrong: string[];
  /** By how much the memory in use has grown, garbage left out. */
  grownMb: number;
}

/** Makes so many calls to hosts that cannot be trusted, one after another. */
export async function failHandshakes(count: number): Promise<Leak> {
  const servers = await Promise.all(kinds.map(listen));
  const door = createOutbound({ allow: ['127.0.0.1'], ca: fixture('authority') });
  const wrong: string[] = [];
  const call = async (n: number) => {
    const { port } = servers[n % servers.length]!.address() as AddressInfo;
    const reply = await door.call({ method: 'POST', body: '{}', url: `https://127.0.0.1:${port}/` });
    if (reply.kind !== 'notSent' || reply.reason !== 'tls') wrong.push(`${reply.kind} instead of notSent`);
  };
  try {
    for (let n = 0; n < warmUps; n += 1) await call(n);
    const before = usedBytes();
    for (let n = 0; n < count; n += 1) await call(n);
    return { wrong, grownMb: Math.max(0, (usedBytes() - before) / bytesOfMb) };
  } finally {
    await door.close();
    for (const server of servers) server.close();
  }
}

function listen(options: TlsOptions): Promise<Server> {
  const server = createServer({ key: fixture('key'), ...options });
  // The client hangs up; nobody is kept in mind.
  server.on('tlsClientError', () => undefined);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

/** Objects, and what they hold outside the heap: sockets and TLS contexts tell the collector of theirs. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
