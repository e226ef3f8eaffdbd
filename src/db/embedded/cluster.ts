import { spawn } from 'node:child_process';
import { chown, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import type { Binaries } from './binaries.ts';
import { EmbeddedError } from './errors.ts';
import { ignoreMissing } from './files.ts';
import { adminRole, database, loginRole, type Passwords } from './passwords.ts';
import { giveTo, type ServerUser } from './serverUser.ts';

/**
 * True when the cluster is there and these programs can serve it.
 *
 * @throws EmbeddedError when it is of another major version, of another user, or no cluster at all.
 */
export async function checkCluster(
  clusterDir: string,
  binaries: Binaries,
  user: ServerUser | undefined,
): Promise<boolean> {
  const info = await stat(clusterDir).catch(ignoreMissing);
  if (info === undefined) return false;
  if (user === undefined && info.uid !== process.getuid?.()) {
    throw new EmbeddedError(
      `The database in ${clusterDir} belongs to another user (uid ${info.uid}): run Herald as that user, or give the directory to yours.`,
    );
  }
  if ((await readdir(clusterDir)).length === 0) return false;
  const version = await readFile(join(clusterDir, 'PG_VERSION'), 'utf8').catch(ignoreMissing);
  if (version === undefined || !/^\d+\s*$/.test(version)) {
    throw new EmbeddedError(
      `${clusterDir} is not a PostgreSQL cluster: move it away, or choose another data directory.`,
    );
  }
  if (Number(version) !== binaries.majorVersion) {
    throw new EmbeddedError(
      `The database in ${clusterDir} was made by PostgreSQL ${version.trim()} and this Herald carries ${binaries.majorVersion}: run the Herald that made it, or move its data to a server of your own and set DATABASE_URL.`,
    );
  }
  if (user !== undefined && info.uid !== user.uid) await giveTo(user, clusterDir);
  return true;
}

/**
 * Makes a new cluster with its roles and its database. It is made under another name and renamed at the end, so that a
 * crash at any moment leaves either none or a complete one.
 */
export async function createCluster(
  clusterDir: string,
  binaries: Binaries,
  user: ServerUser | undefined,
  passwords: Passwords,
): Promise<void> {
  const draft = `${clusterDir}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  if (user !== undefined) await chown(draft, user.uid, user.gid);
  // The passwords are set below and not here: initdb would want them in a file of their own.
  const options = [
    '--username',
    adminRole,
    '--encoding=UTF8',
    '--auth=reject',
    '--data-checksums',
    '--no-sync',
  ];
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  await runProgram(binaries.initdb, ['-D', draft, ...options, ...locale, '--no-instructions'], user);
  await runSingleUser(draft, binaries, user, [
    `CREATE ROLE ${loginRole} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS`,
    'CREATE ROLE herald_app NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS',
    'CREATE ROLE herald_people NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS',
    `GRANT herald_app, herald_people TO ${loginRole}`,
    `CREATE DATABASE ${database} OWNER ${loginRole}`,
    ...passwordStatements(passwords),
  ]);
  await runProgram(binaries.initdb, ['-D', draft, '--sync-only'], user);
  // An empty directory under the name is replaced; one with contents is not.
  await rename(draft, clusterDir);
  await syncDir(dirname(clusterDir));
}

/**
 * Clusters that were made by an older Herald lack roles that came later; the login may not make any.
 * To be called when the server runs and before anybody migrates.
 */
export async function addMissingRoles(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query(`select from pg_roles where rolname = 'herald_people'`);
    if (rowCount === 0)
      await client.query(`create role herald_people nologin; grant herald_people to ${loginRole}`);
  } finally {
    await client.end();
  }
}

/** Makes the cluster know the passwords of the files; the server must not be running. */
export async function setPasswords(
  clusterDir: string,
  binaries: Binaries,
  user: ServerUser | undefined,
  passwords: Passwords,
): Promise<void> {
  await runSingleUser(clusterDir, binaries, user, passwordStatements(passwords));
}

function passwordStatements(passwords: Passwords): string[] {
  return [
    `ALTER ROLE ${loginRole} PASSWORD '${passwords.login}'`,
    `ALTER ROLE ${adminRole} PASSWORD '${passwords.admin}'`,
  ];
}

/** Runs statements without a server and without a password, as `postgres --single` can; each in its own transaction. */
async function runSingleUser(
  clusterDir: string,
  binaries: Binaries,
  user: ServerUser | undefined,
  statements: readonly string[],
): Promise<void> {
  // A failing statement is not quoted in the message: it may carry a password.
  const options = [
    '-c',
    'exit_on_error=on',
    '-c',
    'log_min_error_statement=panic',
    '-c',
    'logging_collector=off',
  ];
  const input = statements.map((statement) => `${statement}\n`).join('');
  await runProgram(binaries.postgres, ['--single', '-D', clusterDir, ...options, 'postgres'], user, input);
}

/** Runs one of the programs to its end; without our environment, which may hold secrets. */
async function runProgram(
  program: string,
  args: readonly string[],
  user: ServerUser | undefined,
  input = '',
): Promise<void> {
  const as = user === undefined ? {} : { uid: user.uid, gid: user.gid };
  const child = spawn(program, args, {
    cwd: '/',
    env: programEnvironment,
    stdio: ['pipe', 'ignore', 'pipe'],
    ...as,
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr = (stderr + chunk).slice(-10_000);
  });
  // A program that ends before it has read its input says why on stderr.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new EmbeddedError(`The database cannot be set up: ${lastComplaint(stderr)}.`);
}

export const programEnvironment = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** The line in which PostgreSQL says why it gave up, without its time and level. */
export function lastComplaint(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const line = lines.findLast((text) => /(FATAL|PANIC|ERROR|error):/.test(text)) ?? lines.at(-1);
  return (line ?? 'it gave no reason').replace(/^.*?(FATAL|PANIC|ERROR|error):\s*/, '').replace(/\.$/, '');
}

export async function syncDir(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
