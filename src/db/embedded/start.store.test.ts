import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { EmbeddedError } from './index.ts';
import { query, refusal, serverProcesses, start, tempDir } from './testServers.ts';

describe('a first start', () => {
  it('has the settings that keep acknowledged rows, and listens on its socket alone', async () => {
    const server = await start({ dataDir: await tempDir() });
    const names = [
      'fsync',
      'synchronous_commit',
      'full_page_writes',
      'data_checksums',
      'listen_addresses',
      'jit',
    ];
    const shown = names.map((name) => `current_setting('${name}')`).join(', ');
    expect(await query(server.url, `SELECT ${shown}`)).toEqual([['on', 'on', 'on', 'on', '', 'off']]);
    expect(server).toMatchObject({ adopted: false, connection: { user: 'herald', database: 'herald' } });
  });

  it('makes a login without special rights that owns its database and may become herald_app', async () => {
    const server = await start({ dataDir: await tempDir() });
    const rights = await query(
      server.url,
      `SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin FROM pg_roles
       WHERE rolname IN ('herald', 'herald_app') ORDER BY 1`,
    );
    expect(rights).toEqual([
      ['herald', false, false, false, false, true],
      ['herald_app', false, false, false, false, false],
    ]);
    const database = `SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datlocprovider, datlocale
      FROM pg_database WHERE datname = current_database()`;
    expect(await query(server.url, database)).toEqual([['herald', 'UTF8', 'b', 'C.UTF-8']]);
    await query(server.url, 'CREATE TABLE owned (id int); SET ROLE herald_app');
  });

  it('adds the role of people to a cluster of an older Herald', async () => {
    const dataDir = await tempDir();
    const old = await start({ dataDir });
    await query(old.adminUrl, 'DROP ROLE herald_people');
    await old.stop();
    const server = await start({ dataDir });
    await query(server.url, 'SET ROLE herald_people');
    const rights = `SELECT rolsuper OR rolbypassrls OR rolcanlogin FROM pg_roles WHERE rolname = 'herald_people'`;
    expect(await query(server.url, rights)).toEqual([[false]]);
  });

  it('keeps passwords and socket private and refuses a wrong password', async () => {
    const dataDir = await tempDir();
    const server = await start({ dataDir });
    const modes = ['postgres.password', 'postgres.admin-password', 'postgres.socket', 'postgres'].map(
      async (name) => (await stat(join(dataDir, name))).mode & 0o777,
    );
    expect(await Promise.all(modes)).toEqual([0o600, 0o600, 0o700, 0o700]);
    const wrong = server.url.replace(server.connection.password, 'wrong');
    await expect(query(wrong, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it('starts anew after a first start that was interrupted', async () => {
    const dataDir = await tempDir();
    await mkdir(join(dataDir, 'postgres.new'));
    await writeFile(join(dataDir, 'postgres.new', 'half'), '');
    const server = await start({ dataDir });
    expect(await query(server.url, 'SELECT 1')).toEqual([[1]]);
  });

  it('works with a long path', async () => {
    const dataDir = join(await tempDir(), 'a'.repeat(90), "with 'quotes' and spaces");
    const server = await start({ dataDir });
    expect(Buffer.byteLength(`${server.connection.host}/.s.PGSQL.5432`)).toBeLessThanOrEqual(100);
    expect(await query(server.url, 'SELECT 1')).toEqual([[1]]);
    await server.stop();
    await rm(server.connection.host, { recursive: true });
  });
});

describe('settings', () => {
  it('of the caller and of local.conf are used', async () => {
    const dataDir = await tempDir();
    const first = await start({ dataDir, settings: { work_mem: '5MB' } });
    expect(await query(first.url, 'SHOW work_mem')).toEqual([['5MB']]);
    await first.stop();
    await writeFile(join(dataDir, 'postgres', 'local.conf'), "work_mem = '6MB'\nfsync = off\n", {
      mode: 0o644,
    });
    const second = await start({ dataDir });
    const shown = `SELECT current_setting('work_mem'), current_setting('fsync')`;
    expect(await query(second.url, shown)).toEqual([['6MB', 'on']]);
  });

  it('that keep acknowledged rows cannot be changed, by the caller or by ALTER SYSTEM', async () => {
    const dataDir = await tempDir();
    expect(await refusal({ dataDir, settings: { fsync: 'off' } })).toMatchObject({
      name: 'EmbeddedError',
      message: 'The database setting fsync cannot be changed: remove it.',
    });
    const server = await start({ dataDir });
    await query(server.adminUrl, 'ALTER SYSTEM SET fsync = off');
    await server.stop();
    expect(await query((await start({ dataDir })).url, 'SHOW fsync')).toEqual([['on']]);
  });

  it('that PostgreSQL does not know are refused with its own words, and the next start works', async () => {
    const dataDir = await tempDir();
    const failure = await refusal({ dataDir, settings: { nonsense: '1' } });
    expect(failure).toBeInstanceOf(EmbeddedError);
    expect(failure.message).toMatch(/^PostgreSQL does not start \(.*\): see .*postgres.start.log and .*\.$/);
    await start({ dataDir });
  });
});

describe('stop and start', () => {
  it('keeps the rows, leaves no process, and may be called twice', async () => {
    const dataDir = await tempDir();
    const first = await start({ dataDir });
    await query(first.url, 'CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)');
    await Promise.all([first.stop(), first.stop()]);
    expect(await serverProcesses(dataDir)).toEqual([]);
    const second = await start({ dataDir });
    expect(second.adopted).toBe(false);
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT id FROM kept')).toEqual([[7]]);
  });

  it('rolls open transactions back and needs no recovery afterwards', async () => {
    const dataDir = await tempDir();
    const first = await start({ dataDir });
    const client = new pg.Client(first.url);
    const cut = new Promise<Error>((resolve) => client.on('error', resolve));
    await client.connect();
    await client.query('BEGIN; CREATE TABLE unfinished (id int)');
    await first.stop();
    expect(await cut).toBeInstanceOf(Error);
    const second = await start({ dataDir });
    expect(await query(second.url, `SELECT to_regclass('unfinished')`)).toEqual([[null]]);
    const logDir = join(dataDir, 'postgres', 'log');
    const logs = await Promise.all(
      (await readdir(logDir)).map((name) => readFile(join(logDir, name), 'utf8')),
    );
    expect(logs.join('')).toContain('database system was shut down at');
    expect(logs.join('')).not.toMatch(/interrupted|not properly shut down/);
  });

  it('does not hear the Ctrl-C of our terminal: the server has a session of its own', async () => {
    const server = await start({ dataDir: await tempDir() });
    const session = execFileSync('ps', ['-o', 'sess=', '-p', String(server.pid)], { encoding: 'utf8' });
    expect(Number(session)).toBe(server.pid);
  });

  it('sets new passwords when their files were lost', async () => {
    const dataDir = await tempDir();
    const first = await start({ dataDir });
    await first.stop();
    await rm(join(dataDir, 'postgres.password'));
    const second = await start({ dataDir });
    expect(second.url).not.toBe(first.url);
    expect(await query(second.url, 'SELECT 1')).toEqual([[1]]);
  });

  it('is refused while another start in this process holds the directory', async () => {
    const dataDir = await tempDir();
    await start({ dataDir });
    const failure = await refusal({ dataDir: join(dataDir, '.') });
    expect(failure).toBeInstanceOf(EmbeddedError);
    expect(failure.message).toMatch(
      /^Another Herald \(process \d+\) uses the data directory .*: stop it first/,
    );
  });
});
