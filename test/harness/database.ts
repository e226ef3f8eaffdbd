/** A PostgreSQL of the harness: outside all Herald processes, so that they and it can be killed apart. */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { startEmbedded } from '../../src/db/embedded/index.ts';
import { forgetPid, temporaryDir, watchPid } from './processes.ts';

export interface HarnessDatabase {
  /** As the product connects. */
  readonly url: string;
  /** Rows of one statement as the superuser, behind row-level security. */
  rows<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
  /** kill -9 of the postmaster and all its children; resolves when connections are accepted again. */
  killAll(): Promise<void>;
  stop(): Promise<void>;
}

const mostRecoveryMs = 60_000;
const pollMs = 20;

export async function startDatabase(): Promise<HarnessDatabase> {
  const dataDir = await temporaryDir('database');
  const server = await startEmbedded({ dataDir, log: { info() {}, warn() {} } });
  watchPid(server.pid);
  const adminUrl = server.adminUrl.replace('/postgres?', '/herald?');

  async function rows<R extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<R[]> {
    const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query<R>(text, values)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  return {
    url: server.url,
    rows,
    async killAll() {
      const killed = server.pid;
      const children = await childrenOf(killed);
      for (const pid of [killed, ...children]) killNow(pid);
      forgetPid(killed);
      const until = Date.now() + mostRecoveryMs;
      for (;;) {
        const answers = await rows('select 1').then(Boolean, () => false);
        if (answers && server.pid !== killed) break;
        if (Date.now() > until) throw new Error('PostgreSQL does not come back');
        await sleep(pollMs);
      }
      watchPid(server.pid);
    },
    async stop() {
      const { pid } = server;
      await server.stop();
      forgetPid(pid);
    },
  };
}

async function childrenOf(parent: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
  return stdout
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number))
    .flatMap(([pid, ppid]) => (ppid === parent && pid !== undefined ? [pid] : []));
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
