/**
 * Direct access to the database, for the commands that come before there is a key or a server: migrate, api-key.
 * An embedded database is never started twice: while a Herald runs it, its socket is used.
 */
import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import pg from 'pg';
import type { Config } from '../config.ts';
import { adminConnection, ask, connectionUrl, loginConnection } from '../db/embedded/connection.ts';
import { startEmbedded } from '../db/embedded/index.ts';
import { recordedClusterDir } from '../db/embedded/layout.ts';
import { database, readPasswords } from '../db/embedded/passwords.ts';
import { readPidFile } from '../db/embedded/pidFile.ts';
import { isPostmasterOf } from '../db/embedded/processes.ts';
import { CommandError } from './errors.ts';

export interface Reached {
  /** As the login that works. */
  url: string;
  /** As the owner of the tables. */
  ownerUrl: string;
  /** Whether it was started for this command, so that nobody has brought it up to date yet. */
  wasStopped: boolean;
}

type DatabaseConfig = Pick<Config, 'dataDir' | 'databaseUrl' | 'migrationDatabaseUrl'>;

/** @throws CommandError when an external database does not answer; EmbeddedError when the own one cannot be started */
export async function withDatabase<T>(
  config: DatabaseConfig,
  work: (reached: Reached) => Promise<T>,
): Promise<T> {
  if (config.databaseUrl !== undefined) {
    const url = config.databaseUrl;
    const ownerUrl = config.migrationDatabaseUrl ?? url;
    await mustAnswer(ownerUrl);
    return work({ url, ownerUrl, wasStopped: false });
  }
  const running = await findRunning(config.dataDir);
  if (running !== undefined) return work({ url: running, ownerUrl: running, wasStopped: false });
  const quiet = { info: () => {}, warn: () => {} };
  const own = await startEmbedded({ dataDir: config.dataDir, log: quiet });
  try {
    return await work({ url: own.url, ownerUrl: own.url, wasStopped: true });
  } finally {
    await own.stop();
  }
}

/** The embedded server and where its files are. */
export interface ReachedCluster {
  clusterDir: string;
  /** The product's database, as the superuser. */
  adminUrl: string;
}

/**
 * For what concerns the whole embedded server; it is started if it does not run.
 *
 * @throws CommandError when there is no database in the data directory
 */
export async function withCluster<T>(
  dataDir: string,
  work: (reached: ReachedCluster) => Promise<T>,
): Promise<T> {
  const dir = await realpath(dataDir).catch(() => undefined);
  const clusterDir = dir && (await recordedClusterDir(dir));
  if (!dir || !clusterDir || !existsSync(clusterDir)) {
    throw new CommandError(`There is no database in ${dataDir}: set HERALD_DATA_DIR or DATABASE_URL.`);
  }
  return withDatabase({ dataDir, databaseUrl: undefined, migrationDatabaseUrl: undefined }, async () => {
    const found = await readPidFile(clusterDir);
    const admin = adminConnection(found?.socketDir ?? '', await readPasswords(dir));
    return work({ clusterDir, adminUrl: connectionUrl({ ...admin, database }) });
  });
}

/** The address of the embedded database if it runs now; undefined otherwise. Starts nothing and changes nothing. */
export async function findRunning(dataDir: string): Promise<string | undefined> {
  const dir = await realpath(dataDir).catch(() => undefined);
  if (dir === undefined) return undefined;
  // A data directory that cannot be read is reported by the start that follows, in words.
  const clusterDir = await recordedClusterDir(dir).catch(() => undefined);
  if (clusterDir === undefined) return undefined;
  const found = await readPidFile(clusterDir);
  if (found === undefined || !(await isPostmasterOf(found.pid, clusterDir))) return undefined;
  const passwords = await readPasswords(dir);
  if (passwords.isNew) return undefined;
  const connection = loginConnection(found.socketDir, passwords);
  return (await ask(connection)).kind === 'ready' ? connectionUrl(connection) : undefined;
}

async function mustAnswer(url: string): Promise<void> {
  let client: pg.Client | undefined;
  try {
    client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
    client.on('error', () => {});
    await client.connect();
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    throw new CommandError(
      `The database cannot be reached (${message || code || 'no answer'}). Check DATABASE_URL and that the server runs.`,
    );
  } finally {
    await client?.end().catch(() => {});
  }
}
