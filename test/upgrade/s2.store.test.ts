import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { connectionUrl } from '../../src/db/embedded/connection.ts';
import { migrate, migrationsDir } from '../../src/db/migrate.ts';
import { conclude } from '../harness/conclude.ts';
import { countOf, mostTestMs } from '../promises/counts.ts';

const names = (await readdir(migrationsDir)).filter((name) => name.endsWith('.sql')).sort();

let url: string;
let name: string;
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'herald-upgrade-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Does it as often as the catalogue says, each time with an empty database; a half state ends the test. */
async function repeat(upgrade: () => Promise<void>): Promise<void> {
  for (let run = 0; run < countOf('S2'); run += 1) {
    await createDatabase();
    try {
      await upgrade();
    } finally {
      await query(inject('databaseUrl'), `drop database ${name} with (force)`);
    }
  }
  conclude('S2', {});
}

async function createDatabase(): Promise<void> {
  name = `u_${process.pid}_${Math.random().toString(36).slice(2)}`;
  await query(inject('databaseUrl'), `create database ${name} owner herald`);
  const { host, port } = new pg.Client(inject('databaseUrl'));
  url = connectionUrl({ host, port, user: 'herald', database: name, password: inject('databasePassword') });
}

async function query(at: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(at);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Everything that migrations make, in words: two databases of one version give the same. */
async function shape(): Promise<Record<string, unknown>[]> {
  return query(
    url,
    `select 'column ' || table_name || '.' || column_name as what, data_type || is_nullable || coalesce(column_default, '') as how
       from information_schema.columns where table_schema = 'public'
     union all
     select 'index ' || indexname, indexdef from pg_indexes where schemaname = 'public'
     union all
     select 'constraint ' || conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) from pg_constraint
      where connamespace = 'public'::regnamespace
     union all
     select 'policy ' || tablename || '.' || policyname, coalesce(qual, '') || coalesce(with_check, '') from pg_policies
     union all
     select 'rights ' || table_name, string_agg(grantee || ' ' || privilege_type, ',' order by grantee, privilege_type)
       from information_schema.role_table_grants where table_schema = 'public' group by table_name
     union all
     select 'function ' || proname, prosrc from pg_proc where pronamespace = 'public'::regnamespace
     union all
     select 'applied ' || name, sha256 from herald_migrations
     order by 1, 2`,
  );
}

/** The shape of a database that was brought to a version in peace. */
function shapeAt(version: number): Promise<Record<string, unknown>[]> {
  const known = shapes.get(version) ?? makeShape(version);
  shapes.set(version, known);
  return known;
}

const shapes = new Map<number, ReturnType<typeof shape>>();

async function makeShape(version: number): Promise<Record<string, unknown>[]> {
  const own = url;
  await query(inject('databaseUrl'), `create database ${name}_peace owner herald`);
  url = url.replace(name, `${name}_peace`);
  try {
    await migrate(url, await filesUpTo(version));
    return await shape();
  } finally {
    url = own;
    await query(inject('databaseUrl'), `drop database ${name}_peace with (force)`);
  }
}

/** The first migrations; the last one never ends if it is to be killed. */
async function filesUpTo(version: number, stuck = false): Promise<string> {
  const to = await mkdtemp(join(dir, 'files-'));
  for (const file of names.slice(0, version)) await cp(join(migrationsDir, file), join(to, file));
  const last = names[version - 1] as string;
  if (stuck) {
    const sql = await readFile(join(migrationsDir, last), 'utf8');
    await writeFile(join(to, last), `${sql}\nselect pg_sleep(600);\n`);
  }
  return to;
}

function migrateInChild(files: string): ChildProcess {
  const module = new URL('../../src/db/migrate.ts', import.meta.url).href;
  const script = `await (await import(${JSON.stringify(module)})).migrate(...${JSON.stringify([url, files])})`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
}

describe('S2: an upgrade that is disturbed', () => {
  it.each(names.map((file, i) => [file, i + 1] as const))(
    'killed in %s, leaves the version before, and the next one goes on',
    (_, version) =>
      repeat(async () => {
        const child = migrateInChild(await filesUpTo(version, true));
        const asleep = `select count(*)::int as n from pg_stat_activity where wait_event = 'PgSleep' and datname = '${name}'`;
        await expect
          .poll(() => query(inject('databaseUrl'), asleep), { timeout: 20_000 })
          .toEqual([{ n: 1 }]);
        child.kill('SIGKILL');
        await once(child, 'close');
        // The server notices the lost client only when the statement ends.
        await query(
          inject('databaseUrl'),
          `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '${name}'`,
        );
        if (version > 1) expect(await shape()).toEqual(await shapeAt(version - 1));
        const run = await migrate(url);
        expect(run.applied).toEqual(names.slice(version - 1));
        expect(await shape()).toEqual(await shapeAt(names.length));
      }),
    mostTestMs,
  );

  it(
    'run twice changes nothing the second time',
    () =>
      repeat(async () => {
        await migrate(url);
        const before = await shape();
        expect((await migrate(url)).applied).toEqual([]);
        expect(await shape()).toEqual(before);
      }),
    mostTestMs,
  );

  it(
    'by two instances at once, applies each step once',
    () =>
      repeat(async () => {
        const children = [migrateInChild(migrationsDir), migrateInChild(migrationsDir)];
        const codes = await Promise.all(children.map((child) => once(child, 'close')));
        expect(codes.map(([code]) => code)).toEqual([0, 0]);
        expect(await shape()).toEqual(await shapeAt(names.length));
      }),
    mostTestMs,
  );
});
