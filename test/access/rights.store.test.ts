/**
 * Promise N1, ASVS 8.2 and 8.4: who may use which route. Generated from the routes of the running product: one without
 * an entry below fails, and so does an entry without a route.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertOf, readTables } from '../tenancy/catalogue.ts';
import { apiKey, type Browser, openHerald, type TestHerald } from './herald.ts';
import { openRoutes, scopeOfRoute } from './routes.ts';

const rights: Record<string, readonly string[]> = {
  viewer: ['read'],
  operator: ['read', 'operate'],
  admin: ['read', 'operate', 'intake', 'admin'],
  'intake key': ['intake'],
  'read key': ['read'],
  'admin key': ['read', 'operate', 'intake', 'admin'],
};

type Call = (method: string, path: string, body?: unknown) => Promise<{ status: number; text: string }>;

let herald: TestHerald;
const callers = new Map<string, Call>();
const theirs = randomUUID();
/** The id of every row of the other workspace: what the catalogue puts into columns of this type. */
const theirId = '0190a5c0-0000-7000-8000-00000000abcd';
/** The same of alerts and deliveries, whose ids are numbers of the whole installation. */
const theirNumber = '1';
const nobodysNumber = '987654321';
let routes: { method: string; path: string; scope: string }[] = [];
let withoutScope: string[] = [];

beforeAll(async () => {
  herald = await openHerald();
  await fillOtherWorkspace();
  for (const role of ['viewer', 'operator', 'admin'])
    callers.set(role, byCookie(await herald.signedIn(role)));
  for (const scope of ['intake', 'read', 'admin']) {
    const made = await byKey(apiKey)('POST', '/api/v1/api-keys', { name: scope, scopes: [scope] });
    callers.set(`${scope} key`, byKey(JSON.parse(made.text).key));
  }
  const { paths } = JSON.parse((await byKey(apiKey)('GET', '/api/openapi.json')).text);
  const all = Object.entries(paths as Record<string, Record<string, { 'x-scope'?: string }>>).flatMap(
    ([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        scope: operation['x-scope'] ?? '',
      })),
  );
  routes = all.filter(({ scope }) => scope !== '');
  withoutScope = all.filter(({ scope }) => scope === '').map(({ method, path }) => `${method} ${path}`);
}, 90_000);
afterAll(() => herald.close());

/** One row in every table that has a workspace, of a workspace that none of the callers belongs to. */
async function fillOtherWorkspace(): Promise<void> {
  const { admin } = herald;
  await admin.query(`update workspaces set second_factor = false`);
  await admin.query(`set session_replication_role = 'replica'`);
  for (const table of await readTables(admin)) {
    if (table.workspaceColumn === undefined) continue;
    const { text, values } = insertOf(table, theirs);
    await admin.query(text, values);
  }
  await admin.query(`set session_replication_role = 'origin'`);
}

/** Everything of the other workspace, as it is now. */
async function snapshot(): Promise<string[]> {
  const found: string[] = [];
  for (const { name, workspaceColumn } of await readTables(herald.admin)) {
    if (workspaceColumn === undefined) continue;
    const query = `select '${name}' as t, to_jsonb(x) as row from "${name}" x where "${workspaceColumn}" = $1`;
    const { rows } = await herald.admin.query(query, [theirs]);
    found.push(...rows.map((row) => JSON.stringify(row)));
  }
  return found.sort();
}

const byKey =
  (key: string): Call =>
  (method, path, body) =>
    herald.call(method, path, {
      headers: { authorization: `Bearer ${key}` },
      ...(body !== undefined && { body }),
    });

const byCookie =
  (browser: Browser): Call =>
  (method, path, body) =>
    browser.call(method, path, body === undefined ? {} : { body });

const at = (path: string, id: string) => path.replace(/\{[^}]+\}/g, id);
const bodyFor = (method: string) => (method === 'GET' || method === 'DELETE' ? undefined : {});

