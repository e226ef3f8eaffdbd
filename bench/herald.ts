/** Herald as the benchmarks use it: a real process with a fresh data directory, set up over its REST API. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeConnection } from '../test/harness/connection.ts';
import { type Process, start } from './processes.ts';

export const apiKey = 'bench-key-that-is-longer-than-32-characters';

export interface Bench extends Process {
  api<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** A counter of /metrics, summed over its labels. */
  metric(name: string): Promise<number>;
  dataDir: string;
  remove(): Promise<void>;
}

export async function startHerald(
  receiver?: string,
  dataDir?: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Bench> {
  const dir = dataDir ?? (await mkdtemp(join(tmpdir(), 'herald-bench-')));
  const env: Record<string, string> = {
    HERALD_DATA_DIR: dir,
    HERALD_PORT: String(await freePort()),
    HERALD_API_KEY: apiKey,
    // A line per attempt goes to whoever collects logs; here nobody does.
    LOG_LEVEL: 'warn',
    ...more,
  };
  if (receiver) {
    env.HERALD_PSA_URLS = `autotask=${receiver}/atservicesrest/v1.0/zoneInformation`;
    env.HERALD_OUTBOUND_ALLOW = '127.0.0.1';
  }
  const service = await start(['bin/herald', 'serve'], env, isReady);
  const authorization = `Bearer ${apiKey}`;
  return {
    ...service,
    dataDir: dir,
    async api<T>(method: string, path: string, body?: unknown) {
      const answer = await fetch(`${service.url}/api/v1${path}`, {
        method,
        headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as T;
    },
    async metric(name) {
      const answer = await fetch(`${service.url}/metrics`, { headers: { authorization } });
      const lines = (await answer.text()).split('\n').filter((line) => line.startsWith(name));
      return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    },
    async remove() {
      await service.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`).catch(() => undefined);
  return answer?.ok ?? false;
}

/** One organization with a connection of its own, `count` times: alerts of `org-<n>` go to the nth connection. */
export async function connect(herald: Bench, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const id = await makeConnection(herald.api, {
      name: `Connection ${n}`,
      credentials: { username: 'bench@psa.example', secret: 'bench', integrationCode: 'BENCH' },
      catchAllAccountId: '1',
    });
    await herald.api('POST', `/psa/connections/${id}/finish`, { confirmUnmapped: 0 });
    await herald.api('POST', '/organizations', {
      name: `Organization ${n}`,
      externalRefs: [`org-${n}`],
      connectionId: id,
    });
  }
}
