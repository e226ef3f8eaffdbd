import { describe, expect, it } from 'vitest';
import type { Billing, Read } from '../contract.ts';
import { reply } from './scriptedHttp.ts';
import { openScripted, rows } from './scriptedSession.ts';
import { simulatorPerTest } from './simulatorPerTest.ts';

/** The script's clock stands at 1970-01-01. */
const contract = (id: number, more: object = {}) => ({
  id,
  companyID: 217,
  contractName: `K${id}`,
  contractNumber: null,
  contractType: 7,
  status: 1,
  startDate: '1970-01-01T00:00:00Z',
  endDate: '1970-01-01T00:00:00Z',
  ...more,
});
const billingOf = (...script: Parameters<typeof openScripted>) => {
  const { session, bodies, calls } = openScripted(...script);
  return { billing: session.billing as Billing, bodies, calls };
};
const answerOf = <T>(read: Read<T>): T | undefined => (read.kind === 'ok' ? read.value : undefined);

describe('contracts (req 101)', () => {
  it('are asked for by company, page by page, by name or number', async () => {
    const { billing, bodies } = billingOf(rows());
    await billing.contracts('217', { q: ' ms ' }, '40');
    expect(bodies()[0]?.Filter[0].items).toEqual([
      { op: 'gt', field: 'id', value: 40 },
      { op: 'eq', field: 'companyID', value: 217 },
      {
        op: 'or',
        items: [
          { op: 'contains', field: 'contractName', value: 'ms' },
          { op: 'contains', field: 'contractNumber', value: 'ms' },
        ],
      },
    ]);
    const full = billingOf(rows(...Array.from({ length: 500 }, (_, at) => contract(at + 1))));
    expect(answerOf(await full.billing.contracts('217', {}))?.nextCursor).toBe('500');
  });

  it.each([
    ['first and last day', {}, true],
    ['switched off', { status: 0 }, false],
    ['an unknown status', { status: 3 }, false],
    ['not begun', { startDate: '1970-01-02T00:00:00Z', endDate: '1971-01-01T00:00:00Z' }, false],
    ['over', { startDate: '1969-01-01T00:00:00Z', endDate: '1969-12-31T23:59:59Z' }, false],
    ['without days', { startDate: null, endDate: null }, true],
  ])('are in force by status and days: %s', async (_, more, isActive) => {
    const read = await billingOf(rows(contract(1, more))).billing.contracts('217', {});
    expect(answerOf(read)?.items[0]?.isActive).toBe(isActive);
  });

  it('tell what one chooses by', async () => {
    const read = await billingOf(
      rows(contract(1, { contractNumber: 'MS-1', contractType: 6 })),
    ).billing.contractsById(['1', 'x']);
    expect(answerOf(read)).toEqual([
      {
        id: '1',
        accountId: '217',
        name: 'K1',
        number: 'MS-1',
        startsOn: '1970-01-01',
        endsOn: '1970-01-01',
        isActive: true,
        takesServices: false,
      },
    ]);
  });

  it('of another company, or others than those asked for, are never taken', async () => {
    const foreign = billingOf(rows(contract(1, { companyID: 5 }))).billing;
    expect(await foreign.contracts('217', {})).toMatchObject({ kind: 'refused', reason: 'serverError' });
    expect(await foreign.contractsById(['2'])).toMatchObject({ kind: 'refused', reason: 'serverError' });
  });

  it.each([
    ['abc', undefined],
    ['217', 'abc'],
  ])('account %s with cursor %s is refused without a call', async (accountId, cursor) => {
    const { billing, calls } = billingOf();
    expect((await billing.contracts(accountId, {}, cursor)).kind).toBe('refused');
    expect(calls()).toEqual([]);
  });

  it('many are asked for 200 at a time', async () => {
    const { billing, bodies } = billingOf(rows());
    await billing.contractsById(Array.from({ length: 401 }, (_, at) => String(at + 1)));
    expect(bodies().map((body) => body.Filter[0].items[0].value.length)).toEqual([200, 200, 1]);
  });
});

describe('services (req 97)', () => {
  it('have cost and price as decimals in text', async () => {
    const service = { id: 14, name: 'Protected user', isActive: true, unitPrice: 4.5, unitCost: 2.123456 };
    const read = await billingOf(rows(service, { ...service, id: 15, unitCost: null })).billing.services({});
    expect(answerOf(read)?.items).toEqual([
      { id: '14', name: 'Protected user', isActive: true, unitPrice: '4.5', unitCost: '2.1235' },
      { id: '15', name: 'Protected user', isActive: true, unitPrice: '4.5' },
    ]);
  });

  it('a page that does not move on is refused', async () => {
    const service = { id: 3, name: 'A', isActive: true, unitPrice: 1 };
    expect((await billingOf(rows(service)).billing.services({}, '3')).kind).toBe('refused');
  });
});

const reads: [string, (billing: Billing) => Promise<Read<unknown>>][] = [
  ['contracts', (billing) => billing.contracts('217', {})],
  ['contracts by id', (billing) => billing.contractsById(['29683617'])],
  ['services', (billing) => billing.services({})],
  ['services by id', (billing) => billing.servicesById(['11'])],
];

describe.each(reads)('reading %s', (_name, read) => {
  it.each([
    ['a page of HTML', reply(200, '<html>'), 'serverError'],
    ['a row without its name', rows({ id: 11, companyID: 217, isActive: true }), 'invalid'],
    ['429', reply(429, ''), 'rateLimited'],
    ['503', reply(503, ''), 'serverError'],
    ['403', reply(403, ''), 'invalid'],
  ])('%s is a refusal', async (_, answer, reason) => {
    expect(await read(billingOf(answer).billing)).toMatchObject({ kind: 'refused', reason });
  });
});

describe('of a simulated tenant', () => {
  const world = simulatorPerTest();

  it.each(reads)('without the right to %s: refused, and says where to allow it', async (_name, read) => {
    await world.psa.set({ rights: { Contracts: { query: false }, Services: { query: false } } });
    const refusal = { kind: 'refused', reason: 'invalid', text: expect.stringContaining('security level') };
    expect(await read(world.session.billing as Billing)).toMatchObject(refusal);
  });

  it('a security level that hides all rows shows no contract', async () => {
    await world.psa.set({ restrictedRows: ['Contracts'] });
    expect(answerOf(await world.session.billing!.contracts('217', {}))?.items).toEqual([]);
  });

  it('a dropped condition shows contracts of others: refused', async () => {
    await world.psa.fault({ answer: 'ignoreFilter' }, { path: '/Contracts/query$' });
    expect((await world.session.billing!.contracts('217', {})).kind).toBe('refused');
  });
});
