import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ConnectionApi,
  goodCredentials,
  goodTickets,
  path,
  startConnectionApi,
} from './fixtures/connectionApi.ts';

let api: ConnectionApi;
beforeAll(async () => {
  api = await startConnectionApi();
});
afterAll(() => api.close());

describe('who may', () => {
  const writes: [string, string, object | undefined][] = [
    ['POST', '', { kind: 'autotask' }],
    ['PATCH', '/ID', { name: 'x' }],
    ['DELETE', '/ID', undefined],
    ['PUT', '/ID/steps/credentials', goodCredentials],
    ['PUT', '/ID/steps/accounts', { catchAllAccountId: '201' }],
    ['PUT', '/ID/steps/tickets', goodTickets],
    ['PUT', '/ID/steps/contracts', {}],
    ['PUT', '/ID/mappings', { mappings: [] }],
    ['POST', '/ID/verify', undefined],
    ['POST', '/ID/refresh', undefined],
    ['POST', '/ID/finish', undefined],
    ['POST', '/ID/pause', undefined],
    ['POST', '/ID/resume', undefined],
    ['POST', '/ID/test-ticket', { accountId: '202' }],
  ];
  const reads = [
    '',
    '/mappings',
    '/accounts',
    '/contacts?accountId=1',
    '/choices?field=ticketQueue',
    '/contracts',
    '/services',
  ];

  it.each(writes)(
    '%s %s is refused to a read-only key, and not there for another workspace',
    async (method, url, body) => {
      const id = await api.draft();
      const target = `/psa/connections${url.replace('ID', id)}`;
      const options = body === undefined ? {} : { body };
      expect((await api.call(method, target, { ...options, key: api.keys.read })).status).toBe(403);
      expect((await api.call(method, target, { ...options, key: api.keys.intake })).status).toBe(403);
      if (url !== '')
        expect((await api.call(method, target, { ...options, key: api.other.key })).status).toBe(404);
    },
  );

  it.each(reads)('GET …%s is not there for another workspace', async (url) => {
    const id = await api.draft();
    expect((await api.call('GET', path(id, url), { key: api.other.key })).status).toBe(404);
    expect((await api.call('GET', path(id, url), { key: api.keys.intake })).status).toBe(403);
  });

  it('a preview is not there for another workspace', async () => {
    const options = { key: api.other.key, body: { alertId: '1' } };
    expect((await api.call('POST', path(await api.draft(), '/preview'), options)).status).toBe(404);
  });
});
