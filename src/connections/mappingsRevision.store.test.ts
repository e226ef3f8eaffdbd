/** Two people who map at the same time: nobody's rows are overwritten unseen. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConnectionApi, fieldsOf, path, startConnectionApi } from './fixtures/connectionApi.ts';

let api: ConnectionApi;
beforeAll(async () => {
  api = await startConnectionApi();
});
afterAll(() => api.close());

describe('the revision of the mapping table', () => {
  const read = async (id: string) => {
    const { headers, body } = await api.call('GET', path(id, '/mappings'));
    return { etag: String(headers.etag), body };
  };
  const put = (id: string, etag: string, mappings: object[]) =>
    api.call('PUT', path(id, '/mappings'), { body: { mappings }, headers: { 'if-match': etag } });

  it('lets one of two changes at once win, and tells the other who was there', async () => {
    const id = await api.connect();
    const rows = await Promise.all(
      ['Race 1', 'Race 2'].map(async (name) => ({
        organizationId: await api.organization(name),
        accountId: '202',
      })),
    );
    const { etag } = await read(id);
    const answers = await Promise.all(rows.map((row) => put(id, etag, [row])));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const lost = answers.find(({ status }) => status === 412);
    expect(lost?.body).toMatchObject({
      code: 'changedMeanwhile',
      detail: expect.stringMatching(/changed meanwhile, last by .+ on \d{4}-\d\d-\d\d at \d\d:\d\d UTC\./),
      lastChange: { by: expect.any(String), at: expect.any(String) },
    });
    const won = answers.find(({ status }) => status === 200);
    const now = await read(id);
    expect(now.body.mappings).toHaveLength(1);
    expect([now.etag, now.body]).toEqual([won?.headers.etag, won?.body]);
    const again = await put(
      id,
      now.etag,
      rows.map((row) => ({ ...row })),
    );
    expect([again.status, again.body.mappings.length]).toEqual([200, 2]);
  });

  it('does not ask the PSA for a change that comes too late', async () => {
    const id = await api.connect();
    const row = { organizationId: await api.organization('Late'), accountId: 'no-such-account' };
    expect((await put(id, '"0"', [row])).status).toBe(412);
  });

  it('is not that of the steps', async () => {
    const id = await api.connect();
    const mappings = await read(id);
    const { headers } = await api.call('GET', path(id));
    const body = { catchAllAccountId: '201' };
    const step = { body, headers: { 'if-match': String(headers.etag) } };
    expect((await put(id, mappings.etag, [])).status).toBe(200);
    expect((await api.call('PUT', path(id, '/steps/accounts'), step)).status).toBe(200);
    expect((await put(id, (await read(id)).etag, [])).status).toBe(200);
  });

  it('moves when an organization that is mapped is removed, and only then', async () => {
    const id = await api.connect();
    const [mapped, other] = [await api.organization('Mapped'), await api.organization('Not mapped')];
    await put(id, '*', [{ organizationId: mapped, accountId: '202' }]);
    const before = await read(id);
    await api.call('DELETE', `/organizations/${other}`);
    expect((await read(id)).etag).toBe(before.etag);
    await api.call('DELETE', `/organizations/${mapped}`);
    expect((await read(id)).etag).not.toBe(before.etag);
  });
});

describe('ignored accounts', () => {
  const change = (id: string, body: object, headers = {}) =>
    api.call('PATCH', path(id, '/accounts/ignored'), { body, headers });

  it('are marked and unmarked one by one, whoever else marks others, and the mappings stay', async () => {
    const id = await api.connect();
    const mappings = [{ organizationId: await api.organization('Stays'), accountId: '202' }];
    await api.call('PUT', path(id, '/mappings'), { body: { mappings } });
    await Promise.all([change(id, { add: ['203', '203'] }), change(id, { add: ['201'] })]);
    expect((await api.call('GET', path(id, '/accounts?q=nobody'))).body.items).toEqual([]);
    const { body } = await change(id, { add: ['203'], remove: ['201', 'unknown'] });
    expect(body).toMatchObject({ ignoredAccountIds: ['203'], mappings });
  });

  it('get no tickets, and are not changed over a state that nobody has seen', async () => {
    const id = await api.connect();
    const mappings = [{ organizationId: await api.organization('In use'), accountId: '202' }];
    await api.call('PUT', path(id, '/mappings'), { body: { mappings } });
    const refused = await change(id, { add: ['203', '202'] });
    expect([refused.status, fieldsOf(refused), refused.body.detail]).toEqual([
      422,
      [['add[1]', 'mapped']],
      expect.stringContaining('the tickets of In use'),
    ]);
    expect((await change(id, { add: ['203'] }, { 'if-match': '"0"' })).status).toBe(412);
    const { body } = await api.call('GET', path(id, '/mappings'));
    expect(body.ignoredAccountIds).toEqual([]);
  });
});
