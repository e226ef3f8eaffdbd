/** Contracts and services: read for choosing, and judged in the mapping table and the contracts step (req 97–105). */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ConnectionApi, fieldsOf, path, startConnectionApi } from './fixtures/connectionApi.ts';

let api: ConnectionApi;
let id: string;
beforeAll(async () => {
  api = await startConnectionApi();
  id = await api.activate();
});
afterAll(() => api.close());
beforeEach(() => control('set', { rights: {} }));

const get = (more: string) => api.call('GET', path(id, more));
const put = (more: string, body: object) => api.call('PUT', path(id, more), { body });

async function control(what: string, body: unknown): Promise<void> {
  const answer = await fetch(`${api.simulator.url}/control/${what}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
}

describe('the contracts of an account', () => {
  it('are asked of the PSA, those not in force too, page by page and by name', async () => {
    const first = await get('/contracts?accountId=202&limit=2');
    expect(first.body.items).toEqual([
      {
        id: '29683612',
        accountId: '202',
        name: 'Managed services',
        number: 'MS-202',
        isActive: true,
        startsOn: '2026-01-01',
        endsOn: '2030-12-31',
        takesServices: true,
      },
      expect.objectContaining({ id: '29683613', takesServices: false }),
    ]);
    const second = await get(`/contracts?accountId=202&limit=2&cursor=${first.body.nextCursor}`);
    expect(second.body).toMatchObject({ items: [{ id: '29683614', isActive: false }], nextCursor: null });
    const named = await get('/contracts?accountId=202&q=ms-2');
    expect(named.body.items.map((one: { id: string }) => one.id)).toEqual(['29683612']);
    const elsewhere = await get(`/contracts?accountId=203&cursor=${first.body.nextCursor}`);
    expect(elsewhere.body.code).toBe('invalidCursor');
  });

  it('are found by organization too, once it has an account', async () => {
    const organizationId = await api.organization('By organization');
    expect((await get(`/contracts?organizationId=${organizationId}`)).status).toBe(404);
    await put('/mappings', { mappings: [{ organizationId, accountId: '203' }] });
    const { items } = (await get(`/contracts?organizationId=${organizationId}`)).body;
    expect(items).toMatchObject([{ id: '29683615', accountId: '203' }]);
    expect((await get('/contracts')).body.code).toBe('invalidQuery');
    expect((await get(`/contracts?accountId=1&organizationId=${organizationId}`)).status).toBe(400);
  });

  it('without the right: says where to allow it', async () => {
    await control('set', { rights: { Contracts: { query: false } } });
    const answer = await get('/contracts?accountId=202');
    expect([answer.status, answer.body.detail]).toEqual([422, expect.stringContaining('security level')]);
  });

  it('of another workspace are not shown', async () => {
    for (const what of ['contracts?accountId=202', 'services']) {
      const answer = await api.call('GET', path(id, `/${what}`), { key: api.other.key });
      expect(answer.status).toBe(404);
    }
  });

  it('and the services can be read while the connection is paused (decision 6)', async () => {
    await api.call('POST', path(id, '/pause'), { body: { reason: 'Maintenance' } });
    expect((await get('/contracts?accountId=202')).body.items).toHaveLength(3);
    const services = await get('/services?q=protected');
    expect(services.body.items).toMatchObject([
      { id: '11', name: 'Protected user', isActive: true, unitPrice: '4.5', unitCost: '2.1' },
      { id: '12', name: 'Protected device' },
    ]);
    await api.call('POST', path(id, '/resume'), { body: {} });
  });

  it('need credentials: without them nothing is asked', async () => {
    const draft = await api.draft();
    for (const what of ['contracts?accountId=202', 'services']) {
      expect((await api.call('GET', path(draft, `/${what}`))).body.code).toBe('credentialsMissing');
    }
  });
});

describe('a mapping with a contract', () => {
  let organizationId: string;
  beforeAll(async () => {
    organizationId = await api.organization('With contract');
  });
  const row = (more: object) => ({ organizationId, accountId: '202', contractId: '29683612', ...more });

  it('keeps what was chosen, prices to the last digit, and knows the name', async () => {
    const chosen = { addService: true, serviceId: '12', unitCost: '0.1', unitPrice: '99999999.9999' };
    const answer = await put('/mappings', { mappings: [row(chosen)] });
    expect(answer.body.mappings).toMatchObject([{ contractId: '29683612', ...chosen }]);
    expect(answer.body.contracts).toEqual([
      {
        id: '29683612',
        accountId: '202',
        name: 'Managed services',
        number: 'MS-202',
        isActive: true,
        takesServices: true,
        endsOn: '2030-12-31',
      },
    ]);
    const read = await get('/mappings');
    expect(read.body.mappings).toEqual(answer.body.mappings);
  });

  it.each<[string, object, string, string]>([
    ['another account’s contract', { contractId: '29683615' }, 'contractId', 'otherAccount'],
    ['one not in force', { contractId: '29683614' }, 'contractId', 'inactive'],
    ['one that is not there', { contractId: '4711' }, 'contractId', 'notFound'],
    ['a service without a contract', { contractId: null, addService: true }, 'addService', 'contractMissing'],
    ['on one of fixed price', { contractId: '29683613', addService: true }, 'addService', 'noServices'],
    ['no such service', { serviceId: '4711' }, 'serviceId', 'notFound'],
    ['a service that is off', { serviceId: '15' }, 'serviceId', 'inactive'],
    ['a price below 0', { unitPrice: '-1' }, 'unitPrice', 'invalid'],
    ['five decimals', { unitCost: '0.12345' }, 'unitCost', 'invalid'],
    ['no number', { unitCost: '1,5' }, 'unitCost', 'invalid'],
    ['an endless number', { unitCost: '9'.repeat(400) }, 'unitCost', 'invalid'],
    ['a number in JSON', { unitCost: 4.5 }, 'unitCost', 'invalidType'],
  ])('is refused with one message: %s', async (_, more, field, code) => {
    await put('/mappings', { mappings: [] });
    const answer = await put('/mappings', { mappings: [row(more)] });
    expect([answer.status, fieldsOf(answer)]).toEqual([422, [[`mappings[0].${field}`, code]]]);
  });

  it('moved to another account, is judged anew', async () => {
    await put('/mappings', { mappings: [row({})] });
    const moved = await put('/mappings', { mappings: [row({ accountId: '203' })] });
    expect(fieldsOf(moved)).toEqual([['mappings[0].contractId', 'otherAccount']]);
  });

  it('that has ended since is no obstacle to other rows, and costs no call', async () => {
    await put('/mappings', { mappings: [row({})] });
    api.simulator.state.tables.Contracts.update(29_683_612, { status: 0 });
    const other = { organizationId: await api.organization('Another'), accountId: '203' };
    const answer = await put('/mappings', { mappings: [row({ unitPrice: '3' }), other] });
    expect(answer.status).toBe(200);
    api.simulator.state.tables.Contracts.update(29_683_612, { status: 1 });
  });
});

describe('the contracts step', () => {
  it('with sync on asks for a day and a service that is offered (req 97–100, 105)', async () => {
    const lacking = await put('/steps/contracts', { addContracts: true, syncUsers: true });
    expect(fieldsOf(lacking)).toEqual([
      ['syncDay', 'required'],
      ['defaultServiceId', 'required'],
    ]);
    const save = (defaultServiceId: string) =>
      put('/steps/contracts', { addContracts: false, syncUsers: true, syncDay: 31, defaultServiceId });
    expect(fieldsOf(await save('15'))).toEqual([['defaultServiceId', 'inactive']]);
    expect(fieldsOf(await save('4711'))).toEqual([['defaultServiceId', 'notFound']]);
    expect((await save('11')).status).toBe(200);
    // Off, it asks for nothing, not even whether the service is still there.
    const off = { addContracts: false, syncUsers: false, defaultServiceId: '15' };
    expect((await put('/steps/contracts', off)).status).toBe(200);
  });

  it('with contracts on, verifying has a line for each right', async () => {
    const lines = async () => {
      const { checks } = (await api.call('POST', path(id, '/verify'))).body;
      return checks.filter(({ key }: { key: string }) => /^(Contracts|Services)\./.test(key));
    };
    await put('/steps/contracts', { addContracts: false, syncUsers: false });
    expect(await lines()).toEqual([]);
    await put('/steps/contracts', { addContracts: true, syncUsers: false });
    expect(await lines()).toMatchObject([{ ok: true }, { ok: true }]);
  });
});
