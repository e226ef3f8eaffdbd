import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Account, Page, Read, Session } from '../psa/contract.ts';
import { createDirectory, type Directory } from './directory.ts';
import { type ConnectionApi, startConnectionApi } from './fixtures/connectionApi.ts';
import type { Sessions } from './session.ts';

let api: ConnectionApi;
let id: string;
let directory: Directory;
/** What the PSA answers to the next pages; the last answer is repeated. */
let answers: Read<Page<Account>>[];
let asked: (string | undefined)[];
let revision: string | undefined;
/** Pages are answered when this resolves. */
let gate: Promise<void>;

beforeAll(async () => {
  api = await startConnectionApi(5);
});
afterAll(() => api.close());

beforeEach(async () => {
  const { body } = await api.call('POST', '/psa/connections', { body: { kind: 'autotask' } });
  id = body.id;
  asked = [];
  revision = undefined;
  gate = Promise.resolve();
  const session = {
    accounts: async (_filter: unknown, cursor?: string) => {
      asked.push(cursor);
      await gate;
      return answers.length > 1 ? answers.shift()! : answers[0]!;
    },
  } as unknown as Session;
  const { adapters } = api.connections.parts;
  const { gateOf } = api.connections.sessions;
  const openSession = async () => ({ session, adapter: adapters.get('autotask'), revision });
  const sessions = { openSession, gateOf } as unknown as Sessions;
  directory = createDirectory({
    db: api.db,
    effects: api.connections.effects,
    sessions,
    log: pino({ level: 'silent' }),
    retryMs: [1, 1],
  });
});

const account = (accountId: string, name = `Account ${accountId}`): Account => ({
  id: accountId,
  name,
  isActive: true,
  filters: { accountType: '1' },
});
const page = (accounts: Account[], nextCursor?: string): Read<Page<Account>> => ({
  kind: 'ok',
  value: nextCursor === undefined ? { items: accounts } : { items: accounts, nextCursor },
});
const refused = (reason: 'auth' | 'serverError' | 'rateLimited'): Read<never> => ({
  kind: 'refused',
  reason,
  text: `No: ${reason}.`,
});

async function load(): Promise<void> {
  await directory.refresh(api.workspaceId, id);
  await directory.idle();
}

const state = async () => (await api.call('GET', `/psa/connections/${id}`)).body;
const names = async () =>
  (await api.call('GET', `/psa/connections/${id}/accounts`)).body.items.map(
    (one: { name: string }) => one.name,
  );

describe('loading accounts', () => {
  it('goes from page to page and counts', async () => {
    answers = [page([account('1'), account('2')], 'next'), page([account('3')])];
    await load();
    expect(asked).toEqual([undefined, 'next']);
    expect((await state()).directory).toEqual({ state: 'ready', loaded: 3, total: 3 });
    expect(await names()).toEqual(['Account 1', 'Account 2', 'Account 3']);
  });

  it('again takes new names over, and accounts that are gone away', async () => {
    answers = [page([account('1'), account('2')])];
    await load();
    answers = [page([account('2', 'Renamed'), account('3')])];
    await load();
    expect(await names()).toEqual(['Account 3', 'Renamed']);
    expect((await state()).directory).toEqual({ state: 'ready', loaded: 2, total: 2 });
  });

  it('tries a page again when the PSA stumbles', async () => {
    answers = [
      page([account('1')], 'a'),
      refused('serverError'),
      refused('rateLimited'),
      page([account('2')]),
    ];
    await load();
    expect(asked).toEqual([undefined, 'a', 'a', 'a']);
    expect((await state()).directory.state).toBe('ready');
  });

  it('gives up with the reason when it keeps stumbling, and can be begun again', async () => {
    answers = [refused('serverError')];
    await load();
    expect(asked).toHaveLength(3);
    expect((await state()).directory).toMatchObject({ state: 'failed', failure: 'No: serverError.' });
    answers = [page([account('1')])];
    await load();
    expect((await state()).directory).toEqual({ state: 'ready', loaded: 1, total: 1 });
  });

  it('a refused login is asked once, and needs a person', async () => {
    answers = [refused('auth')];
    await load();
    expect(asked).toHaveLength(1);
    expect((await state()).health).toMatchObject({ state: 'attention', reason: 'No: auth.' });
  });

  it('is done by one process at a time', async () => {
    answers = [page([account('1')])];
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    const begun = await Promise.all([1, 2, 3].map(() => directory.refresh(api.workspaceId, id)));
    resolve();
    await directory.idle();
    expect(begun.filter(Boolean)).toHaveLength(1);
    expect(asked).toHaveLength(1);
  });

  it('whose process has gone is taken over', async () => {
    answers = [page([account('1')])];
    await api.db.inWorkspace(api.workspaceId, (tx) =>
      tx.query(
        `insert into directory_loads (workspace_id, connection_id, load_state, started_at)
         values ($1, $2, 'loading', now() - interval '1 minute')`,
        [api.workspaceId, id],
      ),
    );
    await directory.resume(api.workspaceId);
    expect(asked).toEqual([]);
    await api.db.inWorkspace(api.workspaceId, (tx) =>
      tx.query(`update directory_loads set seen_at = now() - interval '3 minutes' where connection_id = $1`, [
        id,
      ]),
    );
    await directory.resume(api.workspaceId);
    await directory.idle();
    expect((await state()).directory).toEqual({ state: 'ready', loaded: 1, total: 1 });
  });
});

