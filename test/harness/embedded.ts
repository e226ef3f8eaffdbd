/** Herald with the database that it brings along, in a data directory that a test can back up and restore. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { adminConnection } from '../../src/db/embedded/connection.ts';
import { database, readPasswords } from '../../src/db/embedded/passwords.ts';
import { readPidFile } from '../../src/db/embedded/pidFile.ts';
import { signal } from '../../src/db/embedded/processes.ts';
import { freePort } from '../../src/demo/ports.ts';
import type { HarnessDatabase } from './database.ts';
import { forgetPid, root, startNode, watchPid } from './processes.ts';
import { apiKey, sabotageArgs } from './service.ts';
import type { Simulator } from './simulator.ts';

export interface EmbeddedHerald {
  url: string;
  /** Ends it in order, and its database with it. */
  end(): Promise<void>;
  /** Ends both at once. */
  kill(): Promise<void>;
  /** Its database, behind its back. */
  rows: HarnessDatabase['rows'];
}

/** What every command on this data directory is run with. */
export const embeddedEnvironment = (dataDir: string): Record<string, string> => ({
  HERALD_DATA_DIR: dataDir,
  HERALD_API_KEY: apiKey,
});

export async function startEmbeddedHerald(dataDir: string, simulator: Simulator): Promise<EmbeddedHerald> {
  const port = await freePort(0);
  const started = await startNode({
    name: 'herald serve (embedded)',
    args: [...sabotageArgs(), `${root}bin/herald`, 'serve'],
    env: {
      ...embeddedEnvironment(dataDir),
      HERALD_PORT: String(port),
      HERALD_PSA_URLS: simulator.psaUrls,
      HERALD_OUTBOUND_ALLOW: '127.0.0.1',
      HERALD_SETTLE_SECONDS: '2',
      LOG_LEVEL: process.env.PROMISES_LOG ?? 'warn',
      ...(process.env.HERALD_SABOTAGE && { HERALD_SABOTAGE: process.env.HERALD_SABOTAGE }),
    },
    ready: /Herald is ready/,
    ...(process.env.PROMISES_LOG && { onLine: (line: string) => console.error(line) }),
  });
  const clusterDir = await readFile(join(dataDir, 'postgres.location'), 'utf8').then(
    (text) => text.trim(),
    () => join(dataDir, 'postgres'),
  );
  const server = await readPidFile(clusterDir);
  if (!server) throw new Error('the embedded database does not run');
  watchPid(server.pid);
  const admin = { ...adminConnection(server.socketDir, await readPasswords(dataDir)), database };
  return {
    async end() {
      await started.end('SIGTERM');
      forgetPid(server.pid);
    },
    async kill() {
      await started.end('SIGKILL');
      signal(server.pid, 'SIGQUIT');
    },
    url: `http://127.0.0.1:${port}`,
    async rows(text, values = []) {
      const client = new pg.Client(admin);
      await client.connect();
      try {
        return (await client.query(text, values)).rows;
      } finally {
        await client.end();
      }
    },
  };
}
