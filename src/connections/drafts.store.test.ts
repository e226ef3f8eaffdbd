import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConnectionApi, goodTickets, path, startConnectionApi } from './fixtures/connectionApi.ts';

let api: ConnectionApi;
beforeAll(async () => {
  api = await startConnectionApi();
});
afterAll(() => api.close());

describe('kinds', () => {
  it('say what can be set, with help', async () => {
    const { body } = await api.call('GET', '/psa/kinds', { key: api.keys.read });
    expect(body.items).toHaveLength(1);
    const [kind] = body.items;
    expect(kind.fields.map((field: { key: string }) => field.key)).toContain('catchAllAccountId');
    expect(
      kind.fields.find((field: { key: string }) => field.key === 'ticketSubject').presets.length,
    ).toBeGreaterThan(3);
    expect(kind.accountFilters.map((one: { key: string }) => one.key)).toEqual([
      'accountType',
      'classification',
      'marketSegment',
    ]);
    expect(kind.setup.steps.length).toBeGreaterThan(3);
  });
});

describe('a draft', () => {
  it('says what comes next', async () => {
    const made = await api.call('POST', '/psa/connections', { body: { kind: 'autotask', name: 'Our PSA' } });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      name: 'Our PSA',
      status: 'draft',
      health: { state: 'ok' },
      isDefault: false,
      counts: { waiting: 0, held: 0, failed: 0 },
      directory: { state: 'none', loaded: 0, total: null },
      steps: {},
    });
    expect(
      made.body.next.map((one: { step: string; complete: boolean }) => [one.step, one.complete]),
    ).toEqual([
      ['credentials', false],
      ['accounts', false],
      ['tickets', false],
      ['contracts', true],
    ]);
    expect((await api.call('GET', '/psa/connections?q=our')).body.items).toEqual([made.body]);
  });

  it('gets a number behind its name where another connection has that name', async () => {
    const first = await api.call('POST', '/psa/connections', { body: { kind: 'autotask' } });
    const second = await api.call('POST', '/psa/connections', { body: { kind: 'autotask' } });
    expect(second.body.name).not.toBe(first.body.name);
    expect(second.body.name).toMatch(/^Autotask \d+$/);
  });

  it.each([
    [{ kind: 'unknown' }, 422, 'kind'],
    [{ kind: 'autotask', name: '' }, 422, 'name'],
    [{ kind: 'autotask', status: 'active' }, 422, 'status'],
  ])('%j is refused', async (body, status, field) => {
    const answer = await api.call('POST', '/psa/connections', { body });
    expect([answer.status, answer.body.errors[0].field]).toEqual([status, field]);
  });

  it('is no default, and cannot be paused or resumed', async () => {
    const id = await api.draft();
    expect((await api.call('PATCH', path(id), { body: { isDefault: true } })).status).toBe(422);
    expect((await api.call('POST', path(id, '/pause'))).body.code).toBe('notFinished');
    expect((await api.call('POST', path(id, '/resume'))).body.code).toBe('notFinished');
  });

  it('has nothing to choose from before its credentials', async () => {
    const id = await api.draft();
    for (const list of ['/choices?field=ticketQueue', '/contacts?accountId=201']) {
      expect((await api.call('GET', path(id, list))).body.code).toBe('credentialsMissing');
    }
    expect((await api.call('POST', path(id, '/verify'))).body.code).toBe('credentialsMissing');
    expect((await api.call('POST', path(id, '/refresh'))).body.code).toBe('credentialsMissing');
    const answer = await api.call('PUT', path(id, '/steps/tickets'), { body: goodTickets });
    expect(answer.body.code).toBe('credentialsMissing');
    const contracts = await api.call('PUT', path(id, '/steps/contracts'), { body: { addContracts: false } });
    expect(contracts.body.steps.contracts).toEqual({ addContracts: false, syncUsers: false });
  });
});
