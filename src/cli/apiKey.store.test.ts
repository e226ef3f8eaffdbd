import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/freshDatabase.ts';
import { hashKey } from '../access/keys.ts';
import { hasApiKey } from './hasApiKey.ts';
import { run } from './index.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

async function runOn(url: string, args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const env = { DATABASE_URL: url, HERALD_SECRET_KEY: 'q3v8ZpT1w6Rk0Yb5Nd2Xs7Lm4Jh9Gf1c' };
  const code = await run(args, { env, out: (line) => out.push(line), err: (line) => err.push(line) });
  return { code, out, err: err.join('\n') };
}

const rows = async (text: string) => {
  const client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
  const result = await client.query(text);
  await client.end();
  return result.rows;
};

it('a new database gets its first key, for the default workspace that is made with it', async () => {
  const config = { databaseUrl: database.url, dataDir: '' } as Parameters<typeof hasApiKey>[0];
  expect(await hasApiKey(config)).toBe(false);
  const { code, out, err } = await runOn(database.url, [
    'api-key',
    'create',
    '--name',
    'sensor',
    '--scopes',
    'intake',
    '--source',
    'edr',
  ]);
  expect([code, err]).toEqual([undefined, expect.stringContaining('"sensor" (intake) is shown this once')]);
  expect(out).toEqual([expect.stringMatching(/^hrld_[A-Za-z0-9_-]{43}$/)]);
  const [key] = await rows(
    `select name, scopes, source, encode(key_hash, 'hex') as hash from api_keys join api_key_index on key_id = id`,
  );
  expect(key).toEqual({ name: 'sensor', scopes: ['intake'], source: 'edr', hash: hashKey(out[0]!) });
  expect(await hasApiKey(config)).toBe(true);
  expect(await rows('select actor_kind, actor_name, action, target_name from audit_entries')).toEqual([
    { actor_kind: 'system', actor_name: 'Command line', action: 'apiKey.create', target_name: 'sensor' },
  ]);
});

it('the next key belongs to the same workspace', async () => {
  expect((await runOn(database.url, ['api-key', 'create'])).code).toBeUndefined();
  expect(
    await rows('select count(distinct workspace_id)::int as workspaces, count(*)::int as keys from api_keys'),
  ).toEqual([{ workspaces: 1, keys: 2 }]);
});

it('migrate says that there is nothing to do', async () => {
  const { code, out } = await runOn(database.url, ['migrate']);
  expect([code, out]).toEqual([
    undefined,
    [expect.stringMatching(/^The database is up to date \(version \d+\)\.$/)],
  ]);
});

it('an empty database is filled by migrate, and api-key says that it has to be', async () => {
  const name = `${new URL(database.adminUrl.replace('postgresql:', 'http:').replace('@/', '@x/')).pathname.slice(1)}_empty`;
  await rows(`create database ${name} owner herald`);
  const url = database.url.replace(/\/t_[0-9a-f]+\?/, `/${name}?`);
  try {
    const refused = await runOn(url, ['api-key', 'create']);
    expect([refused.code, refused.err]).toEqual([
      1,
      'This database does not hold a Herald yet: run "npx herald migrate" first.',
    ]);
    const { code, out } = await runOn(url, ['migrate']);
    expect([code, out.at(-1)]).toEqual([
      undefined,
      expect.stringMatching(/^The database went from version 0 to \d+\.$/),
    ]);
  } finally {
    await rows(`drop database ${name} with (force)`);
  }
});

it('a database that does not answer is a sentence', async () => {
  for (const args of [['migrate'], ['api-key', 'create']]) {
    const { code, err } = await runOn('postgresql://a:b@127.0.0.1:1/x', args);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^The database cannot be reached \(.+\)\. Check DATABASE_URL/),
    ]);
  }
});
