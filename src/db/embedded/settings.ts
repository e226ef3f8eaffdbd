import { join } from 'node:path';
import { EmbeddedError } from './errors.ts';
import { replaceFile } from './files.ts';
import type { ServerUser } from './serverUser.ts';

/** PostgreSQL settings by name; values as they would stand in postgresql.conf, without quotes. */
export type Settings = Readonly<Record<string, string>>;

export const port = 5432;

/** For a small machine that also runs the product; an operator changes them in `local.conf` in the cluster directory. */
const defaults: Settings = {
  max_connections: '60',
  shared_buffers: '128MB',
  wal_compression: 'on',
  checkpoint_timeout: '15min',
  max_wal_size: '2GB',
  jit: 'off',
  autovacuum: 'on',
  // Small queries only; and containers give too little /dev/shm for parallel ones.
  max_parallel_workers_per_gather: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  default_text_search_config: 'pg_catalog.english',
  // Seven files, one for each weekday, each emptied when its day comes again.
  logging_collector: 'on',
  log_directory: 'log',
  log_filename: 'postgres-%a.log',
  log_file_mode: '0600',
  log_rotation_age: '1d',
  log_rotation_size: '0',
  log_truncate_on_rotation: 'on',
  log_line_prefix: '%m [%p] ',
  // Details quote rows, and rows hold what customers sent.
  log_error_verbosity: 'terse',
};

/**
 * What nobody may change: acknowledged rows survive a crash (promises P1, M1), and the server is reachable by its socket
 * alone. On the command line they win over every file and over ALTER SYSTEM.
 */
const fixed: Settings = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  listen_addresses: '',
  unix_socket_permissions: '0700',
  port: String(port),
};

/** Options of the `postgres` command line for the settings that must hold. */
export function fixedOptions(socketDir: string): string[] {
  const all = { ...fixed, unix_socket_directories: `"${socketDir.replaceAll('"', '""')}"` };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/**
 * Writes postgresql.conf and pg_hba.conf whole, at each start, so that an upgrade of Herald changes them.
 *
 * @throws EmbeddedError when `settings` touches one that must hold.
 */
export async function writeConfiguration(
  clusterDir: string,
  settings: Settings,
  user: ServerUser | undefined,
): Promise<void> {
  const touched = Object.keys(settings).find((name) => name in fixed || name === 'unix_socket_directories');
  if (touched !== undefined)
    throw new EmbeddedError(`The database setting ${touched} cannot be changed: remove it.`);
  const lines = Object.entries({ ...defaults, ...settings }).map(
    ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`,
  );
  const conf = `# Written by Herald at each start. Your own settings go into local.conf beside this file.\n${lines.join('\n')}\ninclude_if_exists = 'local.conf'\n`;
  await replaceFile(join(clusterDir, 'postgresql.conf'), conf, user);
  const hba = '# Written by Herald at each start.\nlocal all all scram-sha-256\n';
  await replaceFile(join(clusterDir, 'pg_hba.conf'), hba, user);
}
