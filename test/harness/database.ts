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
  /** The same database as the superuser, for a connection that a test keeps. */
  readonly adminUrl: string;
  /** Rows of one statement as the superuser, behind row-level security. */
  rows<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
  /**
   * A copy of this database on the same server, as it is now: nobody may be connected to it. The copy goes with the
   * server; killing and stopping stay with the original.
   */
  copy(name: string): Promise<Pick<HarnessDatabase, 'url' | 'adminUrl' | 'rows'>>;
  /** kill -9 of the postmaster and all its children; resolves when connections are accepted again. */
  killAll(): Promise<void>;
  /** The server ends in order (`fast`) or at once (`immediate`) and is started again; resolves when it accepts connections. */
  restart(how: 'fast' | 'immediate'): Promise<void>;
  /** How often it has ended and come back. */
  readonly restarts: number;
  stop(): Promise<void>;
}

const mostRecoveryMs = 60_000;
const pollMs = 20;

export async function startDatabase(): Promise<HarnessDatabase> {
  const dataDir = await temporaryDir('database');
  // Many Heralds share it, each with its pool.
  const settings = { max_connections: '300' };
  const server = await startEmbedded({ dataDir, log: { info() {}, warn() {} }, settings });
  watchPid(server.pid);
  const adminUrl = server.adminUrl.replace('/postgres?', '/herald?');
  const rows = rowsOf(adminUrl);
  let restarts = 0;

  /** It is watched, and started again when it has ended. */
  async function end(work: (pid: number) => Promise<void>): Promise<void> {
    const ended = server.pid;
    restarts += 1;
    await work(ended);
    forgetPid(ended);
    const until = Date.now() + mostRecoveryMs;
    for (;;) {
      const answers = await rows('select 1').then(Boolean, () => false);
      if (answers && server.pid !== ended) break;
      if (Date.now() > until) throw new Error('PostgreSQL does not come back');
      await sleep(pollMs);
    }
    watchPid(server.pid);
  }

  return {
    url: server.url,
    adminUrl,
    rows,
    get restarts() {
      return restarts;
    },
    async copy(name) {
      await rowsOf(server.adminUrl)(`create database ${name} template herald owner herald`);
      const copyUrl = server.adminUrl.replace('/postgres?', `/${name}?`);
      return {
        url: server.url.replace('/herald?', `/${name}?`),
        adminUrl: copyUrl,
        rows: rowsOf(copyUrl),
      };
    },
    killAll: () =>
      end(async (pid) => {
        for (const one of [pid, ...(await childrenOf(pid))]) killNow(one);
      }),
    restart: (how) => end(async (pid) => void process.kill(pid, how === 'fast' ? 'SIGINT' : 'SIGQUIT')),
    async stop() {
      const { pid } = server;
      await server.stop();
      forgetPid(pid);
    },
  };
}

/** Runs single statements as the superuser. */
export function rowsOf(connectionString: string): HarnessDatabase['rows'] {
  return async <R extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<R[]> => {
    const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query<R>(text, values)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
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
