import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { crashPoint } from '../crashPoints.ts';

/** One numbered SQL file, for example `0001_workspaces.sql`. */
type Migration = {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
};

type Applied = { readonly version: number; readonly name: string; readonly sha256: string };

/** The database's version before and after, 0 for an empty one, and the files that were applied by this call. */
export type MigrationRun = { readonly from: number; readonly to: number; readonly applied: string[] };

/** The files and the database do not fit together, or a file fails; the message is one sentence for the operator. */
export class MigrationError extends Error {
  override name = 'MigrationError';
}

export const migrationsDir = fileURLToPath(new URL('../../migrations/', import.meta.url));

/** Names the advisory lock of those who migrate; any number that nothing else on the database uses. */
export const migrationLock = 4_701_992_018;
/** How long to wait for another process that migrates. */
const turnMs = 10 * 60_000;
/** Longer waits for a table would queue up everything that uses it behind us (promises L-4). */
const tableLockMs = 3_000;
const tries = 20;

/**
 * Brings a database to the version of the files: forward only, each file in one transaction together with its row in
 * `herald_migrations`, so that a crash leaves a file either applied or not. Any number of processes may call it at once.
 *
 * @throws MigrationError when a file fails, was changed after it had been applied, or is missing, and when the database
 *   is newer than the files.
 */
export async function migrate(
  connection: string | pg.ClientConfig,
  dir: string = migrationsDir,
): Promise<MigrationRun> {
  const migrations = await readMigrations(dir);
  const client = new pg.Client(
    typeof connection === 'string' ? { connectionString: connection } : connection,
  );
  // A connection lost between two queries; the next query reports it.
  client.on('error', () => {});
  await client.connect();
  try {
    return await applyPending(client, migrations);
  } finally {
    await client.end().catch(() => {});
  }
}

async function applyPending(client: pg.Client, migrations: readonly Migration[]): Promise<MigrationRun> {
  let from: number | undefined;
  const applied: string[] = [];
  for (;;) {
    const step = await withRetry(() => inTransaction(client, () => applyNext(client, migrations)));
    from ??= step.before;
    if (step.applied === undefined) return { from, to: step.before, applied };
    applied.push(step.applied);
  }
}

/**
 * Applies the first file that the database lacks. Each step reads the table again under the lock, since another process
 * may have applied it meanwhile. The lock ends with the transaction and needs no session of its own.
 */
async function applyNext(
  client: pg.Client,
  migrations: readonly Migration[],
): Promise<{ before: number; applied?: string }> {
  await client.query(`SET LOCAL lock_timeout = ${turnMs}`);
  await client.query('SELECT pg_advisory_xact_lock($1)', [migrationLock]);
  await client.query(`SET LOCAL lock_timeout = ${tableLockMs}`);
  const before = await readApplied(client);
  checkHistory(before, migrations);
  const next = migrations[before.length];
  if (next === undefined) return { before: before.length };
  await client.query(next.sql).catch((error: Error) => explain(error, next));
  // Whatever the file has set for its transaction must not hide the table.
  await client.query('RESET ROLE; SET LOCAL search_path TO public');
  await client.query('INSERT INTO herald_migrations (version, name, sha256) VALUES ($1, $2, $3)', [
    next.version,
    next.name,
    next.sha256,
  ]);
  return { before: before.length, applied: next.name };
}

async function readApplied(client: pg.Client): Promise<Applied[]> {
  const { rows: found } = await client.query(
    `SELECT to_regclass('public.herald_migrations') IS NOT NULL AS there`,
  );
  if (!found[0].there) {
    await client.query(`
      CREATE TABLE public.herald_migrations (
        version int PRIMARY KEY,
        name text NOT NULL,
        sha256 text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
      )`);
  }
  const { rows } = await client.query<Applied>(
    'SELECT version, name, sha256 FROM public.herald_migrations ORDER BY version',
  );
  return rows;
}

function checkHistory(applied: readonly Applied[], migrations: readonly Migration[]): void {
  const newest = applied.at(-1)?.version ?? 0;
  const known = migrations.length;
  if (newest > known) {
    throw new MigrationError(
      `The database is at version ${newest} and this Herald knows versions up to ${known}: start the newer Herald, or restore a backup made before the upgrade.`,
    );
  }
  for (const [index, row] of applied.entries()) {
    const file = migrations[index]!;
    if (row.version !== file.version) {
      throw new MigrationError(
        `The database lacks migration ${file.name} although later ones are applied: restore a backup.`,
      );
    }
    if (row.sha256 !== file.sha256) {
      throw new MigrationError(
        `Migration ${file.name} was changed after it had been applied: put the original file back and make the change in a new one.`,
      );
    }
  }
}

/** The files of a directory in their order; other files are refused, so that a misspelt name is not passed over. */
export async function readMigrations(dir: string = migrationsDir): Promise<Migration[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name, index) => {
      const version = Number(/^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1]);
      if (version !== index + 1) {
        const expected = String(index + 1).padStart(4, '0');
        throw new MigrationError(
          `Migration ${name} is out of order: the next one must be named ${expected}_….sql.`,
        );
      }
      // Git may have written the file with other line ends; that is no change.
      const sql = (await readFile(join(dir, name), 'utf8')).replaceAll('\r\n', '\n');
      refuseTransactionControl(name, sql);
      return { version, name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** A file that ends the transaction by itself would not be all or nothing. */
function refuseTransactionControl(name: string, sql: string): void {
  const found = /^\s*(begin|start\s+transaction|commit|rollback)(\s+(work|transaction))?\s*;/im.exec(sql);
  if (found === null) return;
  throw new MigrationError(
    `Migration ${name} contains ${found[1]!.toUpperCase()}: it must not, each file is one transaction.`,
  );
}

async function inTransaction<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    const answer = await work();
    crashPoint('before-migration-commit');
    await client.query('COMMIT');
    crashPoint('after-migration-commit');
    return answer;
  } catch (error) {
    // On a lost connection the server rolls back by itself, and the first error is the one that tells.
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

/** A table was locked by somebody, or we were the victim of a deadlock; nothing has happened yet. */
const lockFailures = ['55P03', '40P01'];

async function withRetry<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === undefined || !lockFailures.includes(code)) throw error;
      if (attempt === tries) {
        throw new MigrationError(
          'The migration cannot lock a table that is in use: end long transactions on the database and start again.',
          { cause: error },
        );
      }
      // Gives those who waited behind us a turn.
      await sleep(100 + Math.random() * 400);
    }
  }
}

function explain(error: Error & { code?: string; position?: string }, migration: Migration): never {
  if (error.code === undefined || lockFailures.includes(error.code)) throw error;
  const line = error.position && migration.sql.slice(0, Number(error.position)).split('\n').length;
  const where = line ? ` at line ${line}` : '';
  throw new MigrationError(`Migration ${migration.name} fails${where}: ${error.message}.`, { cause: error });
}
