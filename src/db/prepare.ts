/** Gets a database ready for the service: embedded or external, safe, migrated. */
import { realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import pg from 'pg';
import type { Config } from '../config.ts';
import { StartupError } from '../errors.ts';
import { EmbeddedError, type EmbeddedPostgres, type Log, startEmbedded } from './embedded/index.ts';
import { recordedClusterDir } from './embedded/layout.ts';
import { mostLogMegabytes, spaceOnDisk } from './headroom.ts';
import { MigrationError, migrate } from './migrate.ts';

export interface PreparedDatabase {
  /** As the login, which owns the tables. */
  url: string;
  ownerUrl: string;
  /** Number of the newest migration. */
  version: number;
  isEmbedded: boolean;
  /** Where the embedded server keeps its data; undefined for an external one. */
  clusterDir: string | undefined;
  /** Stops the embedded server; does nothing for an external one. */
  stop(): Promise<void>;
}

/** @throws StartupError with one sentence when the database cannot be used or is not safe. */
export async function prepareDatabase(
  config: Pick<Config, 'dataDir' | 'databaseUrl' | 'migrationDatabaseUrl'>,
  log: Log,
): Promise<PreparedDatabase> {
  const embedded = config.databaseUrl === undefined ? await startOwn(config.dataDir, log) : undefined;
  const url = config.databaseUrl ?? embedded?.url ?? '';
  const ownerUrl = config.migrationDatabaseUrl ?? url;
  try {
    await checkServer(url);
    const { to } = await migrate(ownerUrl);
    await checkRole(url);
    return {
      url,
      ownerUrl,
      version: to,
      isEmbedded: embedded !== undefined,
      clusterDir: embedded && (await recordedClusterDir(await realpath(config.dataDir))),
      stop: async () => embedded?.stop(),
    };
  } catch (error) {
    await embedded?.stop();
    throw error instanceof MigrationError ? new StartupError(error.message) : error;
  }
}

async function startOwn(dataDir: string, log: Log): Promise<EmbeddedPostgres> {
  try {
    const space = await spaceOnDisk(await nearestDir(resolve(dataDir))).catch(() => undefined);
    const settings = space && { max_wal_size: `${mostLogMegabytes(space.size)}MB` };
    return await startEmbedded({ dataDir, log, ...(settings && { settings }) });
  } catch (error) {
    throw error instanceof EmbeddedError ? new StartupError(error.message) : error;
  }
}

/** The directory itself, or the first of its parents that is there. */
async function nearestDir(dir: string): Promise<string> {
  const isThere = await stat(dir).then(Boolean, () => false);
  return isThere || dirname(dir) === dir ? dir : nearestDir(dirname(dir));
}

async function ask<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  let client: pg.Client;
  try {
    client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
    await client.connect();
  } catch (error) {
    throw new StartupError(
      `The database cannot be reached (${(error as Error).message || 'no answer'}). Check DATABASE_URL and that the server runs.`,
    );
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const oldestVersion = 150_000;

/** With these off, the server forgets what it has acknowledged (promises M1: rows were lost in 20 of 20 kills). */
const unsafeWhenOff = ['fsync', 'full_page_writes', 'synchronous_commit'];

function checkServer(url: string): Promise<void> {
  return ask(url, async (client) => {
    const { rows } = await client.query<{ name: string; setting: string }>(
      'select name, setting from pg_settings where name = any($1)',
      [['server_version_num', ...unsafeWhenOff]],
    );
    const settings = new Map(rows.map((row) => [row.name, row.setting]));
    if (Number(settings.get('server_version_num')) < oldestVersion) {
      throw new StartupError('The database server is too old: Herald needs PostgreSQL 15 or later.');
    }
    const off = unsafeWhenOff.find((name) => settings.get(name) === 'off');
    if (off) {
      throw new StartupError(
        `The database runs with ${off}=off, so acknowledged alerts could be lost in a crash. Set ${off}=on and start again.`,
      );
    }
  });
}

/** What the service works as: on everything with a fence, and on people (docs/adr/0012). */
const workingRoles = ['herald_app', 'herald_people'];

/** Row-level security fences only roles that cannot step over it. */
function checkRole(url: string): Promise<void> {
  return ask(url, async (client) => {
    const { rows } = await client.query<{ name: string; bypasses: boolean; may: boolean }>(
      `select rolname as name, rolsuper or rolbypassrls as bypasses, pg_has_role(current_user, oid, 'member') as may
         from pg_roles where rolname = any($1) order by rolname`,
      [workingRoles],
    );
    for (const name of workingRoles) {
      const role = rows.find((row) => row.name === name);
      if (role?.bypasses) {
        throw new StartupError(
          `The database role ${name} may bypass row-level security. Run "alter role ${name} nosuperuser nobypassrls".`,
        );
      }
      if (!role?.may) {
        throw new StartupError(
          `The database login is not a member of ${name}. Run "grant ${name} to" that login.`,
        );
      }
    }
  });
}
