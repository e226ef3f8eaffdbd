import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConnectionApi, fieldsOf, path, startConnectionApi } from './fixtures/connectionApi.ts';

let api: ConnectionApi;
let id: string;
beforeAll(async () => {
  api = await startConnectionApi(5);
  id = await api.activate();
});
afterAll(() => api.close());

const patch = (budgetShare: unknown, more = {}) =>
  api.call('PATCH', path(id), { body: { budgetShare }, ...more });
const rows = (text: string, values: unknown[] = []) =>
  api.db.inWorkspace(api.workspaceId, (tx) => tx.query(text, values));

describe('the share of a connection', () => {
  it('is what its kind declares, until it is set', async () => {
    expect((await api.get(id)).budgetShare).toBe(0.5);
    expect((await patch(0.8)).body.budgetShare).toBe(0.8);
    expect((await api.get(id)).budgetShare).toBe(0.8);
    expect((await patch(null)).body.budgetShare).toBe(0.5);
  });

  it.each([0, 0.04, 1.01, -1, '0.5', true])('cannot be %j', async (share) => {
    const answer = await patch(share);
    expect([answer.status, fieldsOf(answer)[0]?.[0]]).toEqual([422, 'budgetShare']);
  });

  it('is a setting: its change raises the version, so that every process sees it', async () => {
    const version = async () => (await rows('select settings_version as v from workspaces')).rows[0].v;
    const before = Number(await version());
    await patch(0.3);
    expect(Number(await version())).toBe(before + 1);
    const current = await api.db.inWorkspace(api.workspaceId, (tx) =>
      api.settings.inStep(tx, api.workspaceId),
    );
    expect(current.connections.get(id)?.budgetShare).toBe(0.3);
    await patch(null);
  });
});

describe('the budget that a connection shows', () => {
  const serve = (waitsFor: string | null, untilSeconds: number) =>
    rows(
      `insert into connection_budgets (workspace_id, connection_id, quota, window_ms, others, told_at, is_spread,
                                       waits_for, waits_since, waits_until)
       values ($1, $2, 10000, 3600000, 6000, '2026-11-20T02:00:00Z', true, $3, now(), now() + $4 * interval '1 second')
       on conflict (workspace_id, connection_id) do update
          set waits_for = excluded.waits_for, waits_until = excluded.waits_until`,
      [api.workspaceId, id, waitsFor, untilSeconds],
    );
  const called = (ago: string, calls: number) =>
    rows('insert into call_counts values ($1, $2, now() - $3::interval, $4)', [
      api.workspaceId,
      id,
      ago,
      calls,
    ]);

  it('is nothing before it was served', async () => {
    expect(await api.get(id)).toMatchObject({ budget: null, waiting: null });
  });

  it('is what the process that serves it has stored, with the calls of everybody', async () => {
    await serve(null, 0);
    await called('59 minutes', 30);
    await called('1 minute', 4);
    await called('90 minutes', 1_000);
    const { budget, waiting } = await api.get(id);
    expect(budget).toEqual({
      share: 0.5,
      quota: 10_000,
      windowMs: 3_600_000,
      used: 34,
      allowed: 4_000,
      others: 6_000,
      toldAt: '2026-11-20T02:00:00.000Z',
      isSpread: true,
    });
    expect(waiting).toBe(null);
    const { body } = await api.call('GET', '/psa/connections');
    expect(body.items[0].budget).toEqual(budget);
  });

  it.each([
    ['asked', /^Autotask has asked for fewer calls; the next one is made at \d\d:\d\d:\d\d UTC\.$/],
    ['away', /^Autotask cannot be reached/],
    ['ownShare', /^Our share of the calls that Autotask allows in an hour is used up/],
    [
      'otherTools',
      /^The calls that Autotask allows in an hour are used up by other tools; Herald asks again at/,
    ],
    ['reserve', /is kept for critical alerts; other alerts go on at/],
    ['spread', /^Little is left/],
  ])('says in words why no call is made: %s', async (reason, words) => {
    await serve(reason, 600);
    const { waiting, health } = await api.get(id);
    expect(waiting).toMatchObject({ for: reason, words: expect.stringMatching(words) });
    expect(health).toEqual({ state: 'ok' });
  });

  it('does not wait any more when the time is over', async () => {
    await serve('asked', -1);
    expect((await api.get(id)).waiting).toBe(null);
  });
});
