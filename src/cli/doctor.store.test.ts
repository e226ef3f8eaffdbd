/** `herald doctor` on a database: sound, then with one thing broken at a time. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/freshDatabase.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { createSecretBox, parseMasterKeys } from '../secrets/index.ts';
import { checkTime } from './doctor/server.ts';
import { run } from './index.ts';

const secretKey = 'q3v8ZpT1w6Rk0Yb5Nd2Xs7Lm4Jh9Gf1c';
let database: FreshDatabase;
let admin: pg.Client;
let db: Database;
let workspaceId: string;
const connectionId = randomUUID();

async function runDoctor(args: string[] = [], env: Record<string, string> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(['doctor', ...args], {
    env: { DATABASE_URL: database.url, HERALD_SECRET_KEY: secretKey, ...env },
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  });
  return { code, out, err };
}

/** The findings that are not fine: "problem keys: The secret key does not …". */
async function complaints(env: Record<string, string> = {}): Promise<string[]> {
  const { out } = await runDoctor(['--json'], env);
  const { findings } = JSON.parse(out.join('\n')) as {
    findings: { check: string; state: string; words: string }[];
  };
  return findings
    .filter(({ state }) => state !== 'ok')
    .map(({ check, state, words }) => `${state} ${check}: ${words}`);
}

const rows = async (text: string, values: unknown[] = []) => (await admin.query(text, values)).rows;

beforeAll(async () => {
  database = await freshDatabase();
  admin = new pg.Client({ connectionString: database.adminUrl });
  await admin.connect();
  db = openDatabase({ url: database.url, poolSize: 2 });
  const env = { DATABASE_URL: database.url, HERALD_SECRET_KEY: secretKey };
  await run(['api-key', 'create'], { env, out: () => undefined, err: () => undefined });
  const [workspace] = await rows('select id, data_key from workspaces');
  workspaceId = workspace.id;
  const read = parseMasterKeys(secretKey);
  if (!read.ok) throw new Error(read.message);
  const box = createSecretBox(read.keys, read.keys[0].id);
  const sealed = box.seal({ workspaceId, connectionId, field: 'secret' }, 'Sim-Secret-1', workspace.data_key);
  await rows(
    `insert into connections (workspace_id, id, name, kind, connection_state, is_default, sealed)
     values ($1, $2, 'Our PSA', 'autotask', 'active', true, $3)`,
    [workspaceId, connectionId, { secret: sealed }],
  );
  await serve();
});
afterAll(async () => {
  await admin.end();
  await db.close();
  await database.drop();
});
afterEach(async () => {
  for (const table of ['deliveries', 'alerts', 'attempts', 'writes', 'ticket_groups', 'way_outs']) {
    await rows(`delete from ${table}`);
  }
  await rows(`update connections set connection_state = 'active', attention = null, pause_reason = null`);
  await serve();
});

/** A worker holds the lease. */
async function serve(): Promise<void> {
  await rows(
    `insert into leases (workspace_id, channel_id, epoch, holder, expires_at)
     values ($1, $2, 3, gen_random_uuid(), now() + interval '1 hour')
     on conflict (workspace_id, channel_id) do update set epoch = 3, expires_at = excluded.expires_at`,
    [workspaceId, connectionId],
  );
}

async function storeAlert(trace: string[], nothingOwed: string | null = null): Promise<string> {
  const [row] = await rows(
    `insert into alerts (workspace_id, id, dedup_key, body_hash, source, external_id, severity, title, body, trace, nothing_owed)
     values ($1, nextval('alert_ids'), decode(md5(random()::text), 'hex'), '', 'edr', 'e', 4, 't', '{}', $2, $3) returning id`,
    [workspaceId, JSON.stringify(trace), nothingOwed],
  );
  return row.id;
}

async function storeDelivery(alertId: string, state: string, members: { groupId?: string } = {}) {
  const [row] = await rows(
    `insert into deliveries (workspace_id, id, alert_id, revision, channel_id, delivery_state, severity,
                             settings_version, trace, group_id, write_id)
     values ($1, nextval('delivery_ids'), $2, 1, $3, $4, 4, 1, '[]', $5, 77) returning id`,
    [workspaceId, alertId, connectionId, state, members.groupId ?? null],
  );
  return row.id as string;
}

