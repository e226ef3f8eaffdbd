/**
 * The embedded cluster as files, copied while its server runs: between pg_backup_start and pg_backup_stop, with the WAL that
 * makes the copy whole (PostgreSQL 15 to 18, "Making a Base Backup Using the Low Level API").
 */
import { type FileHandle, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { ignoreMissing } from '../embedded/files.ts';
import { BackupError } from './errors.ts';
import { clusterName } from './manifest.ts';
import type { ArchiveWriter } from './writeArchive.ts';

export interface ClusterToCopy {
  clusterDir: string;
  /** As the superuser. */
  adminUrl: string;
}

/** Directories whose contents a server makes anew, or that are copied apart. */
const emptied = new Set([
  'log',
  'pg_dynshmem',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
  'pg_wal',
]);
const leftOut =
  /^(postmaster\.(pid|opts)|pg_internal\.init.*|current_logfiles(\.tmp)?|backup_label.*|tablespace_map.*|postgresql\.auto\.conf\.tmp)$/;
const controlFile = 'global/pg_control';

/** Copies the cluster into the archive, below `cluster/`. */
export async function copyCluster(
  { clusterDir, adminUrl }: ClusterToCopy,
  archive: ArchiveWriter,
): Promise<void> {
  const client = new pg.Client(adminUrl);
  client.on('error', () => undefined);
  await client.connect();
  try {
    await refuseTablespaces(client);
    // Keeps the WAL since now from being recycled; it ends with the session.
    await client.query(`select pg_create_physical_replication_slot($1, true, true)`, [
      `herald_backup_${process.pid}`,
    ]);
    await client.query(`select pg_backup_start('herald', true)`);
    await copyDirectory(clusterDir, '', archive);
    await copyControlFile(clusterDir, archive);
    const { rows } = await client.query<{ label: string; map: string; last: string }>(
      `select labelfile as label, spcmapfile as map, pg_walfile_name(lsn) as last from pg_backup_stop(false)`,
    );
    const { label, last } = rows[0]!;
    await archive.addText(`${clusterName}/backup_label`, label);
    await copyWal(join(clusterDir, 'pg_wal'), firstWal(label), last, archive);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function refuseTablespaces(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query(
    `select from pg_tablespace where pg_tablespace_location(oid) <> ''`,
  );
  if (rowCount)
    throw new BackupError(
      'The database has tablespaces of its own, which a backup does not hold: remove them.',
    );
}

async function copyDirectory(root: string, path: string, archive: ArchiveWriter): Promise<void> {
  const entries = await readdir(join(root, path), { withFileTypes: true }).catch(ignoreMissing);
  await archive.addDirectory(path === '' ? clusterName : `${clusterName}/${path}`);
  if (emptied.has(path) || path.endsWith('/pgsql_tmp')) return;
  for (const entry of entries ?? []) {
    const inner = path === '' ? entry.name : `${path}/${entry.name}`;
    if (leftOut.test(entry.name) || inner === controlFile) continue;
    if (entry.isDirectory()) await copyDirectory(root, inner, archive);
    else if (entry.isFile()) await copyFile(join(root, inner), `${clusterName}/${inner}`, archive);
  }
}

/** As long as it is now; a table that is dropped meanwhile is dropped by the WAL as well. */
async function copyFile(path: string, name: string, archive: ArchiveWriter): Promise<void> {
  const file = await open(path, 'r').catch(ignoreMissing);
  if (!file) return;
  try {
    const { size } = await file.stat();
    await archive.add(name, size, chunksOf(file));
  } finally {
    await file.close();
  }
}

const chunkBytes = 256 * 1024;

async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

const mostReads = 100;

/** Last of all, and never half-written: read until it is the same twice. */
async function copyControlFile(root: string, archive: ArchiveWriter): Promise<void> {
  let before = await readFile(join(root, controlFile));
  for (let read = 1; read < mostReads; read += 1) {
    const now = await readFile(join(root, controlFile));
    if (now.equals(before)) {
      return archive.add(`${clusterName}/${controlFile}`, now.length, one(now));
    }
    before = now;
    await sleep(10);
  }
  throw new BackupError('The control file of the database changes all the time: try again.');
}

async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** "START WAL LOCATION: 0/2000028 (file 000000010000000000000002)" */
function firstWal(label: string): string {
  const file = /^START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)$/m.exec(label)?.[1];
  if (!file) throw new Error('the backup label names no WAL file');
  return file;
}

async function copyWal(dir: string, first: string, last: string, archive: ArchiveWriter): Promise<void> {
  const names = (await readdir(dir)).filter(
    (name) => /^[0-9A-F]{24}$/.test(name) && name >= first && name <= last,
  );
  if (!names.includes(first) || !names.includes(last))
    throw new BackupError('The database has removed WAL that the backup needs: try again.');
  for (const name of names.sort()) await copyFile(join(dir, name), `${clusterName}/pg_wal/${name}`, archive);
}
