/** An external database by PostgreSQL's own pg_dump and pg_restore, where the machine has them. */
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import pg from 'pg';
import { BackupError } from './errors.ts';

const run = promisify(execFile);

/**
 * Finds a program of PostgreSQL on the PATH that fits the server: of its major version or a newer one.
 *
 * @throws BackupError that says what to install, or what to use instead
 */
export async function findProgram(name: 'pg_dump' | 'pg_restore', serverMajor: number): Promise<number> {
  const { stdout } = await run(name, ['--version']).catch(() => ({ stdout: '' }));
  const major = Number(/\b(\d+)(\.\d+|devel|beta\d|rc\d)/.exec(stdout)?.[1] ?? 0);
  if (major >= serverMajor) return major;
  const what = major === 0 ? `There is no ${name} here` : `The ${name} here is of version ${major}`;
  throw new BackupError(
    `${what}, and the server is PostgreSQL ${serverMajor}: install the client programs of version ${serverMajor} or later, or use the backups of your server's provider (docs/backup.md).`,
  );
}

/**
 * The major version of the server and the newest migration in it.
 *
 * @throws BackupError when the login sees only a part of the rows: every table is fenced by row-level security
 */
export async function readServer(url: string): Promise<{ major: number; schemaVersion: number; now: Date }> {
  return asClient(url, async (client) => {
    const { rows } = await client.query<{
      version: string;
      now: Date;
      sees: boolean;
      login: string;
      there: boolean;
    }>(
      `select current_setting('server_version_num') as version, now() as now, rolsuper or rolbypassrls as sees,
              rolname as login, to_regclass('public.herald_migrations') is not null as there
         from pg_roles where rolname = current_user`,
    );
    const { version, now, sees, login, there } = rows[0]!;
    if (!sees) {
      throw new BackupError(
        `The database login ${login} cannot read all rows, because they are fenced by workspace: name one that can, such as a superuser, with --as postgresql://user@host/database.`,
      );
    }
    const schema = there
      ? (await client.query<{ n: number }>('select coalesce(max(version), 0) as n from herald_migrations'))
          .rows[0]!.n
      : 0;
    return { major: Math.floor(Number(version) / 10_000), schemaVersion: schema, now };
  });
}

/** @throws BackupError with what pg_dump said */
export async function dumpTo(url: string, path: string): Promise<void> {
  await runProgram('pg_dump', ['--format=custom', '--compress=0', '--no-password', `--file=${path}`], url);
}

/** Into an empty database, all or nothing; the tables are of this role. @throws BackupError with what pg_restore said */
export async function restoreFrom(url: string, path: string, owner: string): Promise<void> {
  const options = ['--single-transaction', '--exit-on-error', '--no-password', '--no-owner'];
  const { database = '' } = new pg.Client(url);
  await runProgram('pg_restore', [...options, `--role=${owner}`, `--dbname=${database}`, path], url);
}

/** The address goes by the environment: a command line can be read by everybody on the machine. */
async function runProgram(name: string, args: readonly string[], url: string): Promise<void> {
  const child = spawn(name, args, {
    env: { PATH: process.env.PATH, LC_ALL: 'C', ...environmentOf(url) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-4_000);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return;
  const line = said.split('\n').find((text) => /error/i.test(text)) ?? said.split('\n')[0] ?? '';
  throw new BackupError(
    `${name} failed: ${line.replace(/^.*?error:\s*/i, '').trim() || 'it gave no reason'}.`,
  );
}

/** libpq's variables for an address. */
function environmentOf(url: string): Record<string, string> {
  const { host, port, user, password, database } = new pg.Client(url);
  const option = (name: string) => new RegExp(`[?&]${name}=([^&]+)`).exec(url)?.[1];
  const variables = {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: typeof password === 'string' ? password : undefined,
    PGDATABASE: database,
    PGSSLMODE: option('sslmode'),
    PGSSLROOTCERT: option('sslrootcert') && decodeURIComponent(option('sslrootcert') ?? ''),
    PGAPPNAME: 'herald backup',
  };
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => !!entry[1]),
  );
}

/** @throws BackupError when the database does not answer */
export async function asClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw new BackupError(`The database cannot be reached (${(error as Error).message || 'no answer'}).`);
  }
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
