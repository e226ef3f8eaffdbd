import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { connectionUrl } from './embedded/connection.ts';
import { MigrationError, migrate } from './migrate.ts';

let dir: string;
let url: string;
let name: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'herald-migrations-'));
  name = `m_${Math.random().toString(36).slice(2)}`;
  await admin(`CREATE DATABASE ${name} OWNER herald`);
  const { host, port } = new pg.Client(inject('databaseUrl'));
  url = connectionUrl({ host, port, user: 'herald', database: name, password: inject('databasePassword') });
});

afterEach(async () => {
  await admin(`DROP DATABASE ${name} WITH (FORCE)`);
  await rm(dir, { recursive: true, force: true });
});

async function admin(statement: string): Promise<void> {
  await ask(statement, inject('databaseUrl'));
}

async function ask(sql: string, at = url): Promise<unknown[][]> {
  const client = new pg.Client(at);
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

async function files(contents: Record<string, string>): Promise<void> {
  for (const [file, sql] of Object.entries(contents)) await writeFile(join(dir, file), sql);
}

const two = {
  '0001_first.sql': 'CREATE TABLE first (id int PRIMARY KEY);\nINSERT INTO first VALUES (1);',
  '0002_second.sql': 'CREATE TABLE second (id int PRIMARY KEY);',
};

describe('migrations that go well', () => {
  it('are applied in order and recorded, and the second call does nothing', async () => {
    await files(two);
    expect(await migrate(url, dir)).toEqual({
      from: 0,
      to: 2,
      applied: ['0001_first.sql', '0002_second.sql'],
    });
    expect(await migrate(url, dir)).toEqual({ from: 2, to: 2, applied: [] });
    expect(await ask('SELECT version, name, length(sha256) FROM herald_migrations ORDER BY 1')).toEqual([
      [1, '0001_first.sql', 64],
      [2, '0002_second.sql', 64],
    ]);
  });

  it('go on from where the database is', async () => {
    await files(two);
    await migrate(url, dir);
    await files({ '0003_third.sql': 'CREATE TABLE third (id int);' });
    expect(await migrate(url, dir)).toEqual({ from: 2, to: 3, applied: ['0003_third.sql'] });
  });

  it('are none in an empty directory', async () => {
    expect(await migrate(url, dir)).toEqual({ from: 0, to: 0, applied: [] });
  });

  it('take a file with other line ends for the same', async () => {
    await files(two);
    await migrate(url, dir);
    await files({ '0001_first.sql': two['0001_first.sql'].replaceAll('\n', '\r\n') });
    expect((await migrate(url, dir)).applied).toEqual([]);
  });

  it('survive a file that changes role and search path', async () => {
    await files({
      '0001_a.sql': 'CREATE SCHEMA s; SET search_path TO s; CREATE TABLE x (id int); SET ROLE herald_app;',
    });
    expect((await migrate(url, dir)).to).toBe(1);
    expect(await ask('SELECT count(*)::int FROM s.x')).toEqual([[0]]);
  });

  it('are applied once when several processes start at once', async () => {
    await files(two);
    const runs = await Promise.all(Array.from({ length: 8 }, () => migrate(url, dir)));
    expect(runs.flatMap((run) => run.applied).sort()).toEqual(['0001_first.sql', '0002_second.sql']);
    expect(new Set(runs.map((run) => run.to))).toEqual(new Set([2]));
    expect(await ask('SELECT count(*)::int FROM first')).toEqual([[1]]);
  });
});

describe('migrations that are refused', () => {
  const changed = { '0001_first.sql': 'CREATE TABLE first (id bigint);' };
  const cases: [string, Record<string, string>, RegExp][] = [
    ['a gap', { '0004_later.sql': 'SELECT 1;' }, /0004_later.sql is out of order.*0003_/],
    ['a number that is used twice', { '0002_again.sql': 'SELECT 1;' }, /out of order/],
    ['a name without a number', { 'extra.sql': 'SELECT 1;' }, /extra.sql is out of order/],
    ['a file that was changed after it had been applied', changed, /0001_first.sql was changed/],
    ['a file that commits by itself', { '0003_c.sql': 'SELECT 1;\nCOMMIT;' }, /0003_c.sql contains COMMIT/],
  ];
  it.each(cases)('%s', async (_, more, message) => {
    await files(two);
    await migrate(url, dir);
    await files(more);
    const failure = await migrate(url, dir).catch((error) => error);
    expect(failure).toBeInstanceOf(MigrationError);
    expect(failure.message).toMatch(message);
  });

  it('a database that is newer than the files', async () => {
    await files(two);
    await migrate(url, dir);
    await rm(join(dir, '0002_second.sql'));
    await expect(migrate(url, dir)).rejects.toThrow(/at version 2 .* up to 1: start the newer/);
  });

  it('a database that lacks a migration in the middle', async () => {
    await files(two);
    await migrate(url, dir);
    await ask('DELETE FROM herald_migrations WHERE version = 1');
    await expect(migrate(url, dir)).rejects.toThrow(/lacks migration 0001_first.sql/);
  });
});

describe('migrations that fail', () => {
  it('leave nothing of the failing file, keep the earlier one, and name file and line', async () => {
    await files({ ...two, '0002_second.sql': 'CREATE TABLE second (id int);\nSELECT nonsense;' });
    const failure = await migrate(url, dir).catch((error) => error);
    expect(failure).toBeInstanceOf(MigrationError);
    expect(failure.message).toMatch(/^Migration 0002_second.sql fails at line 2: .*nonsense/);
    expect(await ask(`SELECT to_regclass('second'), (SELECT max(version) FROM herald_migrations)`)).toEqual([
      [null, 1],
    ]);
    await files(two);
    expect((await migrate(url, dir)).applied).toEqual(['0002_second.sql']);
  });

  it('wait for a table that is in use and then go on', async () => {
    await files(two);
    await migrate(url, dir);
    await files({ '0003_alter.sql': 'ALTER TABLE first ADD note text;' });
    const reader = new pg.Client(url);
    await reader.connect();
    await reader.query('BEGIN; LOCK TABLE first');
    const run = migrate(url, dir);
    // Until the first attempt has given up its place in the queue of the table.
    await waitFor(
      `SELECT count(*)::int FROM pg_stat_activity WHERE query = 'ROLLBACK' AND datname = '${name}'`,
    );
    await reader.query('COMMIT');
    expect((await run).applied).toEqual(['0003_alter.sql']);
    await reader.end();
  });

  it('leave nothing of the file in which the process was killed', async () => {
    await files({ '0001_first.sql': 'CREATE TABLE first (id int);\nSELECT pg_sleep(600);' });
    const child = migrateInChild();
    await waitFor(
      `SELECT count(*)::int FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = '${name}'`,
    );
    child.kill('SIGKILL');
    // The server notices the lost client only when the statement ends.
    await admin(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${name}'`);
    expect(await ask(`SELECT to_regclass('first'), to_regclass('herald_migrations')`)).toEqual([
      [null, null],
    ]);
    await files(two);
    expect((await migrate(url, dir)).applied).toEqual(['0001_first.sql', '0002_second.sql']);
  });

  function migrateInChild(): ChildProcess {
    const module = new URL('./migrate.ts', import.meta.url).href;
    const script = `(await import(${JSON.stringify(module)})).migrate(...${JSON.stringify([url, dir])})`;
    return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
  }

  async function waitFor(countQuery: string): Promise<void> {
    await expect.poll(() => ask(countQuery, inject('databaseUrl')), { timeout: 20_000 }).toEqual([[1]]);
  }
});