/** A group in which deliveries wait, as its columns say or not. */
async function storeGroup(waitingLane: number | null, busyWriteId: number | null): Promise<string> {
  const [row] = await rows(
    `insert into ticket_groups (workspace_id, id, connection_id, account_id, organization_key, key_hash, words, marker,
                                waiting_lane, waiting_since, busy_write_id)
     values ($1, nextval('group_ids'), $2, '0', '', 'x', '', 'A-1', $3, 1, $4) returning id`,
    [workspaceId, connectionId, waitingLane, busyWriteId],
  );
  return row.id;
}

const storeAttempt = (epoch: number, age: string) =>
  rows(
    `insert into attempts (workspace_id, write_id, n, connection_id, epoch, attempt_state, started_at)
     values ($1, 77, 1, $2, $3, 'sending', now() - $4::interval)`,
    [workspaceId, connectionId, epoch, age],
  );

describe('a sound installation', () => {
  it('has one line per check, all ok', async () => {
    await storeDelivery(await storeAlert([]), 'delivered');
    const { code, out, err } = await runDoctor();
    expect([code, err]).toEqual([undefined, []]);
    expect(out.map((line) => /^ok {9}(.+?) {2,}/.exec(line)?.[1])).toEqual([
      'database',
      'version',
      'fence',
      'time',
      'keys',
      'connection Our PSA',
      'attempts',
      'alerts',
      'deliveries',
      'critical alerts',
    ]);
    expect(out.join('\n')).toContain('The secret key opens 2 sealed values.');
    expect(out.join('\n')).toContain('0 have neither a delivery nor a recorded reason.');
  });

  it('as JSON has the same', async () => {
    const { out } = await runDoctor(['--json']);
    const { problems, findings } = JSON.parse(out.join('\n'));
    expect([problems, findings.length]).toEqual([0, 10]);
  });

  it('accounts for an alert that no connection was there for', async () => {
    await storeAlert(['No ticket: no PSA connection is set up.'], 'noConnection');
    expect(await complaints()).toEqual([]);
  });
});

describe('the keys', () => {
  it('that do not open what is sealed are a problem, and named is what stays closed', async () => {
    const [found] = await complaints({ HERALD_SECRET_KEY: 'AnotherKey0Yb5Nd2Xs7Lm4Jh9Gf1cQwEr' });
    expect(found).toMatch(/^problem keys: The secret key does not open the data key of workspace/);
    await rows(`update connections set sealed = jsonb_build_object('secret', 's1.x.y')`);
    const [{ sealed }] = await rows('select sealed from connections');
    expect(sealed.secret).toBe('s1.x.y');
    expect((await complaints())[0]).toMatch(/^problem keys: .*"secret" of Our PSA\. Bring back the key/);
    await rows(`update connections set sealed = '{}'`);
    await rows(
      `insert into mail_settings (workspace_id, global_subject, organization_subject, sealed)
       values ($1, 'a', 'b', '{"smtp.msp.example:587": "s1.x.y"}')`,
      [workspaceId],
    );
    expect((await complaints())[0]).toMatch(/^problem keys: .*"smtp smtp\.msp\.example:587" of E-mail\./);
    await rows('delete from mail_settings');
  });

  it('that are missing are a problem', async () => {
    expect(await complaints({ HERALD_SECRET_KEY: '' })).toEqual([
      expect.stringMatching(/^problem keys: HERALD_SECRET_KEY is missing/),
    ]);
  });
});

describe('a connection', () => {
  it('that needs a person is a problem, with the reason and what waits', async () => {
    await rows(`update connections set attention = 'The login is refused.', attention_since = now()`);
    await storeDelivery(await storeAlert([]), 'held');
    expect(await complaints()).toEqual([
      expect.stringMatching(
        /^problem connection Our PSA: It needs a person since .*: The login is refused\. .* 1 held/,
      ),
    ]);
  });

  it('that is paused is worth saying', async () => {
    await rows(`update connections set connection_state = 'paused', pause_reason = 'Maintenance'`);
    expect(await complaints()).toEqual([
      expect.stringMatching(/^attention connection Our PSA: It is paused \(Maintenance\)/),
    ]);
  });

  it('that nobody serves is a problem when something waits', async () => {
    await rows(`update leases set expires_at = '-infinity'`);
    expect(await complaints()).toEqual([expect.stringMatching(/^attention .*No worker serves it/)]);
    await storeDelivery(await storeAlert([]), 'pending');
    expect(await complaints()).toEqual([expect.stringMatching(/^problem .*No worker serves it.* 1 waiting/)]);
  });

  it('with deliveries that failed is worth saying', async () => {
    await storeDelivery(await storeAlert([]), 'failed');
    expect(await complaints()).toEqual([
      expect.stringMatching(/^attention connection Our PSA: 1 delivery needs a person/),
    ]);
  });
});

