import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/freshDatabase.ts';
import { insertWorkspace } from '../../../test/support/workspace.ts';
import { run } from '../../cli/index.ts';
import { openDatabase } from '../database.ts';
import { findProgram, readServer } from './dump.ts';

let source: FreshDatabase;
let dir: string;
beforeEach(async () => {
  source = await freshDatabase();
  dir = await mkdtemp(join(tmpdir(), 'herald-dump-'));
});
afterEach(async () => {
  await source.drop();
  await rm(dir, { recursive: true });
});

/** Runs a command on an external database; answers what it printed, line by line. */
async function herald(url: string, ...args: string[]): Promise<string[]> {
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const env = {
    DATABASE_URL: url,
    HERALD_SECRET_KEY: 'k'.repeat(40),
    HERALD_DATA_DIR: dir,
    PATH: process.env.PATH,
  };
  await run(args, { env, out: say, err: say });
  return lines;
}

const { major } = await readServer(inject('databaseUrl'));
const missing = await findProgram('pg_dump', major).then(
  () => undefined,
  (error: Error) => error.message,
);
if (missing) console.warn(`pg_dump and pg_restore are not tried here: ${missing}`);

describe('an external database', () => {
  it('is not dumped by a login that sees only a part of it', async () => {
    const [words, ...more] = await herald(source.url, 'backup', join(dir, 'x.tar.gz'));
    expect(more).toEqual([]);
    expect(words).toMatch(/^The database login herald cannot read all rows, .* with --as postgresql:/);
    expect(await readdir(dir)).toEqual([]);
  });

  it('is dumped by a program that fits, else it is said which one does', async () => {
    await expect(findProgram('pg_dump', 99)).rejects.toThrow(
      /^(The pg_dump here is of version \d+|There is no pg_dump here), and the server is PostgreSQL 99: install/,
    );
  });

  it('that was restored by other means is told so, unless it is served', async () => {
    const db = openDatabase({ url: source.url });
    onTestFinished(() => db.close());
    const { workspaceId, connectionId } = await insertWorkspace(db);
    const mark = (time: string) =>
      herald(source.url, 'restore', '--mark-only', time, '--as', source.adminUrl);
    expect(await mark('yesterday')).toEqual([expect.stringMatching(/^Give the time .* as 2026-/)]);
    await db.unfenced((tx) =>
      tx.query(
        `insert into leases (workspace_id, channel_id, expires_at) values ($1, $2, now() + interval '1 minute')`,
        [workspaceId, connectionId],
      ),
    );
    expect(await mark('2026-11-22T10:00:00Z')).toEqual([expect.stringMatching(/^A Herald works on this/)]);
    await db.unfenced((tx) => tx.query('delete from leases'));
    await db.unfenced((tx) =>
      tx.query('insert into workspace_index (workspace_id) values ($1)', [workspaceId]),
    );
    expect(await herald(source.url, 'restore', '--report')).toEqual([
      'This database was never restored from a backup.',
    ]);
    expect(await mark('2026-11-22T10:00:00Z')).toEqual([
      expect.stringContaining('made after 2026-11-22T10:00:00.000Z before'),
    ]);
    const { rows } = await db.inWorkspace(workspaceId, (tx) => tx.query('select backup_at from restores'));
    expect(rows).toEqual([{ backup_at: new Date('2026-11-22T10:00:00Z') }]);
    expect(await herald(source.url, 'restore', '--report')).toEqual([
      expect.stringMatching(/^Restored at 20.* from a backup of 2026-11-22T10:00:00.000Z\.$/),
      '0 groups with waiting alerts are still to be looked for.',
      'Nothing was found in the PSA that the backup did not know.',
    ]);
  });

  it.skipIf(missing)('is dumped, and restored into an empty one in look-first mode', async () => {
    const db = openDatabase({ url: source.url });
    onTestFinished(() => db.close());
    const { workspaceId, connectionId } = await insertWorkspace(db);
    await db.inWorkspace(workspaceId, (tx) =>
      tx.query(
        `insert into ticket_groups (workspace_id, id, connection_id, account_id, organization_key, key_hash, words, marker)
         values ($1, 1, $2, '1', 'o', '\\x01', 'w', 'A-22222222')`,
        [workspaceId, connectionId],
      ),
    );
    const file = join(dir, 'x.tar.gz');
    const said = await herald(source.url, 'backup', file, '--as', source.adminUrl);
    expect(said.at(-1)).toBe('Keep a copy of HERALD_SECRET_KEY apart from this file.');

    expect(await herald(source.url, 'restore', file, '--as', source.adminUrl)).toEqual([
      expect.stringMatching(/^The database is not empty/),
    ]);
    const empty = await emptyDatabase();
    const steps = await herald(empty.url, 'restore', file, '--as', empty.adminUrl);
    expect(steps[0]).toMatch(/^Restored as of .* What to do now:$/);
    const restored = openDatabase({ url: empty.url });
    onTestFinished(() => restored.close());
    const rows = await restored.inWorkspace(workspaceId, (tx) =>
      tx.query('select look_first, (select count(*)::int from restores) as restores from ticket_groups'),
    );
    expect(rows.rows).toEqual([{ look_first: 'ticket', restores: 1 }]);
    // The fence came with it.
    expect((await restored.unfenced((tx) => tx.query('select * from ticket_groups'))).rows).toEqual([]);
    expect(await herald(empty.url, 'migrate')).toEqual([expect.stringContaining('up to date')]);
  });
});

async function emptyDatabase(): Promise<{ url: string; adminUrl: string }> {
  const name = `e_${process.pid}_${Date.now()}`;
  const admin = new pg.Client(inject('databaseUrl'));
  await admin.connect();
  await admin.query(`create database ${name} owner herald`);
  onTestFinished(async () => {
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  });
  const rename = (url: string) => url.replace(/\/t_[0-9a-f]+/, `/${name}`);
  return { url: rename(source.url), adminUrl: rename(source.adminUrl) };
}
