/** ASVS 15.2.2: what is costly and open to many is done once at a time. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openHerald, type TestHerald } from './herald.ts';

let herald: TestHerald;
beforeAll(async () => {
  herald = await openHerald();
}, 60_000);
afterAll(() => herald.close());

it('eight who ask whether the audit is whole are one look through it', async () => {
  const { admin, config } = herald;
  const headers = { authorization: `Bearer ${config.apiKey}` };
  // Nothing can be read until this transaction ends, so that all who look are seen waiting.
  await admin.query('begin');
  await admin.query('lock table audit_entries, audit_heads in access exclusive mode');
  const asked = Array.from({ length: 8 }, () => herald.call('GET', '/api/v1/audit/verify', { headers }));
  const looking = async () => {
    const { rows } = await admin.query(
      `select count(distinct pid)::int as n from pg_locks l join pg_stat_activity a using (pid)
        where not l.granted and a.datname = current_database() and a.query like '%audit_heads%'`,
    );
    return rows[0].n;
  };
  await expect.poll(looking, { timeout: 5_000 }).toBeGreaterThan(0);
  // Another route, asked last and answered: by then all eight have been taken in.
  expect((await herald.call('GET', '/api/v1/workspaces/current', { headers })).status).toBe(200);
  const seen = await looking();
  await admin.query('commit');
  const answers = await Promise.all(asked);
  expect(seen).toBe(1);
  expect(answers.map(({ body }) => body.state)).toEqual(Array.from({ length: 8 }, () => 'whole'));
});