describe('N1: routes', () => {
  it('each has an entry that says who may use it, and each entry has its route', () => {
    const found = Object.fromEntries(routes.map(({ method, path, scope }) => [`${method} ${path}`, scope]));
    expect(found).toEqual(scopeOfRoute);
    expect(withoutScope.sort()).toEqual([...openRoutes].sort());
  });

  it('nobody gets anywhere without a key or a session', async () => {
    const wrong: string[] = [];
    for (const { method, path } of routes) {
      for (const id of [theirId, randomUUID()]) {
        const body = bodyFor(method);
        const { status } = await herald.call(method, at(path, id), body === undefined ? {} : { body });
        if (status !== 401) wrong.push(`${method} ${path}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('the description of the API is for whoever has signed in or has a key; the figures are of no workspace', async () => {
    for (const path of ['/api/docs', '/api/openapi.json', '/metrics']) {
      expect([path, (await herald.call('GET', path)).status]).toEqual([path, 401]);
    }
    const found: Record<string, number[]> = {};
    for (const [name, call] of [...callers, ['environment', byKey(apiKey)] as const]) {
      const paths = ['/api/docs', '/metrics'];
      found[name] = await Promise.all(paths.map(async (path) => (await call('GET', path)).status));
    }
    expect(found).toEqual({
      viewer: [200, 401],
      operator: [200, 401],
      admin: [200, 401],
      'intake key': [200, 403],
      'read key': [200, 403],
      'admin key': [200, 403],
      environment: [200, 200],
    });
  });

  it.each(Object.keys(rights))('%s: what the scope allows, and nothing else', async (name) => {
    const call = callers.get(name) as Call;
    const wrong: string[] = [];
    for (const { method, path } of routes) {
      const may = rights[name]?.includes(scopeOfRoute[`${method} ${path}`] ?? '') === true;
      const { status } = await call(method, at(path, randomUUID()), bodyFor(method));
      const isRefused = status === 401 || status === 403;
      if (isRefused === may || status >= 500) wrong.push(`${method} ${path}: ${status}`);
    }
    expect(wrong).toEqual([]);
  });

  it.each(['admin', 'admin key', 'viewer', 'read key'])(
    '%s: what belongs to another workspace is as unknown as what nobody has',
    async (name) => {
      const call = callers.get(name) as Call;
      const before = await snapshot();
      const wrong: string[] = [];
      for (const { method, path } of routes) {
        if (!path.includes('{')) continue;
        const isNumbered = /^\/api\/v1\/(alerts|deliveries)\/\{/.test(path);
        const [theirOwn, nobodys] = isNumbered ? [theirNumber, nobodysNumber] : [theirId, randomUUID()];
        const body = method === 'POST' && isNumbered ? { reason: 'a look around' } : bodyFor(method);
        const other = await call(method, at(path, theirOwn), body);
        const unknown = await call(method, at(path, nobodys), body);
        const isSame = other.status === unknown.status && other.text === unknown.text;
        if (!isSame || other.status < 400)
          wrong.push(`${method} ${path}: ${other.status}, ${unknown.status}`);
        if (method === 'GET' && other.status === 200) wrong.push(`${method} ${path} shows it`);
      }
      expect(wrong).toEqual([]);
      expect(before.length).toBeGreaterThan(20);
      expect(await snapshot()).toEqual(before);
    },
  );

  it('another workspace cannot be chosen', async () => {
    const browser = await herald.signedIn('admin');
    const headers = { 'herald-workspace': theirs };
    expect((await browser.call('GET', '/api/v1/workspaces/current', { headers })).status).toBe(404);
    const own = { 'herald-workspace': herald.workspaceId };
    expect((await browser.call('GET', '/api/v1/workspaces/current', { headers: own })).status).toBe(200);
  });

  it('a person of two workspaces chooses, and has in each the role of that one', async () => {
    const second = randomUUID();
    await herald.admin.query(
      `insert into workspaces (id, name, data_key, second_factor) values ($1, 'A first', 'none', false)`,
      [second],
    );
    const person = await herald.signedIn('admin');
    await herald.admin.query(
      `insert into memberships (user_id, workspace_id, role) values ($1, $2, 'viewer')`,
      [person.userId, second],
    );
    const again = herald.browser();
    await again.signIn(person.email);
    expect((await again.call('GET', '/api/session')).body.signedIn.workspace.id).toBe(second);
    expect((await again.call('GET', '/api/v1/users')).status).toBe(403);
    const headers = { 'herald-workspace': herald.workspaceId };
    expect((await again.call('GET', '/api/v1/users', { headers })).status).toBe(200);
  });
});
