import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../http/fixtures/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const wanted = { name: 'Collector', scopes: ['intake'], source: 'edr' };

describe('API keys', () => {
  it('are made, shown once, listed without the key, and work', async () => {
    const made = await api.call('POST', '/api-keys', { body: wanted });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ name: 'Collector', scopes: ['intake'], source: 'edr' });
    expect(made.body.key).toMatch(/^hrld_[\w-]{43}$/);
    const list = await api.call('GET', '/api-keys?q=collect');
    expect(list.body.items).toHaveLength(1);
    expect(list.text).not.toContain(made.body.key);
    expect(await api.access.authenticate(`Bearer ${made.body.key}`)).toMatchObject({ source: 'edr' });
  });

  it('stop when revoked', async () => {
    const { body } = await api.call('POST', '/api-keys', { body: { name: 'short', scopes: ['read'] } });
    expect((await api.call('GET', '/organizations', { key: body.key })).status).toBe(200);
    expect((await api.call('DELETE', `/api-keys/${body.id}`)).status).toBe(204);
    expect((await api.call('GET', '/organizations', { key: body.key })).status).toBe(401);
    expect((await api.call('DELETE', `/api-keys/${body.id}`)).status).toBe(404);
  });

  it('are listed page by page', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await api.call('GET', `/api-keys?limit=1${cursor}`);
      seen.push(...body.items.map((item: { id: string }) => item.id));
      cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : '';
    } while (cursor !== '');
    const { body } = await api.call('GET', '/api-keys');
    expect(seen).toEqual(body.items.map((item: { id: string }) => item.id));
    expect(seen.length).toBeGreaterThanOrEqual(3);
  });

  it.each([
    [{ ...wanted, scopes: ['root'] }, 'scopes[0]'],
    [{ ...wanted, scopes: [] }, 'scopes'],
    [{ ...wanted, name: ' ' }, 'name'],
    [{ ...wanted, key: 'mine' }, 'key'],
  ])('%j is refused', async (body, field) => {
    const answer = await api.call('POST', '/api-keys', { body });
    expect([answer.status, answer.body.errors[0].field]).toEqual([422, field]);
  });

  it('are for administrators', async () => {
    const key = api.keys.read;
    expect((await api.call('GET', '/api-keys', { key })).status).toBe(403);
    expect((await api.call('POST', '/api-keys', { key, body: wanted })).status).toBe(403);
  });

  it('of another workspace are not there', async () => {
    const { body } = await api.call('POST', '/api-keys', { body: wanted });
    expect((await api.call('DELETE', `/api-keys/${body.id}`, { key: api.other.key })).status).toBe(404);
    expect((await api.call('GET', '/api-keys', { key: api.other.key })).text).not.toContain(body.id);
    expect((await api.call('GET', '/api-keys', { key: body.key })).status).toBe(403);
  });
});
