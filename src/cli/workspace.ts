/** The default workspace, for commands that work on the database. */
import type { Config } from '../config.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { createSecretBox, loadOrCreateKeyFile, type MasterKey, parseMasterKeys } from '../secrets/index.ts';
import { ensureDefaultWorkspace } from '../workspaces/index.ts';
import { lockOldestWorkspace } from '../workspaces/store.ts';
import type { Reached } from './database.ts';
import { CommandError } from './errors.ts';

/** Runs `work` in the default workspace, which is made if the database is new. */
export async function openWorkspace<T>(
  config: Config,
  { url, ownerUrl, wasStopped }: Reached,
  work: (db: Database, workspaceId: string) => Promise<T>,
): Promise<T> {
  // A running Herald has brought its own database up to date; an external one is migrated on demand only.
  if (wasStopped) await migrate(ownerUrl);
  const db = openDatabase({ url, ownerUrl, poolSize: 2 });
  try {
    return await work(db, (await oldestWorkspace(db)) ?? (await firstWorkspace(db, config)));
  } finally {
    await db.close();
  }
}

async function oldestWorkspace(db: Database): Promise<string | undefined> {
  try {
    return await db.unfenced(lockOldestWorkspace);
  } catch (error) {
    const isEmpty = ['42P01', '22023', '42704'].includes((error as { code?: string }).code ?? '');
    throw isEmpty || /herald_app/.test((error as { cause?: Error }).cause?.message ?? '')
      ? new CommandError('This database does not hold a Herald yet: run "npx herald migrate" first.')
      : error;
  }
}

async function firstWorkspace(db: Database, config: Config): Promise<string> {
  const keys = await masterKeys(config);
  return ensureDefaultWorkspace(db, createSecretBox(keys, keys[0].id));
}

async function masterKeys({ secretKey, databaseUrl, dataDir }: Config): Promise<[MasterKey, ...MasterKey[]]> {
  if (secretKey === undefined && databaseUrl !== undefined) {
    throw new CommandError(
      'HERALD_SECRET_KEY is missing: with DATABASE_URL, set it to the secret that the server has.',
    );
  }
  const read = secretKey === undefined ? await loadOrCreateKeyFile(dataDir) : parseMasterKeys(secretKey);
  if (read.ok) return read.keys;
  throw new CommandError(read.message);
}
