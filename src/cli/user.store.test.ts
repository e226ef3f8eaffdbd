import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/freshDatabase.ts';
import { createHasher } from '../access/people/passwords.ts';
import { run } from './index.ts';

let database: FreshDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await freshDatabase();
  client = new pg.Client(database.adminUrl);
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

async function create(args: string[], password?: string) {
  const out: string[] = [];
  const err: string[] = [];
  const env = {
    DATABASE_URL: database.url,
    HERALD_SECRET_KEY: 'q3v8ZpT1w6Rk0Yb5Nd2Xs7Lm4Jh9Gf1c',
    ...(password !== undefined && { HERALD_PASSWORD: password }),
  };
  const terminal = { env, out: (line: string) => out.push(line), err: (line: string) => err.push(line) };
  const code = await run(['user', 'create', ...args], terminal);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const email = 'Ana@msp.example';

it('makes an administrator of the default workspace, who can sign in', async () => {
  const { code, out } = await create(['--email', email], 'lamp orbit cactus violin');
  expect([code, out]).toEqual([undefined, 'ana@msp.example can sign in now, as admin.']);
  const { rows } = await client.query(
    `select u.name, u.email, m.role, a.password from users u
       join memberships m on m.user_id = u.id join accounts a on a.user_id = u.id`,
  );
  expect(rows).toMatchObject([{ name: 'ana', email: 'ana@msp.example', role: 'admin' }]);
  expect(await createHasher().isRight(rows[0].password, 'lamp orbit cactus violin')).toBe(true);
});

it('refuses to make the last administrator anything else, and changes nothing', async () => {
  const read = async () =>
    (await client.query('select m.role, a.password from memberships m join accounts a using (user_id)')).rows;
  const before = await read();
  const { code, err } = await create(['--email', email, '--role', 'viewer'], 'violin cactus orbit lamp');
  expect([code, err]).toEqual([1, expect.stringContaining('last administrator')]);
  expect(await read()).toEqual(before);
});

it('sets password and role of a known person anew, removes the second factor, and ends the sessions', async () => {
  await create(['--email', 'second@msp.example'], 'lamp orbit cactus violin');
  await client.query(
    `insert into sessions (id, user_id, token, expires_at) select 's', id, 't', now() + interval '1 day' from users
      where email = 'ana@msp.example'`,
  );
  await client.query(`update users set two_factor_enabled = true where email = 'ana@msp.example'`);
  await client.query(
    `insert into two_factors (id, user_id, secret, backup_codes) select 't', id, 's', 'b' from users
      where email = 'ana@msp.example'`,
  );
  const { out } = await create(['--email', email, '--role', 'viewer'], 'violin cactus orbit lamp');
  expect(out).toContain('all sessions have ended');
  const { rows } = await client.query(
    `select m.role, (select count(*)::int from sessions) as sessions, u.two_factor_enabled,
            (select count(*)::int from two_factors) as factors, (select count(*)::int from users) as people
       from users u join memberships m on m.user_id = u.id where u.email = 'ana@msp.example'`,
  );
  expect(rows).toEqual([{ role: 'viewer', sessions: 0, two_factor_enabled: false, factors: 0, people: 2 }]);
  const { rows: entries } = await client.query('select action from audit_entries order by n');
  expect(entries.map(({ action }) => action)).toEqual(['user.join', 'user.join', 'user.role']);
});

it.each([
  [['--email', 'nobody'], 'lamp orbit cactus violin', /e-mail address/],
  [['--email', 'x@msp.example', '--role', 'owner'], 'lamp orbit cactus violin', /viewer, operator, admin/],
  [['--email', 'x@msp.example'], 'password1234', /list of passwords/],
  [['--email', 'x@msp.example'], undefined, /HERALD_PASSWORD/],
])('%j with the password %s is refused in words', async (args, password, words) => {
  const { code, err } = await create(args as string[], password);
  expect([code, err]).toEqual([1, expect.stringMatching(words)]);
});
