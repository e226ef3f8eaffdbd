import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../freshDatabase.ts';
import { leaksInRows, spellingsOf } from './leaks.ts';

const secret = 'Sim-Secret_1/ä%';
let fresh: FreshDatabase;
let admin: pg.Client;
beforeAll(async () => {
  fresh = await freshDatabase();
  admin = new pg.Client(fresh.url);
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await fresh.drop();
});

const rows = async <R>(text: string, values?: unknown[]) => (await admin.query(text, values)).rows as R[];

it('finds nothing where nothing is', async () => {
  expect(await leaksInRows({ rows } as never, [secret])).toEqual([]);
});

it.each(spellingsOf(secret))('finds %s in any column of any table', async (spelling) => {
  await admin.query(`insert into workspace_index (workspace_id) values ($1)`, [randomUUID()]);
  await admin.query('create table if not exists scratch (n int, note text)');
  await admin.query('insert into scratch values (1, $1)', [`before ${spelling} after`]);
  expect(await leaksInRows({ rows } as never, [secret])).toEqual(['1 rows of public.scratch hold a secret']);
  await admin.query('delete from scratch');
});
