import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../http/fixtures/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.call('POST', '/organizations', { body: { name: 'Northwind', externalRefs: ['n-1'] } });
});
afterAll(() => api.close());

const send = (body: object, key = api.keys.admin) => api.call('POST', '/organizations/import', { body, key });
const list = async (query = '') => (await api.call('GET', `/organizations?${query}`)).body.items;

const csv = [
  'Name,Refs,Enabled',
  ' northwind ,n-2|domain:n.example,off',
  'Contoso,,',
  'contoso,c-1,',
  'Fabrikam,,perhaps',
  `${'x'.repeat(201)},,`,
].join('\n');

const lines = [
  { row: 2, outcome: 'change', message: null },
  { row: 3, outcome: 'make', message: null },
  { row: 4, outcome: 'change', message: null },
  { row: 5, name: 'Fabrikam', outcome: 'refuse', message: 'enabled takes on or off, not "perhaps".' },
  { row: 6, outcome: 'refuse', message: 'name takes at most 200 characters.' },
];

describe('a table of organizations', () => {
  it('is tried without a trace', async () => {
    const { status, body } = await send({ csv });
    expect([status, body.applied, body.counts]).toEqual([200, false, { make: 1, change: 2, refuse: 2 }]);
    expect(body.lines).toMatchObject(lines);
    expect(await list()).toMatchObject([{ name: 'Northwind', delivery: { enabled: true } }]);
  });

  it('is applied row by row, as it was said', async () => {
    const { body } = await send({ csv, apply: true });
    expect(body.lines).toMatchObject(lines);
    expect(await list()).toMatchObject([
      { name: 'Contoso', externalRefs: [{ kind: 'id', value: 'c-1' }], alerts7d: 0, lastDeliveredAt: null },
      {
        name: 'Northwind',
        externalRefs: [{ value: 'n-2' }, { kind: 'domain' }],
        delivery: { enabled: false },
      },
    ]);
    expect(await list('enabled=false')).toHaveLength(1);
    expect(await list('enabled=true&q=cont')).toHaveLength(1);
  });

  it('longer than one transaction says the same when tried and applied', async () => {
    const long = `name\n${Array.from({ length: 130 }, (_, n) => `Customer ${n % 120}`).join('\n')}`;
    const tried = await send({ csv: long });
    const applied = await send({ csv: long, apply: true });
    expect(tried.body.counts).toEqual({ make: 120, change: 10, refuse: 0 });
    expect(applied.body.lines).toEqual(tried.body.lines);
  });

  it.each([
    ['name,colour\nA,red', 'Column "colour" is not known'],
    ['name\n"A', 'never closed'],
  ])('%j is refused as a whole', async (text, words) => {
    const { status, body } = await send({ csv: text, apply: true });
    expect([status, body.errors[0].field]).toEqual([422, 'csv']);
    expect(body.errors[0].message).toContain(words);
  });

  it('is imported by administrators only', async () => {
    expect((await send({ csv }, api.keys.read)).status).toBe(403);
  });
});
