import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anAlert } from '../../test/support/alerts.ts';
import { insertConnection, unreachableAutotask } from '../../test/support/workspace.ts';
import { bodyHash, dedupKey } from '../alerts/index.ts';
import { startTestApi, type TestApi } from '../http/fixtures/api.ts';
import { accept } from '../pipeline.ts';
import { receiptRoutes } from './index.ts';

let api: TestApi;
let connectionId: string;
const woken: (readonly string[])[] = [];

// biome-ignore lint/suspicious/noExplicitAny: rows of any statement
const run = (text: string): Promise<any[]> =>
  api.db.inWorkspace(api.workspaceId, async (tx) => (await tx.query(text)).rows);
const causes = async () => (await api.call('GET', '/deliveries/causes')).body.items;
const post = (verb: 'retry' | 'discard', body: object, key = api.keys.admin) =>
  api.call('POST', `/deliveries/${verb}`, { body, key });
const states = async (where: string) =>
  run(
    `select delivery_state as state, count(*)::int as n from deliveries where ${where} group by 1 order by 1`,
  );

beforeAll(async () => {
  const wake = (_: string, channelIds: readonly string[]) => void woken.push(channelIds);
  api = await startTestApi(new Map([['autotask', unreachableAutotask]]), ({ db }) => [
    receiptRoutes({ db, wake }),
  ]);
  connectionId = await api.db.inWorkspace(api.workspaceId, (tx) => insertConnection(tx, api.workspaceId));
  const entries = Array.from({ length: 2_600 }, () => {
    const alert = anAlert();
    return { alert, dedupKey: dedupKey(alert), bodyHash: bodyHash(alert), raw: null };
  });
  await accept(api.db, api.settings, api.workspaceId, entries);
  await run(`update deliveries set delivery_state = 'failed', reason = 'invalid',
    problem = 'Queue Tier 2 (' || id + 1000 || ') no longer exists.' where id <= 2500`);
  await run(`update deliveries set delivery_state = 'failed', reason = 'invalid',
    problem = 'Queue Tier 3 (' || id + 1000 || ') no longer exists.' where id between 2501 and 2510`);
  await run(`update deliveries set delivery_state = 'held', reason = 'pause' where id between 2511 and 2515`);
  await run(`update deliveries set delivery_state = 'uncertain', write_id = id where id in (2516, 2517)`);
  await run(`insert into writes (workspace_id, id, connection_id, group_id, generation, seq, write_kind, write_key,
                                 delivery_ids, draft, trace, created_at)
    select workspace_id, id, channel_id, id, 1, 1, 'ticket', 'A', array[id], '{}', '[]',
           now() - interval '1 hour' * (id - 2515) + interval '30 minutes' from deliveries where id in (2516, 2517)`);
});
afterAll(() => api.close());

describe('what needs a person, by cause', () => {
  it('folds ids and numbers, not names, and leaves out what is uncertain for a moment', async () => {
    expect(await causes()).toMatchObject([
      { words: 'Queue Tier 2 (1001) no longer exists.', state: 'failed', count: 2_500, connectionId },
      {
        words: 'Queue Tier 3 (3501) no longer exists.',
        state: 'failed',
        count: 10,
        connectionName: 'Our PSA',
      },
      { words: 'Our PSA is paused.', state: 'held', reason: 'pause', count: 5 },
      { state: 'uncertain', count: 1, exampleDeliveryId: '2517' },
    ]);
  });

  it('is retried as a whole, piece by piece', async () => {
    const [tier2] = await causes();
    woken.length = 0;
    const answer = await post('retry', { causeId: tier2.id, reason: 'The queue is back' });
    expect([answer.status, answer.body]).toEqual([200, { count: 2_500 }]);
    expect(await states('id <= 2500')).toEqual([{ state: 'pending', n: 2_500 }]);
    expect(woken).toEqual([[connectionId], [connectionId], [connectionId]]);
    const entries = await run(`select reason from audit_entries where action = 'delivery.retry'`);
    expect(entries).toEqual(Array.from({ length: 3 }, () => ({ reason: 'The queue is back' })));
    expect((await post('retry', { causeId: tier2.id })).status).toBe(404);
  });

  it('is discarded with a reason that each delivery keeps', async () => {
    const [tier3, held] = await causes();
    expect((await post('discard', { causeId: tier3.id })).status).toBe(422);
    expect((await post('discard', { causeId: tier3.id, reason: ' ' })).status).toBe(422);
    expect((await post('discard', { causeId: tier3.id, reason: 'Old queue' })).body).toEqual({ count: 10 });
    expect(await run(`select distinct problem from deliveries where id between 2501 and 2510`)).toEqual([
      { problem: 'Discarded by admin key: Old queue' },
    ]);
    expect((await post('retry', { causeId: held.id })).body).toMatchObject({
      status: 409,
      code: 'notRetryable',
    });
    expect((await post('discard', { causeId: held.id, reason: 'Noise' })).body).toEqual({ count: 5 });
  });

  it('of uncertain deliveries is left to the look-ups', async () => {
    const [uncertain] = await causes();
    for (const [verb, code] of [
      ['retry', 'notRetryable'],
      ['discard', 'notDiscardable'],
    ] as const) {
      const { status, body } = await post(verb, { causeId: uncertain.id, reason: 'Why not' });
      expect([status, body.code]).toEqual([409, code]);
    }
    expect(await states('id = 2517')).toEqual([{ state: 'uncertain', n: 1 }]);
  });

  it('is decided by those who may, in their own workspace', async () => {
    const [{ id: causeId }] = await causes();
    expect((await post('retry', { causeId }, api.keys.read)).status).toBe(403);
    expect((await post('discard', { causeId, reason: 'x' }, api.keys.read)).status).toBe(403);
    expect((await post('retry', { causeId }, api.other.key)).status).toBe(404);
    expect((await api.call('GET', '/deliveries/causes', { key: api.other.key })).body.items).toEqual([]);
  });
});
