/** `herald backup`: the whole database as one file, while Herald runs. */

import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type Config, readConfig } from '../config.ts';
import type { BackupHead, WrittenArchive } from '../db/backup/index.ts';
import { CommandError } from './errors.ts';
import type { Register } from './register.ts';
import type { Terminal } from './terminal.ts';

interface Options {
  withKey?: boolean;
  as?: string;
}

export const registerBackup: Register = (program, terminal) => {
  program
    .command('backup')
    .summary('copy the whole database into a file')
    .description('Copies the whole database into one file while Herald runs. The secret key is not in it.')
    .argument('<file>', 'file to make, for example herald-2026-11-22.tar.gz')
    .option('--with-key', 'put the secret key into the file as well')
    .option('--as <url>', 'external database: address of a role that reads all rows, such as a superuser')
    .action((file: string, options: Options) => backup(resolve(file), options, terminal));
};

async function backup(path: string, options: Options, terminal: Terminal): Promise<void> {
  const config = readConfig(terminal.env);
  const key = await findKey(config);
  if (options.withKey && key.text === undefined)
    throw new CommandError(`There is no secret key in ${key.place}: make the backup without --with-key.`);
  const text = options.withKey ? key.text : undefined;
  const { head, written } =
    config.databaseUrl === undefined
      ? await backUpOwn(config, path, text)
      : await backUpExternal(options.as ?? config.migrationDatabaseUrl ?? config.databaseUrl, path, text);
  const { size } = await stat(path);
  terminal.out(
    `${path}: ${written.files} files, ${megabytes(size)} (${megabytes(written.bytes)} unpacked), database of version ${head.schemaVersion} on PostgreSQL ${head.postgresMajor}.`,
  );
  for (const line of aboutKey(key, head.hasKey)) terminal.out(line);
}

interface Key {
  /** Where it is, for people. */
  place: string;
  /** As a key file has it. */
  text: string | undefined;
}

/** The master key without which no stored credential can be opened (test S6 of the promises). */
async function findKey({ secretKey, dataDir }: Config): Promise<Key> {
  if (secretKey !== undefined) return { place: 'HERALD_SECRET_KEY', text: undefined };
  const place = join(dataDir, 'secret.key');
  return { place, text: await readFile(place, 'utf8').catch(() => undefined) };
}

function aboutKey({ place }: Key, hasKey: boolean): string[] {
  if (hasKey) return ['The secret key is in it: whoever has this file can read every stored credential.'];
  return [
    'The secret key is not in it, and without it no stored credential can be opened.',
    `Keep a copy of ${place} apart from this file.`,
  ];
}

interface Made {
  head: BackupHead;
  written: WrittenArchive;
}

async function backUpOwn(config: Config, path: string, key: string | undefined): Promise<Made> {
  const [{ withCluster }, { copyCluster, readServer, writeArchive, keyName }] = await Promise.all([
    import('./database.ts'),
    import('../db/backup/index.ts'),
  ]);
  return withCluster(config.dataDir, async ({ clusterDir, adminUrl }) => {
    const head = headOf('cluster', await readServer(adminUrl), key);
    const written = await writeArchive(path, head, async (archive) => {
      if (key !== undefined) await archive.addText(keyName, key);
      await copyCluster({ clusterDir, adminUrl }, archive);
    });
    return { head, written };
  });
}

async function backUpExternal(url: string, path: string, key: string | undefined): Promise<Made> {
  const { dumpName, dumpTo, findProgram, keyName, readServer, writeArchive } = await import(
    '../db/backup/index.ts'
  );
  const server = await readServer(url);
  await findProgram('pg_dump', server.major);
  const head = headOf('dump', server, key);
  const dir = await mkdtemp(join(dirname(path), '.herald-backup-')).catch(() =>
    mkdtemp(join(tmpdir(), 'herald-backup-')),
  );
  try {
    const dump = join(dir, dumpName);
    const written = await writeArchive(path, head, async (archive) => {
      if (key !== undefined) await archive.addText(keyName, key);
      await dumpTo(url, dump);
      await archive.add(dumpName, (await stat(dump)).size, createReadStream(dump));
    });
    return { head, written };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function headOf(
  kind: BackupHead['kind'],
  { major, schemaVersion, now }: { major: number; schemaVersion: number; now: Date },
  key: string | undefined,
): BackupHead {
  const startedAt = now.toISOString();
  return { format: 1, kind, startedAt, schemaVersion, postgresMajor: major, hasKey: key !== undefined };
}

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;
