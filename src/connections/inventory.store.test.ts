import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ListedRoute, listRoutes } from '../http/server.ts';
import { type ConnectionApi, startConnectionApi } from './fixtures/connectionApi.ts';

let api: ConnectionApi;
let routes: readonly ListedRoute[];
let document: { paths: Record<string, Record<string, Operation>> };

interface Operation {
  summary?: string;
  'x-scope'?: string;
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, unknown>;
}

interface Schema {
  type?: string;
  additionalProperties?: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
}

beforeAll(async () => {
  api = await startConnectionApi(5);
  routes = listRoutes(api.app);
  document = (await api.call('GET', '//api/openapi.json')).body;
});
afterAll(() => api.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([url, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${url}`,
      operation,
    })),
  );

it('the description names exactly the routes that there are', () => {
  const registered = routes
    .filter(({ isHidden }) => !isHidden)
    .map(({ method, url }) => `${method} ${url.replace(/:(\w+)/g, '{$1}')}`);
  expect(
    operations()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(registered.sort());
  expect(registered.length).toBeGreaterThan(35);
});

it('every route below /api/v1 asks for a scope; a change for that of administrators, or daily work on what exists', () => {
  const open = routes.filter(({ url, scope }) => url.startsWith('/api/v1') && !scope);
  expect(open).toEqual([]);
  const changes = routes.filter(
    ({ method, url }) => method !== 'GET' && !url.endsWith('/preview') && !url.endsWith('/audit/verify'),
  );
  const daily = /\/(verify|refresh|pause|resume|test-ticket|retry|discard)$/;
  const wanted = ({ url }: ListedRoute) => (daily.test(url) ? 'operate' : 'admin');
  expect(changes.filter((route) => route.scope !== wanted(route))).toEqual([]);
});

it('every body is closed: members that are not named are refused', () => {
  const loose = operations().flatMap(({ name, operation }) => {
    const schema = operation.requestBody?.content['application/json']?.schema;
    return schema ? openObjects(schema, name) : [];
  });
  // Steps are declared by the adapter and closed by its declaration; an alert keeps what it does not know.
  expect(loose.filter((place) => !/\/steps\/\w+$|\/preview\.(alert|steps\.\w+)$/.test(place))).toEqual([]);
});

function openObjects(schema: Schema, place: string): string[] {
  const own = schema.type === 'object' && schema.additionalProperties !== false ? [place] : [];
  const inner = Object.entries(schema.properties ?? {}).flatMap(([key, one]) =>
    openObjects(one, `${place}.${key}`),
  );
  const items = schema.items ? openObjects(schema.items, `${place}[]`) : [];
  return [...own, ...inner, ...items, ...(schema.anyOf ?? []).flatMap((one) => openObjects(one, place))];
}

it('every route refuses a missing key, and an id that is not there is 404 before anything else', async () => {
  for (const { method, url, scope } of routes) {
    if (!scope) continue;
    const target = `/${url.replace(/:\w+/g, randomUUID())}`;
    const anonymous = await api.call(method, target, { headers: { authorization: '' } });
    expect([method, url, anonymous.status]).toEqual([method, url, 401]);
  }
});

it('parameters that are sent twice or are not known are 400 on every list', async () => {
  for (const { method, url } of routes) {
    if (method !== 'GET' || !url.startsWith('/api/v1') || url.includes(':')) continue;
    for (const query of ['limit=1&limit=2', 'nonsense=1']) {
      expect([url, (await api.call('GET', `/${url}?${query}`)).status]).toEqual([url, 400]);
    }
  }
});
