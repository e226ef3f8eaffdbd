/** `herald restore`: a backup into an empty place, in look-first mode; and what that mode has found since. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Config, readConfig } from '../config.ts';
import type { BackupHead } from '../db/backup/index.ts';
import { CommandError } from './errors.ts';
import type { Register } from './register.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

interface Options {
  as?: string;
  markOnly?: string;
  report?: boolean;
}

export const registerRestore: Register = (program, terminal) => {
  program
    .command('restore')
    .summary('put a backup into an empty database')
    .description(
      'Puts a backup into an empty data directory, or with DATABASE_URL into an empty database. Stop every Herald that works on the old one first: it would go on sending. What was made after the backup is looked for in the PSA before anything is sent.',
    )
    .argument('[file]', 'file that "herald backup" has made')
    .option('--as <url>', 'external database: address of a role that may do everything, such as a superuser')
    .option(
      '--mark-only <time>',
      'the database was restored by other means, to this time (2026-11-22T10:00:00Z): have Herald look in the PSA first',
    )
    .option('--report', 'list what was found in the PSA since the last restore')
    .action(async (file: string | undefined, options: Options) => {
      const config = readConfig(terminal.env);
      if (options.report) return report(config, terminal);
      if (options.markOnly !== undefined) return markOnly(options.markOnly, config, options, terminal);
      if (file === undefined)
        throw new CommandError('Name the file to restore, or ask for the --report of the last one.');
      await restore(resolve(file), config, options, terminal);
    });
};

async function restore(path: string, config: Config, { as }: Options, terminal: Terminal): Promise<void> {
  const { readHead } = await import('../db/backup/index.ts');
  const { readMigrations } = await import('../db/migrate.ts');
  const head = await readHead(path);
  const known = (await readMigrations()).length;
  if (head.schemaVersion > known) {
    throw new CommandError(
      `The backup is of version ${head.schemaVersion} and this Herald knows versions up to ${known}: restore it with the Herald that made it, or a newer one.`,
    );
  }
  if (config.databaseUrl === undefined) await restoreOwn(path, head, config, terminal);
  else await restoreExternal(path, head, as ?? config.migrationDatabaseUrl ?? config.databaseUrl, config);
  for (const line of nextSteps(head, config)) terminal.out(line);
}

async function restoreOwn(
  path: string,
  head: BackupHead,
  { dataDir }: Config,
  { err }: Terminal,
): Promise<void> {
  refuseKind(head, 'cluster');
  const { asClient, clusterName, extractArchive, keyName, markRestored } = await import(
    '../db/backup/index.ts'
  );
  const { restoreCluster } = await import('../db/embedded/restore.ts');
  const { placeKey } = await import('../secrets/index.ts');
  await restoreCluster({
    dataDir,
    log: { info: err, warn: err },
    async fill(clusterDir) {
      const key = join(clusterDir, keyName);
      await extractArchive(path, (name) => {
        if (name === keyName) return key;
        return name === clusterName || name.startsWith(`${clusterName}/`)
          ? join(clusterDir, name.slice(clusterName.length + 1))
          : undefined;
      });
      if (head.hasKey) await placeKey(dataDir, key);
    },
    finish: ({ adminUrl }) => asClient(adminUrl, (client) => markRestored(client, new Date(head.startedAt))),
  });
}

async function restoreExternal(path: string, head: BackupHead, url: string, config: Config): Promise<void> {
  refuseKind(head, 'dump');
  const { dumpName, extractArchive, restoreDump } = await import('../db/backup/index.ts');
  const dir = await mkdtemp(join(tmpdir(), 'herald-restore-'));
  try {
    const dumpPath = join(dir, dumpName);
    await extractArchive(path, (name) => (name === dumpName ? dumpPath : undefined));
    const ownerUrl = config.migrationDatabaseUrl ?? config.databaseUrl ?? '';
    const { startedAt, postgresMajor } = head;
    await restoreDump({ url, ownerUrl, dumpPath, backupAt: new Date(startedAt), postgresMajor });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** For backups of a provider: what `herald restore` does after the database is there. */
async function markOnly(time: string, config: Config, { as }: Options, { out }: Terminal): Promise<void> {
  const backupAt = new Date(time);
  if (!/^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/.test(time) || Number.isNaN(backupAt.getTime()))
    throw new CommandError(
      'Give the time to which it was restored as 2026-11-22T10:00:00Z, earlier if in doubt.',
    );
  const { asClient, markRestored, readServer, refuseServed } = await import('../db/backup/index.ts');
  const mark = async (url: string) => {
    await readServer(url);
    await asClient(url, async (client) => {
      await refuseServed(client);
      await markRestored(client, backupAt);
    });
  };
  if (config.databaseUrl !== undefined) await mark(as ?? config.migrationDatabaseUrl ?? config.databaseUrl);
  else {
    const { withCluster } = await import('./database.ts');
    await withCluster(config.dataDir, ({ adminUrl }) => mark(adminUrl));
  }
  out(
    `Herald will look in the PSA for what was made after ${backupAt.toISOString()} before it makes anything.`,
  );
}

function refuseKind({ kind }: BackupHead, wanted: BackupHead['kind']): void {
  if (kind === wanted) return;
  throw new CommandError(
    kind === 'cluster'
      ? 'The backup is of an embedded database: unset DATABASE_URL to restore it into the data directory.'
      : 'The backup is of an external database: set DATABASE_URL to an empty one.',
  );
}

function nextSteps({ startedAt, hasKey }: BackupHead, { dataDir, secretKey }: Config): string[] {
  const key = secretKey === undefined ? join(dataDir, 'secret.key') : 'HERALD_SECRET_KEY';
  return [
    `Restored as of ${startedAt}. What to do now:`,
    hasKey
      ? `1. The secret key was in the backup and is in ${join(dataDir, 'secret.key')}.`
      : `1. Put the secret key of that time into ${key}: without it Herald does not start.`,
    '2. Make sure that no Herald works on the old database any more: it would go on sending.',
    '3. Start Herald. Tickets and notes that were made after the backup are looked for in the PSA and taken over;',
    '   "herald restore --report" lists them. Nothing new is made until that is settled, which takes some minutes.',
    '4. Do again what was changed after the backup: organizations, mappings, settings, people, revoked API keys.',
    '   Change mappings and subjects back first: a ticket is found again only under the account and fields it was made with.',
    '5. Let your senders send again what they sent since: known alerts change nothing, and no ticket is made twice.',
  ];
}

async function report(config: Config, { out }: Terminal): Promise<void> {
  const [{ withDatabase }, { openDatabase }, { loadFound }] = await Promise.all([
    import('./database.ts'),
    import('../db/database.ts'),
    import('../receipts/found.ts'),
  ]);
  const found = await withDatabase(config, async ({ url }) => {
    const db = openDatabase({ url, poolSize: 2 });
    try {
      return await loadFound(db);
    } finally {
      await db.close();
    }
  });
  if (!found.restoredAt) return out('This database was never restored from a backup.');
  const { backupAt, restoredAt, waiting, writes } = found;
  out(`Restored at ${restoredAt.toISOString()} from a backup of ${backupAt.toISOString()}.`);
  out(`${waiting} groups with waiting alerts are still to be looked for.`);
  if (writes.length === 0) return out('Nothing was found in the PSA that the backup did not know.');
  const rows = writes.map(({ kind, ticket, alerts, key }) => [kind, ticket, `${alerts}`, key]);
  for (const line of table(['FOUND', 'TICKET', 'ALERTS', 'KEY'], rows)) out(line);
}
