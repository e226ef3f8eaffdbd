import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anAlert } from '../../test/support/alerts.ts';
import { insertConnection, unreachableAutotask } from '../../test/support/workspace.ts';
import { bodyHash, dedupKey } from '../alerts/index.ts';
import { createBlocks } from '../blocks/index.ts';
import { startTestApi, type TestApi } from '../http/fixtures/api.ts';
import { accept } from '../pipeline.ts';
import { dashboardRoutes } from './index.ts';

const adapters = new Map([['autotask', unreachableAutotask]]);
let api: TestApi;
let connectionId: string;

// biome-ignore lint/suspicious/noExplicitAny: rows of any statement
const run = (text: string, values: unknown[] = []): Promise<any[]> =>
  api.db.inWorkspace(api.workspaceId, async (tx) => (await tx.query(text, values)).rows);
const look = async (hours = 24) => (await api.call('GET', `/dashboard?hours=${hours}`)).body;
const turn = () =>
  createBlocks({ db: api.db, log: pino({ level: 'silent' }), rest: async () => undefined }).turn();

async function take(count: number): Promise<void> {
  const entries = Array.from({ length: count }, () => {
    const alert = anAlert();
    return { alert, dedupKey: dedupKey(alert), bodyHash: bodyHash(alert), raw: null };
  });
  await accept(api.db, api.settings, api.workspaceId, entries);
}

const setState = (state: string, where: string) =>
  run(
    `update deliveries d set delivery_state = $1,
            settled_at = case when $1 in ('delivered', 'skipped') then a.received_at + interval '2 seconds' end
       from alerts a where a.workspace_id = d.workspace_id and a.id = d.alert_id and ${where}`,
    [state],
  );

beforeAll(async () => {
  api = await startTestApi(adapters, ({ db, settings }) => [dashboardRoutes({ db, settings, adapters })]);
  connectionId = await api.db.inWorkspace(api.workspaceId, (tx) => insertConnection(tx, api.workspaceId));
  await take(300);
  await run(`update alerts set received_at = now() - interval '3 hours' where id <= 250`);
  await setState('delivered', 'a.id between 4 and 203');
  await setState('skipped', 'a.id between 204 and 213');
  await setState('failed', 'a.id <= 3');
  await setState('held', 'a.id between 214 and 215');
});
afterAll(() => api.close());

const expected = {
  accounted: { alerts: 300, unaccounted: 0 },
  needsPerson: { failed: 3, held: 2, uncertain: 0, unassigned: 1, attention: [] },
  latency: { medianMs: 2_000, p95Ms: 2_000, count: 200 },
};
const sums = { delivered: 200, waiting: 85, held: 2, skipped: 10, failed: 3 };

function sumOf(series: Record<string, number>[]): Record<string, number> {
  const keys = Object.keys(sums);
  return Object.fromEntries(keys.map((key) => [key, series.reduce((sum, one) => sum + (one[key] ?? 0), 0)]));
}

describe('the dashboard', () => {
  it('counts the same before, between and after alerts are described in blocks', async () => {
    for (const when of ['before', 'after', 'again']) {
      const body = await look();
      expect([when, body]).toMatchObject([when, expected]);
      expect([when, sumOf(body.series)]).toEqual([when, sums]);
      await turn();
    }
    const [{ n }] = await run('select count(*)::int as n from block_counts where delivered > 0');
    expect(n).toBeGreaterThan(0);
  });

  it('says how each connection stands', async () => {
    const { connections } = await look();
    expect(connections).toMatchObject([
      {
        id: connectionId,
        name: 'Our PSA',
        status: 'active',
        health: { state: 'ok' },
        waiting: 85,
        delivered: 200,
      },
    ]);
    expect(Date.parse(connections[0].oldestWaitingSince)).toBeLessThan(Date.now() - 2 * 60 * 60_000);
  });

  it('has a span for each hour or day, without gaps', async () => {
    expect((await look(24)).series).toHaveLength(24);
    expect((await look(168)).series).toHaveLength(7);
    const { series } = await look(720);
    expect(series).toHaveLength(30);
    expect(sumOf(series)).toEqual(sums);
    expect((await api.call('GET', '/dashboard?hours=5')).status).toBe(400);
  });

  it('counts what moves within an open block at once', async () => {
    const [{ n }] = await run('select count(*)::int as n from alert_blocks where block = 0 and is_open');
    expect(n).toBe(1);
    await setState('delivered', 'a.id = 2');
    const body = await look();
    expect(sumOf(body.series)).toEqual({ ...sums, delivered: 201, failed: 2 });
    await setState('failed', 'a.id = 2');
  });

  it('shows an alert that nobody accounts for, and one whose reason is recorded not', async () => {
    await run('delete from deliveries where alert_id in (10, 299, 300)');
    await run(`update alerts set nothing_owed = 'noConnection' where id = 300`);
    // Words are no reason.
    await run(`update alerts set trace = '["No ticket, and nobody knows why."]' where id = 299`);
    // Block 0 was settled and described: nothing short of a defect removes a delivery there.
    await run('update alert_blocks set is_open = true');
    expect((await look()).accounted).toEqual({ alerts: 300, unaccounted: 2 });
  });

  it('says of a connection whose PSA does not answer why it waits', async () => {
    await run(
      `insert into connection_budgets (workspace_id, connection_id, quota, window_ms, is_spread, waits_for, waits_since,
                                       waits_until)
       select workspace_id, id, 10000, 3600000, false, 'away', now() - interval '5 minutes', now() + interval '1 minute' from connections`,
    );
    const [connection] = (await look()).connections;
    expect(connection.waits).toMatchObject({
      for: 'away',
      words: expect.stringMatching(/cannot be reached, or does not answer clearly; it is tried again at/),
    });
    await run(`update connection_budgets set waits_until = now()`);
    expect((await look()).connections[0].waits).toBeNull();
  });

  it('names connections that need a person', async () => {
    await run(`update connections set attention = 'The login was refused.', attention_since = now()`);
    const { needsPerson, connections } = await look();
    expect(needsPerson.attention).toEqual([
      { connectionId, name: 'Our PSA', reason: 'The login was refused.' },
    ]);
    expect(connections[0].health).toMatchObject({ state: 'attention', reason: 'The login was refused.' });
  });

  it('of another workspace shows nothing of ours', async () => {
    const { body } = await api.call('GET', '/dashboard', { key: api.other.key });
    expect(body).toMatchObject({ accounted: { alerts: 0 }, needsPerson: { failed: 0 }, connections: [] });
    expect((await api.call('GET', '/dashboard', { key: api.keys.intake })).status).toBe(403);
  });
});
