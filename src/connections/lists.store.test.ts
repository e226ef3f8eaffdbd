import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConnectionApi, path, startConnectionApi } from './fixtures/connectionApi.ts';

let api: ConnectionApi;
beforeAll(async () => {
  api = await startConnectionApi();
});
afterAll(() => api.close());

describe('lists of the PSA', () => {
  it('accounts are searched, filtered and paged from what was loaded', async () => {
    const id = await api.connect();
    const found = await api.call('GET', path(id, '/accounts?q=northwind'));
    expect(found.body.items).toMatchObject([
      { id: '202', name: 'Northwind Dental', isIgnored: false, organizationIds: [] },
    ]);
    const all: string[] = [];
    let cursor = '';
    do {
      const { body } = await api.call('GET', path(id, `/accounts?limit=7${cursor}`));
      all.push(...body.items.map((item: { id: string }) => item.id));
      cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : '';
    } while (cursor !== '');
    expect(new Set(all).size).toBe(all.length);
    expect(all).not.toContain('204');
    const customers = await api.call('GET', path(id, '/accounts?accountType=1&limit=200'));
    const types = customers.body.items.map(
      (item: { filters: { accountType: string } }) => item.filters.accountType,
    );
    expect(new Set(types)).toEqual(new Set(['1']));
    expect(types.length).toBeLessThan(all.length);
    expect((await api.call('GET', path(id, '/accounts?color=red'))).status).toBe(400);
  });

  it('an account is told by its id', async () => {
    const id = await api.connect();
    const one = await api.call('GET', path(id, '/accounts/202'));
    expect(one.body).toEqual({ id: '202', name: 'Northwind Dental', number: 'C-00202', isActive: true });
    expect((await api.call('GET', path(id, '/accounts/no-such-id'))).status).toBe(404);
  });

  it('contacts are those of one account, page by page', async () => {
    const id = await api.connect();
    const first = await api.call('GET', path(id, '/contacts?accountId=202&limit=1'));
    const second = await api.call(
      'GET',
      path(id, `/contacts?accountId=202&limit=1&cursor=${first.body.nextCursor}`),
    );
    expect([...first.body.items, ...second.body.items].map((one: { name: string }) => one.name)).toEqual([
      'Ana Lima',
      'Bo Berg',
    ]);
    expect(second.body.nextCursor).toBeNull();
    const other = await api.call('GET', path(id, `/contacts?accountId=201&cursor=${first.body.nextCursor}`));
    expect(other.body.code).toBe('invalidCursor');
  });

  it('choices are those of a declared list, by parent if asked', async () => {
    const id = await api.connect();
    const queues = await api.call('GET', path(id, '/choices?field=ticketQueue'));
    expect(queues.body.items).toContainEqual({
      id: '8',
      label: 'Monitoring Alert',
      isActive: true,
      isDefault: false,
    });
    const subs = await api.call('GET', path(id, '/choices?field=subIssueType&parent=10'));
    expect(new Set(subs.body.items.map((one: { parentId: string }) => one.parentId))).toEqual(
      new Set(['10']),
    );
    expect((await api.call('GET', path(id, '/choices?field=__proto__'))).status).toBe(400);
  });
});
