import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmailApi, startEmailApi } from './fixtures/emailApi.ts';

let api: EmailApi;
beforeAll(async () => {
  api = await startEmailApi();
  for (const name of ['Northwind', 'Twice', 'twice'])
    await api.call('POST', '/organizations', { body: { name } });
  await api.call('POST', '/email/recipients', { body: { address: 'noc@msp.example', note: 'As it was' } });
});
afterAll(() => api.close());

const send = (body: object, key = api.keys.admin) => api.call('POST', '/recipients/import', { body, key });
const list = async () => (await api.call('GET', '/recipients')).body.items;

const csv = [
  'Address,Organization,Severities,Note,Owner,Review on',
  'NOC@msp.example,,critical|high,,Ana,2026-12-31',
  'it@northwind.example,northwind,,"=SUM(1,2)",,',
  'IT@northwind.example,Northwind,all,,Bo,',
  'a@b.example,Nowhere,,,,',
  'a@b.example,Twice,,,,',
  '"a@b.example,c@d.example",,,,,',
  'a@b.example,,,,,31.12.2026',
  `a@b.example,,,${'n'.repeat(2_001)},,`,
].join('\n');

const lines = [
  { row: 2, address: 'NOC@msp.example', organization: null, outcome: 'change', message: null },
  { row: 3, organization: 'northwind', outcome: 'make', message: null },
  { row: 4, outcome: 'change', message: null },
  { row: 5, outcome: 'refuse', message: 'There is no organization named "Nowhere".' },
  { row: 6, outcome: 'refuse', message: 'Several organizations have this name.' },
  { row: 7, outcome: 'refuse', message: expect.stringContaining('commas or semicolons') },
  { row: 8, outcome: 'refuse', message: 'review on takes a day such as 2026-11-30, or never.' },
  { row: 9, outcome: 'refuse', message: 'note takes at most 2000 characters.' },
];

describe('a table of recipients', () => {
  it('is tried without a trace', async () => {
    const { status, body } = await send({ csv });
    expect([status, body.applied, body.counts]).toEqual([200, false, { make: 1, change: 2, refuse: 5 }]);
    expect(body.lines).toMatchObject(lines);
    expect(await list()).toMatchObject([{ address: 'noc@msp.example', revision: 1 }]);
    expect(api.changed).toEqual([api.workspaceId]);
  });

  it('is applied row by row, as it was said; empty cells change nothing', async () => {
    const { body } = await send({ csv, apply: true });
    expect(body.lines).toMatchObject(lines);
    expect(await list()).toMatchObject([
      {
        address: 'it@northwind.example',
        organizationName: 'Northwind',
        note: '=SUM(1,2)',
        owner: 'Bo',
        severities: null,
      },
      {
        address: 'noc@msp.example',
        organizationName: null,
        note: 'As it was',
        owner: 'Ana',
        severities: ['high', 'critical'],
        reviewOn: '2026-12-31',
      },
    ]);
    const { items } = (await api.call('GET', '/audit?targetKind=recipient')).body;
    expect(items.map(({ action }: { action: string }) => action)).toEqual([
      'recipient.change',
      'recipient.create',
      'recipient.change',
      'recipient.create',
    ]);
  });

  it('comes out as it went in, with formulas as text', async () => {
    const before = await list();
    const out = await api.call('GET', '/recipients/export', { key: api.keys.read });
    expect(out.headers['content-type']).toMatch(/^text\/csv/);
    expect(out.text.split('\r\n')).toEqual([
      'address,organization,severities,note,owner,review on',
      `it@northwind.example,Northwind,all,"'=SUM(1,2)",Bo,`,
      'noc@msp.example,,high|critical,As it was,Ana,2026-12-31',
      '',
    ]);
    const { body } = await send({ csv: out.text, apply: true });
    expect(body.counts).toEqual({ make: 0, change: 2, refuse: 0 });
    const bare = (items: { revision: number }[]) => items.map(({ revision: _, ...item }) => item);
    expect(bare(await list())).toEqual(bare(before));
    const some = await api.call('GET', '/recipients/export?list=global&q=noc');
    expect(some.text.split('\r\n')).toHaveLength(3);
  });

  it('longer than one transaction says the same when tried and applied', async () => {
    const long = `address\n${Array.from({ length: 130 }, (_, n) => `r${n % 120}@msp.example`).join('\n')}`;
    const tried = await send({ csv: long });
    const applied = await send({ csv: long, apply: true });
    expect(tried.body.counts).toEqual({ make: 120, change: 10, refuse: 0 });
    expect(applied.body.lines).toEqual(tried.body.lines);
  });

  it.each([
    ['address,colour\na@b.example,red', 'Column "colour" is not known'],
    ['address\n"a@b.example', 'never closed'],
  ])('%j is refused as a whole', async (text, words) => {
    const { status, body } = await send({ csv: text, apply: true });
    expect([status, body.errors[0].field]).toEqual([422, 'csv']);
    expect(body.errors[0].message).toContain(words);
  });

  it('is imported by administrators only, and exports nothing of other workspaces', async () => {
    expect((await send({ csv }, api.keys.read)).status).toBe(403);
    const out = await api.call('GET', '/recipients/export', { key: api.other.key });
    expect(out.text.trim().split('\r\n')).toHaveLength(1);
  });
});
