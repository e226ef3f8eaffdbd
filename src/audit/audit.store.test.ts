import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../http/fixtures/api.ts';
import { bySystem, record } from './index.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const rename = (name: string, headers?: Record<string, string>) =>
  api.call('PATCH', '/workspaces/current', { body: { name }, ...(headers && { headers }) });
const list = async (query = '') => (await api.call('GET', `/audit${query}`)).body;

describe('an entry', () => {
  it('says who, from where, what before and after, and why', async () => {
    await rename('Night Watch', { 'herald-reason': encodeURIComponent('Neuer Name, größer') });
    const { items } = await list('?limit=1');
    expect(items[0]).toMatchObject({
      n: 1,
      actor: { kind: 'apiKey', name: 'admin key' },
      address: '127.0.0.1',
      action: 'workspace.change',
      did: 'Changed the workspace',
      target: { kind: 'workspace', id: api.workspaceId, name: 'Night Watch' },
      changes: [{ field: 'Name', after: 'Night Watch' }],
      after: { name: 'Night Watch' },
      reason: 'Neuer Name, größer',
    });
  });

  it('is made of a change that changes nothing, too, and not of one that is refused', async () => {
    const { items: before } = await list();
    await rename('Night Watch');
    expect((await rename('x', { 'if-match': '"1"' })).status).toBe(412);
    expect((await rename('x', { 'herald-reason': '%E0%A4%A' })).body.code).toBe('invalidReason');
    expect((await rename('x', { 'herald-reason': 'x'.repeat(501) })).body.code).toBe('invalidReason');
    const { items: after } = await list();
    expect(after).toHaveLength(before.length + 1);
    expect(after[0]).toMatchObject({ changes: [], before: {}, after: {} });
  });

  it('cannot be changed or removed by the role that the product works as', async () => {
    const run = (text: string) => api.db.inWorkspace(api.workspaceId, (tx) => tx.query(text));
    for (const text of [
      `update audit_entries set reason = 'other'`,
      'delete from audit_entries',
      'delete from audit_heads',
    ]) {
      await expect(run(text)).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('of another workspace is not there', async () => {
    expect((await api.call('GET', '/audit', { key: api.other.key })).body.items).toEqual([]);
    const verdict = await api.call('GET', '/audit/verify', { key: api.other.key });
    expect(verdict.body).toMatchObject({ state: 'whole', entries: 0 });
  });
});

describe('the list', () => {
  it('is filtered by person, action, thing, time and text, page by page', async () => {
    const made = await api.call('POST', '/api-keys', { body: { name: 'Filter me', scopes: ['read'] } });
    await api.call('DELETE', `/api-keys/${made.body.id}`);
    const ofKey = await list(`?targetKind=apiKey&targetId=${made.body.id}`);
    expect(ofKey.items.map(({ action }: { action: string }) => action)).toEqual([
      'apiKey.revoke',
      'apiKey.create',
    ]);
    expect((await list('?action=apiKey.create')).items).toHaveLength(1);
    expect((await list('?q=filter%20me')).items).toHaveLength(2);
    expect((await list('?q=%25')).items).toEqual([]);
    expect((await list('?actorId=nobody')).items).toEqual([]);
    const [{ at, actor }] = ofKey.items;
    expect((await list(`?actorId=${actor.id}`)).items.length).toBeGreaterThan(2);
    expect((await list(`?to=${at}`)).items.some((item: { at: string }) => item.at >= at)).toBe(false);
    expect((await list(`?from=${at}`)).items.every((item: { at: string }) => item.at >= at)).toBe(true);
    const first = await list('?limit=1');
    const second = await list(`?limit=1&cursor=${first.nextCursor}`);
    expect(second.items[0].n).toBe(first.items[0].n - 1);
  });
});

describe('the export', () => {
  it('holds everything that the filters leave, oldest first', async () => {
    await rename('=cmd|calc');
    const csv = await api.call('GET', '/audit/export');
    expect(csv.headers['content-disposition']).toMatch(
      /^attachment; filename="herald-audit-\d{4}-\d\d-\d\d\.csv"$/,
    );
    const lines = csv.text.trimEnd().split('\r\n');
    const { items } = await list('?limit=200');
    expect(lines).toHaveLength(items.length + 1);
    expect(lines[1]).toMatch(/^1,/);
    expect(lines.at(-1)).toContain(`,'=cmd|calc,`);
    const json = await api.call('GET', '/audit/export?format=ndjson&action=apiKey.revoke');
    expect(JSON.parse(json.text)).toMatchObject({ action: 'apiKey.revoke', target: { name: 'Filter me' } });
  });

  it('is for administrators, as the end of the chain is', async () => {
    for (const path of ['/audit/export', '/audit/head']) {
      expect((await api.call('GET', path, { key: api.keys.read })).status).toBe(403);
    }
    expect((await api.call('GET', '/audit', { key: api.keys.read })).status).toBe(200);
  });
});

describe('many changes at once', () => {
  it('are one chain without a gap', async () => {
    const { entries } = (await api.call('GET', '/audit/verify')).body;
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        api.db.inWorkspace(api.workspaceId, (tx) =>
          record(tx, api.workspaceId, bySystem('test'), {
            action: 'workspace.change',
            target: { kind: 'workspace', id: api.workspaceId, name: `change ${n}` },
            after: { n },
          }),
        ),
      ),
    );
    const verdict = (await api.call('GET', '/audit/verify')).body;
    expect(verdict).toMatchObject({
      state: 'whole',
      entries: entries + 20,
      words: `Chain of ${entries + 20} entries is whole.`,
    });
  });

  it('an end that was exported is found again; one that was not signed here is refused', async () => {
    const { body: head } = await api.call('GET', '/audit/head');
    await rename('Later');
    const prove = async (body: object, key?: string) =>
      (await api.call('POST', '/audit/verify', { body: { head: body }, ...(key && { key }) })).body;
    expect(await prove(head)).toMatchObject({ state: 'whole' });
    expect(await prove({ ...head, n: head.n - 1 })).toMatchObject({ state: 'broken' });
    expect(await prove({ ...head, signature: '' })).toMatchObject({ state: 'broken' });
    expect(await prove(head, api.other.key)).toMatchObject({ state: 'broken' });
  });
});
