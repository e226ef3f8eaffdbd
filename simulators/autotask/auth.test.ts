import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startForTest, type TestSimulator } from './testing.ts';

let simulator: TestSimulator;
beforeAll(async () => {
  simulator = await startForTest();
});
beforeEach(() => simulator.state.reset());
afterAll(() => simulator.close());

const probe = (headers: Record<string, string>) =>
  simulator.api('GET', '/ThresholdInformation', undefined, headers);

describe('credentials', () => {
  it('accepts the right three, the user name in any case', async () => {
    expect((await probe({ UserName: 'API.User@msp.example' })).status).toBe(200);
  });

  it.each([
    ['unknown user', { UserName: 'other@msp.example' }, 500, 'The specified user could not be found.'],
    ['unknown integration code', { ApiIntegrationCode: 'WRONG' }, 500, 'IntegrationCode is invalid'],
    ['empty integration code', { ApiIntegrationCode: '' }, 500, 'IntegrationCode is invalid'],
  ])('%s is 500 with a text', async (_case, headers, status, text) => {
    const reply = await probe(headers as Record<string, string>);
    expect(reply.status).toBe(status);
    expect(reply.json).toEqual({ errors: [text] });
  });

  it.each([
    ['wrong secret', { Secret: 'nope' }],
    ['secret in another case', { Secret: 'sim-secret-1' }],
    ['no user name', { UserName: '' }],
    ['no secret', { Secret: '' }],
  ])('%s is 401 with an empty body', async (_case, headers) => {
    const reply = await probe(headers as Record<string, string>);
    expect(reply.status).toBe(401);
    expect(reply.text).toBe('');
  });

  it('can answer 401 with an errors array instead', async () => {
    await simulator.plain('POST', '/control/set', { unauthorizedBody: 'errors' });
    expect((await probe({ Secret: 'nope' })).json.errors).toHaveLength(1);
  });

  it('accepts further integration codes of the tenant', async () => {
    await simulator.plain('POST', '/control/set', { otherCodes: ['SECONDCODE'] });
    expect((await probe({ ApiIntegrationCode: 'SECONDCODE' })).status).toBe(200);
  });

  it('accepts new credentials and refuses the old secret', async () => {
    await simulator.plain('POST', '/control/set', { credentials: { secret: 'New-1' } });
    expect((await probe({ Secret: 'New-1' })).status).toBe(200);
    expect((await probe({})).status).toBe(401);
  });
});

describe('lock-out', () => {
  const wrong = async (times: number): Promise<void> => {
    for (let at = 0; at < times; at += 1) await probe({ Secret: 'nope' });
  };

  it('locks after five wrong secrets in a row, then refuses the right one too', async () => {
    await wrong(5);
    expect((await probe({})).status).toBe(401);
    const state = await simulator.plain('GET', '/control/state');
    expect(state.json.settings.locked).toBe(true);
  });

  it('does not lock when a right secret came in between', async () => {
    await wrong(4);
    await probe({});
    await wrong(4);
    expect((await probe({})).status).toBe(200);
  });

  it('is opened by the control API', async () => {
    await wrong(5);
    await simulator.plain('POST', '/control/set', { locked: false });
    expect((await probe({})).status).toBe(200);
  });

  it('counts from the set number', async () => {
    await simulator.plain('POST', '/control/set', { lockAfter: 2 });
    await wrong(2);
    expect((await probe({})).status).toBe(401);
  });
});

describe('rights', () => {
  const search = { Filter: [{ op: 'exist', field: 'id' }] };

  it.each([
    ['query', 'POST', '/Companies/query', search],
    ['query', 'GET', '/Companies/0', undefined],
    ['create', 'POST', '/Companies', {}],
    ['update', 'PATCH', '/Companies', { id: 201 }],
  ])('a missing right to %s is 500 with the permission text', async (operation, method, path, body) => {
    await simulator.plain('POST', '/control/set', { rights: { Companies: { [operation]: false } } });
    const reply = await simulator.api(method, path, body);
    expect(reply.status).toBe(500);
    expect(reply.json.errors).toEqual([
      `The logged in Resource does not have the adequate permissions to ${operation} this entity type.`,
    ]);
  });

  it('shows in the entity information', async () => {
    await simulator.plain('POST', '/control/set', { rights: { Tickets: { create: false } } });
    const { info } = (await simulator.api('GET', '/Tickets/entityInformation')).json;
    expect(info).toMatchObject({ canCreate: false, userAccessForCreate: 'None', canUpdate: true });
  });

  it('restricted rows are 200 with nothing', async () => {
    await simulator.plain('POST', '/control/set', { restrictedRows: ['Companies'] });
    expect((await simulator.api('POST', '/Companies/query', search)).json.items).toEqual([]);
    expect((await simulator.api('POST', '/Companies/query/count', search)).json).toEqual({ queryCount: 0 });
    expect((await simulator.api('GET', '/Companies/0')).json).toEqual({ item: null });
    expect((await simulator.api('POST', '/Contacts/query', search)).json.items).not.toEqual([]);
  });
});