describe('alerts and deliveries', () => {
  it('an alert with neither delivery nor reason is a problem, and the exit code says so', async () => {
    await storeAlert(['Tickets of unassigned alerts go to Our PSA.']);
    const { code, out, err } = await runDoctor();
    expect([code, err]).toEqual([1, ['There is 1 problem.']]);
    expect(out.find((line) => line.startsWith('problem'))).toMatch(/alerts +1 alert has neither/);
  });

  it('an attempt whose worker has lost the connection is a problem, a young one is not', async () => {
    await storeAttempt(2, '10 seconds');
    expect(await complaints()).toEqual([]);
    await rows('delete from attempts');
    await storeAttempt(2, '2 minutes');
    expect(await complaints()).toEqual([
      expect.stringMatching(/^problem attempts: 1 attempt has lost the worker that began it/),
    ]);
  });

  it('a delivery that is under way without an attempt is a problem', async () => {
    await storeDelivery(await storeAlert([]), 'sending');
    expect(await complaints()).toEqual([
      expect.stringMatching(/^problem deliveries: 1 delivery is under way without an attempt/),
    ]);
    await storeAttempt(3, '1 second');
    expect(await complaints()).toEqual([]);
  });

  it.each<[string, number | null, number | null]>([
    ['does not know that something waits in it', null, null],
    ['is busy with a write that is over', 2, 4_711],
  ])('a group that %s is a problem', async (_, lane, busy) => {
    await storeDelivery(await storeAlert([]), 'pending', { groupId: await storeGroup(lane, busy) });
    expect(await complaints()).toEqual([
      expect.stringMatching(/^problem deliveries: .* deliveries of 1 ticket wait unseen/),
    ]);
  });

  it('a critical alert that its PSA does not take is worth saying', async () => {
    const alertId = await storeAlert([]);
    const deliveryId = await storeDelivery(alertId, 'pending', { groupId: await storeGroup(2, null) });
    await rows(
      `insert into way_outs (workspace_id, alert_id, connection_id, delivery_id, after_minutes, words)
       values ($1, $2, $3, $4, 10, 'Why.')`,
      [workspaceId, alertId, connectionId, deliveryId],
    );
    expect(await complaints()).toEqual([
      expect.stringMatching(/^attention critical alerts: .* 1 critical alert/),
    ]);
  });
});

describe('the server', () => {
  it('with a fence that is down is a problem', async () => {
    await rows('alter table alerts disable row level security');
    expect(await complaints()).toEqual([
      expect.stringMatching(/^problem fence: Row-level security is switched off on alerts/),
    ]);
    await rows('alter table alerts enable row level security');
  });

  it.each([
    [0, 'ok'],
    [5_000, 'attention'],
    [-120_000, 'problem'],
  ])('whose clock is %d ms off is judged %s', async (offMs, state) => {
    const [finding] = await checkTime(db, () => Date.now() + offMs);
    expect(finding?.state).toBe(state);
  });

  it('of another version is said, and nothing else is looked at', async () => {
    await rows(`update herald_migrations set version = version + 1000 where version = 1`);
    expect(await complaints()).toEqual([expect.stringMatching(/^problem version: .*newer than this Herald/)]);
    await rows(`update herald_migrations set version = 1 where version = 1001`);
  });

  it('without a Herald, or not there at all, is a problem in words', async () => {
    const [{ name }] = await rows('select current_database() as name');
    await rows(`create database "${name}_empty" owner herald`);
    const empty = database.url.replace(name, `${name}_empty`);
    expect((await complaints({ DATABASE_URL: empty })).at(-1)).toMatch(/does not hold a Herald yet/);
    await rows(`drop database "${name}_empty" with (force)`);
    expect(await complaints({ DATABASE_URL: 'postgresql://a:b@127.0.0.1:1/x' })).toEqual([
      expect.stringMatching(/^problem database: The database cannot be reached/),
    ]);
  });

  it('is not made where there is none', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'herald-doctor-'));
    expect(await complaints({ DATABASE_URL: '', HERALD_DATA_DIR: dataDir })).toEqual([
      expect.stringMatching(/^problem database: There is no database in /),
    ]);
    await rm(dataDir, { recursive: true });
  });
});