describe('a load beside the deliveries', () => {
  const rows = (text: string, values: unknown[] = []) =>
    api.db.inWorkspace(api.workspaceId, (tx) => tx.query(text, [api.workspaceId, id, ...values]));
  /** What the process that serves the connection has stored. */
  const wait = (reason: string, seconds: number) =>
    rows(
      `insert into connection_budgets (workspace_id, connection_id, quota, window_ms, is_spread, waits_for, waits_since,
                                       waits_until)
       values ($1, $2, 10000, 3600000, false, $3, now(), now() + $4 * interval '1 second')`,
      [reason, seconds],
    );

  it('makes no call while the PSA has asked for a pause, says so, and goes on', async () => {
    await wait('asked', 2);
    answers = [page([account('1')])];
    await directory.refresh(api.workspaceId, id);
    await expect
      .poll(async () => (await state()).directory)
      .toEqual({
        state: 'loading',
        loaded: 0,
        total: null,
        waiting: expect.stringMatching(/^Autotask has asked for fewer calls; the next one is made at/),
      });
    expect(asked).toEqual([]);
    await directory.idle();
    expect(asked).toHaveLength(1);
    expect((await state()).directory).toEqual({ state: 'ready', loaded: 1, total: 1 });
  });

  it('stops at its share of the calls, also between pages', async () => {
    answers = [page([account('1')], 'next'), page([account('2')])];
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    await directory.refresh(api.workspaceId, id);
    await expect.poll(() => asked).toHaveLength(1);
    // Half of 10,000 is ours, and a tenth of that is for critical alerts.
    await rows('insert into call_counts values ($1, $2, now(), 4500)');
    resolve();
    await expect
      .poll(async () => (await state()).directory)
      .toMatchObject({ loaded: 1, waiting: expect.stringMatching(/^Our share of the calls/) });
    // Nobody takes a load over that waits.
    await directory.resume(api.workspaceId);
    await directory.stop();
    expect(asked).toEqual([undefined]);
  });

  it('asks no further page with credentials that are no longer in use', async () => {
    answers = [page([account('1')], 'next'), page([account('2')])];
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    await directory.refresh(api.workspaceId, id);
    await expect.poll(() => asked).toHaveLength(1);
    revision = 'r2';
    resolve();
    await directory.idle();
    expect(asked).toEqual([undefined]);
  });

  it('asks no further page after a login that was refused to the deliveries', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const connected = await api.connect();
    const openSession = api.connections.sessions.openSession;
    const accounts = async (_filter: unknown, cursor?: string) => {
      asked.push(cursor);
      await promise;
      return page([account('1')], 'next');
    };
    const sessions: Sessions = {
      ...api.connections.sessions,
      async openSession(...where) {
        const opened = await openSession(...where);
        return { ...opened, session: { ...opened.session, accounts } };
      },
    };
    const { effects } = api.connections;
    const beside = createDirectory({ db: api.db, effects, sessions, log: pino({ level: 'silent' }) });
    await beside.refresh(api.workspaceId, connected);
    await expect.poll(() => asked).toHaveLength(1);
    await api.connections.stop(api.workspaceId, connected, 'The login was refused.');
    resolve();
    await beside.idle();
    expect(asked).toHaveLength(1);
    expect((await api.get(connected)).directory).toMatchObject({
      state: 'failed',
      failure: expect.stringMatching(/^The login was refused\./),
    });
  });
});
