/** Restoring a dump into an external database. */
import pg from 'pg';
import { migrationLock } from '../migrate.ts';
import { asClient, findProgram, readServer, restoreFrom } from './dump.ts';
import { BackupError } from './errors.ts';
import { markRestored } from './markRestored.ts';

export interface DumpToRestore {
  /** As one that sees all rows. */
  url: string;
  /** As the login that is to own the tables. */
  ownerUrl: string;
  dumpPath: string;
  backupAt: Date;
  /** Of the server that was dumped. */
  postgresMajor: number;
}

/**
 * Into an empty database. A Herald that is started meanwhile waits for its turn to migrate: it must not serve before
 * look-first mode is on.
 *
 * @throws BackupError when the database is not empty, or the programs do not fit
 */
export async function restoreDump(order: DumpToRestore): Promise<void> {
  const { url, dumpPath, backupAt, postgresMajor } = order;
  const { major } = await readServer(url);
  await findProgram('pg_restore', Math.max(major, postgresMajor));
  const { user: owner = '' } = new pg.Client(order.ownerUrl);
  await asClient(url, async (client) => {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    await refuseContents(client);
    await ensureRoles(client, owner);
    await restoreFrom(url, dumpPath, owner);
    await markRestored(client, backupAt);
  });
}

async function refuseContents(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class join pg_namespace n on n.oid = relnamespace
      where nspname = 'public' and relkind in ('r', 'p', 'S', 'v') limit 1`,
  );
  if (rows[0]) {
    throw new BackupError(
      `The database is not empty (it has ${rows[0].name}): a backup is restored into an empty one. Make one, and set DATABASE_URL to it.`,
    );
  }
}

/** Roles belong to the server and are in no dump. */
async function ensureRoles(client: pg.Client, owner: string): Promise<void> {
  for (const role of ['herald_app', 'herald_people']) {
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
    if (rowCount === 0) await client.query(`create role ${role} nologin`);
    await client.query(`grant ${role} to ${pg.escapeIdentifier(owner)}`);
  }
}
