import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConnectionApi, fieldsOf, path, startConnectionApi } from './fixtures/connectionApi.ts';

let api: ConnectionApi;
beforeAll(async () => {
  api = await startConnectionApi();
});
afterAll(() => api.close());

describe('mappings', () => {
  const put = (id: string, body: object) => api.call('PUT', path(id, '/mappings'), { body });

  it('are replaced as a set; ignored accounts are not offered', async () => {
    const id = await api.connect();
    const [one, two] = [await api.organization('Map 1'), await api.organization('Map 2')];
    const body = {
      mappings: [
        { organizationId: one, accountId: '202', contactId: '31003', unitPrice: '4.50' },
        { organizationId: two, accountId: '202' },
      ],
      ignoredAccountIds: ['203'],
    };
    const answer = await put(id, body);
    expect(answer.body.mappings).toMatchObject([
      {
        organizationId: one,
        organizationName: 'Map 1',
        accountName: 'Northwind Dental',
        contactId: '31003',
        unitPrice: '4.5',
      },
      { organizationId: two, accountId: '202', contactId: null },
    ]);
    const { items } = (await api.call('GET', path(id, '/accounts?mapped=true'))).body;
    expect(items).toMatchObject([{ id: '202', organizationIds: [one, two].sort() }]);
    expect((await api.call('GET', path(id, '/accounts?q=nobody'))).body.items).toEqual([]);
    expect((await api.call('GET', path(id, '/accounts?q=nobody&ignored=true'))).body.items).toHaveLength(1);
    const emptied = await put(id, { mappings: [] });
    expect(emptied.body).toMatchObject({ mappings: [], ignoredAccountIds: ['203'] });
  });

  it('say why they are there and when somebody looks again; that stays until it is changed (req 119, 120)', async () => {
    const id = await api.connect();
    const row = { organizationId: await api.organization('Noted'), accountId: '202' };
    const kept = { note: 'Their own board', reviewOn: '2027-01-31' };
    const notes = async (mapping: object) => {
      const { body } = await put(id, { mappings: [mapping] });
      return { note: body.mappings[0].note, reviewOn: body.mappings[0].reviewOn };
    };
    expect(await notes({ ...row, ...kept })).toEqual(kept);
    const { items } = (await api.call('GET', `/audit?targetId=${id}&action=connection.mappings`)).body;
    expect(items[0].after['Mapping of Noted']).toMatch(/note “Their own board”, review on 2027-01-31$/);
    expect(await notes({ ...row, contactId: '31003' })).toEqual(kept);
    expect(await notes({ ...row, note: '', reviewOn: null })).toEqual({ note: '', reviewOn: null });
    await notes({ ...row, ...kept });
    // Of another account nobody has said why.
    expect(await notes({ ...row, accountId: '201' })).toEqual({ note: '', reviewOn: null });
    const wrong = await put(id, { mappings: [{ ...row, reviewOn: '2027-02-30' }] });
    expect([wrong.status, fieldsOf(wrong)]).toEqual([422, [['mappings[0].reviewOn', 'invalid']]]);
  });

  it('refuse what cannot be', async () => {
    const id = await api.connect();
    const known = await api.organization('Refused');
    const row = { organizationId: known, accountId: '202' };
    const cases: [object, string[]][] = [
      [{ mappings: [row, { ...row, accountId: '201' }] }, ['mappings[1].organizationId', 'duplicate']],
      [
        { mappings: [{ ...row, organizationId: crypto.randomUUID() }] },
        ['mappings[0].organizationId', 'notFound'],
      ],
      [{ mappings: [{ ...row, accountId: '999999' }] }, ['mappings[0].accountId', 'notFound']],
      [{ mappings: [{ ...row, accountId: '204' }] }, ['mappings[0].accountId', 'inactive']],
      [{ mappings: [{ ...row, contactId: '31001' }] }, ['mappings[0].contactId', 'notFound']],
      [{ mappings: [row], ignoredAccountIds: ['202'] }, ['mappings[0].accountId', 'ignored']],
      [{ mappings: [{ ...row, extra: 1 }] }, ['mappings[0].extra', 'unknown']],
    ];
    for (const [body, error] of cases) {
      const answer = await put(id, body);
      expect([answer.status, fieldsOf(answer)]).toEqual([422, [error]]);
    }
    const theirs = await api.call('POST', '/organizations', { key: api.other.key, body: { name: 'Theirs' } });
    const stolen = await put(id, { mappings: [{ ...row, organizationId: theirs.body.id }] });
    expect(fieldsOf(stolen)).toEqual([['mappings[0].organizationId', 'notFound']]);
  });

  it('with attaching on, each account needs a contact, and switching on later asks the same', async () => {
    const id = await api.connect();
    const mappings = [{ organizationId: await api.organization('No contact'), accountId: '203' }];
    expect((await put(id, { mappings })).status).toBe(200);
    const accounts = { catchAllAccountId: '201', attachContacts: true };
    const later = await api.call('PUT', path(id, '/steps/accounts'), { body: accounts });
    expect(later.body.detail).toContain('Nobody There LLC has no contact');
    await put(id, { mappings: [] });
    expect((await api.call('PUT', path(id, '/steps/accounts'), { body: accounts })).status).toBe(200);
    const answer = await put(id, { mappings });
    expect([fieldsOf(answer), answer.body.detail]).toEqual([
      [['mappings[0].accountId', 'noContact']],
      expect.stringContaining('Nobody There LLC'),
    ]);
  });
});
