/**
 * Stands before a simulator, at one address for all connections as a vendor's host is, and can treat each login in
 * its own way. The zone look-up sends every login to a path of its own; the simulator takes its user's name in any case,
 * so it is the spelling that tells logins apart.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { simulatorCredentials } from '../support/steps.ts';

export type Treatment =
  | { kind: 'none' }
  /** Done, and answered so much later. */
  | { kind: 'slow'; ms: number }
  /** The connection is reset. */
  | { kind: 'refuse' }
  /** 429, to come again in a second. */
  | { kind: 'throttle' }
  /** Never answered. */
  | { kind: 'silent' };

export interface Front {
  /** Entry of `HERALD_PSA_URLS`. */
  readonly psaUrls: string;
  /** Of the nth login, from now on. */
  treat(n: number, treatment: Treatment): void;
  close(): void;
}

/** The nth of many logins that all are the same to the simulator. */
export function loginOf(n: number): typeof simulatorCredentials {
  let bit = 0;
  const username = simulatorCredentials.username.replace(/[a-z]/g, (letter) =>
    n & (1 << bit++) ? letter.toUpperCase() : letter,
  );
  return { ...simulatorCredentials, username };
}

const mostLogins = 1_000;

export async function startFront(simulatorUrl: string): Promise<Front> {
  const numbers = new Map(Array.from({ length: mostLogins }, (_, n) => [loginOf(n).username, n]));
  const treatments = new Map<number, Treatment>();

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', origin());
    const [, n, path] = /^\/login\/(\d+)(\/.*)$/.exec(url.pathname) ?? [];
    if (n === undefined) return zone(numbers.get(url.searchParams.get('user') ?? ''), outgoing);
    const treatment = treatments.get(Number(n)) ?? { kind: 'none' };
    if (treatment.kind === 'refuse') return void incoming.socket.resetAndDestroy();
    if (treatment.kind === 'silent') return;
    if (treatment.kind === 'throttle')
      return void outgoing.writeHead(429, { 'retry-after': '1', 'content-length': 0 }).end();
    const [got] = (await once(forward(incoming, `${simulatorUrl}${path}${url.search}`), 'response')) as [
      IncomingMessage,
    ];
    if (treatment.kind === 'slow') await sleep(treatment.ms);
    outgoing.writeHead(got.statusCode ?? 502, got.headers);
    got.pipe(outgoing);
  }

  function zone(n: number | undefined, outgoing: ServerResponse): void {
    const url = `${origin()}/login/${n}/ATServicesRest/`;
    outgoing.setHeader('content-type', 'application/json');
    outgoing.end(JSON.stringify({ zoneName: 'Zone', url, webUrl: `${origin()}/`, ci: 1 }));
  }

  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => incoming.socket.destroy());
  }).listen(0, '127.0.0.1');
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await once(server, 'listening');
  return {
    psaUrls: `autotask=${origin()}/zone`,
    treat: (n, treatment) => void treatments.set(n, treatment),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function forward(incoming: IncomingMessage, url: string) {
  const { connection, host, ...headers } = incoming.headers;
  return incoming.pipe(request(url, { method: incoming.method, headers }));
}
