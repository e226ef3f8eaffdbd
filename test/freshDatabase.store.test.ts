import pg from 'pg';
import { expect, it } from 'vitest';
import { freshDatabase } from './freshDatabase.ts';

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

it('two fresh databases are migrated, apart from each other, and gone when dropped', async () => {
  const [one, two] = await Promise.all([freshDatabase(), freshDatabase()]);
  await ask(one.url, 'CREATE TABLE only_here (id int)');
  expect(await ask(one.url, `SELECT to_regclass('only_here') IS NOT NULL, current_user`)).toEqual([
    [true, 'herald'],
  ]);
  expect(await ask(two.url, `SELECT to_regclass('only_here') IS NOT NULL`)).toEqual([[false]]);
  expect(await ask(two.adminUrl, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).toEqual([
    [true],
  ]);
  await Promise.all([one.drop(), two.drop()]);
  await expect(ask(one.url, 'SELECT 1')).rejects.toThrow(/does not exist/);
});
