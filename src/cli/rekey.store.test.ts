/** `herald rekey`: with a lost key nothing but the credentials is lost, and only when a person says so. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ConnectionApi,
  goodCredentials,
  path,
  startConnectionApi,
} from '../connections/fixtures/connectionApi.ts';
import { createSecretBox, parseMasterKeys } from '../secrets/index.ts';
import { run } from './index.ts';

const newKey = 'q3v8ZpT1w6Rk0Yb5Nd2Xs7Lm4Jh9Gf1c';
const phrase = 'credentials will be lost';

let api: ConnectionApi;
let active: string;
let draft: string;
beforeAll(async () => {
  api = await startConnectionApi(5);
  active = await api.activate('Our PSA');
  draft = await api.complete('Half done');
  await rows(
    `insert into alerts (workspace_id, id, dedup_key, body_hash, source, external_id, severity, title, body, trace)
     values ($1, 1, '\\x01', '\\x01', 'edr', 'a-1', 4, 'Alert', '{}', '[]')`,
  );
  await rows(
    `insert into deliveries (workspace_id, id, alert_id, revision, channel_id, delivery_state, severity,
                             settings_version, trace)
     values ($1, 1, 1, 1, '${active}', 'pending', 4, 1, '[]')`,
  );
});
afterAll(() => api.close());

const rows = (text: string, workspaceId = api.workspaceId) =>
  api.db.inWorkspace(
    workspaceId,
    async (tx) => (await tx.query(text, text.includes('$1') ? [workspaceId] : [])).rows,
  );
const deliveries = () => rows('select delivery_state, reason from deliveries');
const keyOf = async (workspaceId: string) =>
  (await rows('select data_key from workspaces', workspaceId))[0].data_key as string;

async function rekey(answer?: string, key: string | undefined = newKey) {
  const out: string[] = [];
  const err: string[] = [];
  const asked: string[] = [];
  const env = { DATABASE_URL: api.adminUrl, HERALD_DATA_DIR: '/nowhere', HERALD_SECRET_KEY: key };
  const ask = async (question: string) => {
    asked.push(question);
    return answer as string;
  };
  const code = await run(['rekey'], {
    env,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    ...(answer !== undefined && { ask }),
  });
  return { code, out: out.join('\n'), err: err.join('\n'), asked };
}

describe('nothing is forgotten', () => {
  it.each<[string, string | undefined, string | undefined, RegExp]>([
    ['when nobody can be asked', undefined, newKey, /^Run it in a terminal/],
    [
      'when the person does not say that the credentials will be lost',
      'yes',
      newKey,
      /Nothing was changed\.$/,
    ],
    ['without a new key', phrase, '', /^Set HERALD_SECRET_KEY to a new secret first/],
    [
      'for a key that is refused anywhere',
      phrase,
      'changeme-changeme-changeme-changeme',
      /looks like an example/,
    ],
  ])('%s', async (_, answer, key, words) => {
    const before = await keyOf(api.workspaceId);
    const { code, err } = await rekey(answer, key);
    expect([code, err]).toEqual([1, expect.stringMatching(words)]);
    expect(await keyOf(api.workspaceId)).toBe(before);
    expect(await deliveries()).toEqual([{ delivery_state: 'pending', reason: null }]);
  });

  it('while a Herald serves the database', async () => {
    await api.db.unfenced((tx) => tx.query(`update leases set expires_at = now() + interval '1 minute'`));
    const { code, err, asked } = await rekey(phrase);
    expect([code, err, asked]).toEqual([1, expect.stringMatching(/^A Herald works on this database/), []]);
    await api.db.unfenced((tx) => tx.query(`update leases set expires_at = now()`));
  });
});

describe('with a new key, when the old one is lost', () => {
  let oldKeyOfOther: string;
  let answer: Awaited<ReturnType<typeof rekey>>;
  let callsBefore: number;
  beforeAll(async () => {
    oldKeyOfOther = await keyOf(api.other.workspaceId);
    answer = await rekey(phrase);
    const read = parseMasterKeys(newKey);
    if (!read.ok) throw new Error(read.message);
    // As if Herald were started again.
    Object.assign(api.secretBox, createSecretBox(read.keys, read.keys[0].id));
    callsBefore = await calls();
  });

  const calls = async () => {
    const ledger = await fetch(`${api.simulator.url}/control/ledger?kind=requests`);
    return ((await ledger.json()) as { requests: unknown[] }).requests.length;
  };

  it('says what will be lost before, and what to do after', () => {
    expect(answer.code).toBeUndefined();
    expect(answer.asked).toEqual([`To go on, type "${phrase}": `]);
    expect(answer.err).toContain('are lost: Our PSA, Half done.');
    expect(answer.out).toContain('The credentials of 2 connections were forgotten.');
    expect(answer.out).not.toContain(newKey);
  });

  it('the connection in use needs a person, and what waits is held for credentials', async () => {
    expect(await api.get(active)).toMatchObject({
      status: 'active',
      health: { state: 'attention', reason: expect.stringMatching(/^The secret key was lost/) },
      steps: { credentials: { username: goodCredentials.username }, accounts: { catchAllAccountId: '201' } },
    });
    expect(await rows(`select distinct sealed::text as sealed from connections`)).toEqual([{ sealed: '{}' }]);
    expect(await deliveries()).toEqual([{ delivery_state: 'held', reason: 'credentials' }]);
  });

  it('what was forgotten stands in the audit', async () => {
    const entries = await rows(
      `select actor_name, action from audit_entries where action = 'connection.forget'`,
    );
    expect(entries.length).toBeGreaterThan(0);
    expect(entries[0]).toEqual({ actor_name: 'Command line', action: 'connection.forget' });
  });

  it('no call is made without the secrets that are missing', async () => {
    expect(await api.connections.open(api.workspaceId, active)).toBeUndefined();
    for (const id of [active, draft]) {
      const { status, body } = await api.call('POST', path(id, '/verify'));
      expect([status, body.code]).toEqual([409, 'credentialsMissing']);
    }
    expect(await calls()).toBe(callsBefore);
  });

  it('a draft misses its credentials again and cannot be finished', async () => {
    expect(await api.get(draft)).toMatchObject({ health: { state: 'ok' } });
    const { status } = await api.call('POST', path(draft, '/finish'), { body: { confirmUnmapped: true } });
    expect(status).toBe(422);
  });

  it('what was killed half way is finished by doing it again, and then the new key works', async () => {
    const [done] = [await keyOf(api.workspaceId)];
    await rows(`update workspaces set data_key = '${oldKeyOfOther}'`, api.other.workspaceId);
    expect((await rekey(phrase)).code).toBeUndefined();
    expect(await keyOf(api.other.workspaceId)).not.toBe(oldKeyOfOther);
    expect(await keyOf(api.workspaceId)).toBe(done);
    const { code, err } = await rekey(phrase);
    expect([code, err]).toEqual([1, 'The secret key works: nothing is lost, and nothing was changed.']);
  });

  it('with the credentials entered again everything goes on', async () => {
    const saved = await api.call('PUT', path(active, '/steps/credentials'), { body: goodCredentials });
    expect(saved.status).toBe(200);
    expect(await api.get(active)).toMatchObject({ status: 'active', health: { state: 'ok' } });
    expect(await deliveries()).toEqual([{ delivery_state: 'pending', reason: null }]);
    expect(await api.connections.open(api.workspaceId, active)).toMatchObject({
      credentials: goodCredentials,
    });
  });
});
