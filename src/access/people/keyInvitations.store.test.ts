/** Invitations that were there before it was kept which key had made them. */
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { connectionUrl } from '../../db/embedded/connection.ts';
import { migrate, migrationsDir } from '../../db/migrate.ts';

const name = `key_invitations_${process.pid}`;
const maintenance = new pg.Client(inject('databaseUrl')).database ?? 'postgres';

function server(database: string, user?: string): string {
  const at = new pg.Client(inject('databaseUrl'));
  const password = user === undefined ? at.password : inject('databasePassword');
  const { host, port } = at;
  return connectionUrl({ host, port, user: user ?? at.user ?? '', database, password: password ?? '' });
}

async function ask(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'herald-key-invitations-'));
  await ask(server(maintenance), `create database ${name} owner herald`);
});
afterEach(async () => {
  await ask(server(maintenance), `drop database ${name} with (force)`);
  await rm(dir, { recursive: true, force: true });
});

it('belong to the key of that name from the migration on, and are void when one of that name is revoked', async () => {
  const files = (await readdir(migrationsDir)).filter((file) => file < '0022');
  for (const file of files) await cp(join(migrationsDir, file), join(dir, file));
  const owner = server(name, 'herald');
  await migrate(owner, dir);
  const workspace = '4f6c1f5e-0000-4000-8000-000000000000';
  const key = (n: number) => `4f6c1f5e-0000-4000-8000-00000000000${n}`;
  await ask(
    server(name),
    `insert into workspaces (id, name, data_key) values ('${workspace}', 'W', '');
     insert into users (id, name, email) values ('ana', 'Ana', 'ana@msp.example');
     insert into api_keys (workspace_id, id, name, prefix, scopes, revoked_at)
     values ('${workspace}', '${key(1)}', 'valid', '', '{admin}', null),
            ('${workspace}', '${key(2)}', 'revoked', '', '{admin}', now()),
            ('${workspace}', '${key(3)}', 'both', '', '{admin}', null),
            ('${workspace}', '${key(4)}', 'both', '', '{admin}', now()),
            ('${workspace}', '${key(5)}', 'ana', '', '{admin}', now());
     insert into invitations (workspace_id, id, token_hash, email, role, invited_by, expires_at)
     select '${workspace}', gen_random_uuid(), by, by || '@x.example', 'viewer', by, now() + interval '1 day'
       from unnest(array['valid', 'revoked', 'both', 'ana', 'HERALD_API_KEY']) as by`,
  );
  await migrate(owner, migrationsDir);
  const text =
    'select invited_by as by, made_with, voided_at is not null as is_void from invitations order by invited_by collate "C"';
  expect(await ask(server(name), text)).toEqual([
    { by: 'HERALD_API_KEY', made_with: null, is_void: false },
    { by: 'ana', made_with: null, is_void: false },
    { by: 'both', made_with: key(4), is_void: true },
    { by: 'revoked', made_with: key(2), is_void: true },
    { by: 'valid', made_with: key(1), is_void: false },
  ]);
  const fence = `select relforcerowsecurity as is_forced from pg_class where relname = 'api_keys'`;
  expect(await ask(server(name), fence)).toEqual([{ is_forced: true }]);
});
