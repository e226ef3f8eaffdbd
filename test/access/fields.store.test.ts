/** ASVS 8.2.3, 15.3.1, 15.3.3: rights by member, walked over every route that the running product describes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changes } from '../promises/changes.ts';
import { openProduct, type Product } from '../promises/product.ts';
import { simulatorCredentials } from '../support/steps.ts';
import { changeable, notSecret, secretSettings, shown, shownOnce } from './fields.ts';
import {
  answersOf,
  bodiesOf,
  type Description,
  isClosed,
  membersOf,
  routesOf,
  type Schema,
} from './fieldTable.ts';
import { type Answer, apiKey, openHerald, type TestHerald } from './herald.ts';
import { scopeOfRoute } from './routes.ts';

type Call = (method: string, path: string, body?: unknown) => Promise<Answer>;

const rights: Record<string, readonly string[]> = {
  viewer: ['read'],
  operator: ['read', 'operate'],
  admin: ['read', 'operate', 'admin'],
  'intake key': [],
  'read key': ['read'],
  'admin key': ['read', 'operate', 'admin'],
};

let herald: TestHerald;
let description: Description;
let bodies: Record<string, Schema>;
/** For `{id}`: what the settings of a step are is known only with their connection. */
let connectionId: string;
const callers = new Map<string, Call>();

beforeAll(async () => {
  herald = await openHerald();
  await herald.demandSecondFactor(false);
  for (const role of ['viewer', 'operator', 'admin']) {
    const person = await herald.signedIn(role);
    callers.set(role, (method, path, body) => person.call(method, path, { body }));
  }
  const admin = byKey(apiKey);
  for (const scope of ['intake', 'read', 'admin']) {
    const { body } = await admin('POST', '/api/v1/api-keys', { name: scope, scopes: [scope] });
    callers.set(`${scope} key`, byKey(body.key));
  }
  connectionId = (await admin('POST', '/api/v1/psa/connections', { kind: 'autotask', name: 'Ours' })).body.id;
  description = (await admin('GET', '/api/openapi.json')).body;
  bodies = bodiesOf(description);
}, 60_000);
afterAll(() => herald.close());

const byKey =
  (key: string): Call =>
  (method, path, body) =>
    herald.call(method, path, { headers: { authorization: `Bearer ${key}` }, body });

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');

/** The call of a route with this body. */
function send(call: Call, route: string, body: unknown): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  // Deliveries have numbers.
  const id = path.startsWith('/api/v1/deliveries/') ? '1' : connectionId;
  return call(method, path.replace(/\{[^}]+\}/g, id), body);
}

/** A body in which this member alone is given. */
const only = (member: string): unknown =>
  member.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), 'x');

describe('members of bodies', () => {
  it('each stand in the table, beneath the scope of their route', () => {
    const found: Record<string, Record<string, string[]>> = {};
    for (const [route, schema] of Object.entries(bodies)) {
      const scope = scopeOfRoute[route] ?? 'anybody';
      found[scope] = { ...found[scope], [route]: membersOf(schema).sort() };
    }
    expect(found).toEqual(eachSorted(changeable));
  });

  it.each(Object.keys(rights))('%s may change those of the scope, and not one else', async (name) => {
    const call = callers.get(name) as Call;
    const wrong: string[] = [];
    for (const [scope, routes] of Object.entries(changeable)) {
      if (scope === 'anybody') continue;
      for (const [route, members] of Object.entries(routes)) {
        for (const member of words(members)) {
          const { status } = await send(call, route, only(member));
          const isRefused = status === 401 || status === 403;
          if (isRefused === rights[name]?.includes(scope)) wrong.push(`${route} ${member}: ${status}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('are all that can be changed: what answers show, and what stores hold, is refused in a body', async () => {
    const call = callers.get('admin') as Call;
    const names = new Set([
      ...Object.values(shown)
        .flatMap((things) => Object.values(things))
        .flatMap(words),
      ...stored,
    ]);
    const declared = (await kinds()).flatMap(({ fields }) => fields.map(({ key }) => key));
    const wrong: string[] = [];
    for (const [route, schema] of Object.entries(bodies)) {
      const known = new Set(membersOf(schema));
      if (!known.has('*') && !isClosed(schema)) wrong.push(`${route} takes members that nobody has named`);
      const settings = known.has('*') ? declared : [];
      const foreign = [...names].filter((name) => ![...known, ...settings, '*'].includes(name));
      while (foreign.length > 0) {
        const given = foreign.splice(0, mostErrors);
        const { status, body } = await send(
          call,
          route,
          Object.fromEntries(given.map((name) => [name, 'x'])),
        );
        const refused = (body?.errors ?? []).map(({ field }: { field: string }) => field);
        const taken = given.filter((name) => !refused.includes(name));
        if (status !== 422 || taken.length > 0) wrong.push(`${route}: ${status} with ${taken}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 120_000);
});

/** The kinds of PSA, with the settings that each declares. */
async function kinds(): Promise<{ kind: string; fields: { key: string; kind: string }[] }[]> {
  const { body } = await (callers.get('viewer') as Call)('GET', '/api/v1/psa/kinds');
  return body.items;
}

/** An answer names no more than 50. */
const mostErrors = 40;

/** Names that only tables have. */
const stored = ['workspaceId', 'workspace_id', 'userId', 'user_id', 'isAdmin', 'tokenHash', 'passwordHash'];

describe('members of answers', () => {
  it('each stand in the table, beneath those who see them', () => {
    expect(answersOf(description)).toEqual(eachSorted(shown));
  });

  it('have no names of secrets, and what is shown once is in no answer that reads', () => {
    const isSecret = /secret|password|token|hash|signature|credential/i;
    const all = Object.values(shown).flatMap((things) =>
      Object.entries(things).flatMap(([thing, names]) => words(names).map((name) => `${thing}.${name}`)),
    );
    const sound = all.filter((one) => isSecret.test(one.split('.').at(-1) ?? ''));
    expect(sound.sort()).toEqual([...notSecret].sort());
    const read = Object.values(answersOf(description, 'reading')).flatMap((things) =>
      Object.entries(things).flatMap(([thing, names]) => names.map((name) => `${thing}.${name}`)),
    );
    expect(read.filter((one) => shownOnce.includes(one))).toEqual([]);
  });

  it('settings of a PSA that are secrets are declared as such', async () => {
    const found = (await kinds()).map(({ kind, fields }) => [
      kind,
      fields.filter((field) => field.kind === 'secret').map(({ key }) => key),
    ]);
    const wanted = Object.entries(secretSettings).map(([kind, keys]) => [kind, words(keys)]);
    expect(found).toEqual(wanted);
  });

  it('hold no secret after every change there is, whoever reads', async () => {
    const product = await openProduct();
    const changed = await changeEverything(product);
    const once = changed.flatMap(({ body }) => [body?.key, body?.link]).filter((one) => one !== undefined);
    expect(once.length).toBe(shownOnce.length);
    const wanted = { name: 'Reader', scopes: ['read'] };
    const { key } = await product.api<{ key: string }>('POST', '/api-keys', wanted);
    const read = [
      ...(await readEverything(product, key)),
      ...(await readEverything(product, product.apiKey)),
    ];
    const secrets = [...changed.flatMap((one) => one.secrets), simulatorCredentials.integrationCode];
    const found = [
      ...changed.flatMap((answer) => hits(answer, [...secrets, product.apiKey])),
      ...read.flatMap((answer) => hits(answer, [...secrets, ...once, product.apiKey, key])),
    ];
    expect(found).toEqual([]);
  }, 120_000);
});

interface Told {
  route: string;
  text: string;
}

const hits = ({ route, text }: Told, secrets: readonly string[]): string[] =>
  secrets.filter((secret) => text.includes(secret)).map((secret) => `${route} told ${secret}`);

/** Each route that changes something, once and well. */
async function changeEverything(product: Product) {
  const told: (Told & { body: { key?: string; link?: string } | undefined; secrets: readonly string[] })[] =
    [];
  for (const [route, prepare] of Object.entries(changes)) {
    const { path, body, secrets = [] } = await prepare(product);
    const [method = ''] = route.split(' ');
    const answer = await ask(product, product.apiKey, method, path, body);
    expect([route, answer.status]).toEqual([route, expect.toSatisfy((status) => status < 300)]);
    told.push({ route, text: answer.text, body: answer.text ? JSON.parse(answer.text) : undefined, secrets });
  }
  return told;
}

/** Each route that reads, of things that there are; only what a caller may not read is not answered. */
async function readEverything(product: Product, key: string): Promise<Told[]> {
  const ids = await idsOf(product);
  const told: Told[] = [];
  for (const { route, path, isChange } of routesOf(description)) {
    const scope = scopeOfRoute[route];
    if (isChange || scope === undefined || !path.startsWith('/api/v1')) continue;
    const [, thing = ''] = /^\/api\/v1\/(?:psa\/)?([\w-]+)\/\{/.exec(path) ?? [];
    const address = path
      .replace('/api/v1', '')
      .replace('{accountId}', product.account)
      .replace(/\{\w+\}/, ids[thing] ?? '');
    const { status, text } = await ask(product, key, 'GET', address + (queries[route] ?? ''));
    const isMine = scope === 'read' || key === product.apiKey;
    const wanted = isMine ? (atPsa.test(route) ? [200, 400, 404, 422] : [200]) : [403];
    expect([route, isMine, wanted.includes(status) || status]).toEqual([route, isMine, true]);
    told.push({ route, text });
  }
  return told;
}

/** They ask the PSA for what it may not have. */
const atPsa = /\/(contracts|services)$/;

/** What some routes have to be told. */
const queries: Readonly<Record<string, string>> = {
  'GET /api/v1/psa/connections/{id}/choices': '?field=ticketQueue',
  'GET /api/v1/psa/connections/{id}/contacts': '?accountId=201',
  'GET /api/v1/psa/connections/{id}/contracts': '?accountId=201',
  'GET /api/v1/psa/connections/{id}/services': '?contractId=1',
};

/** Of each thing one that is there, by the name in its path. */
async function idsOf({ api, connection }: Product): Promise<Record<string, string>> {
  const first = async (path: string) =>
    (await api<{ items: { id: string }[] }>('GET', path)).items[0]?.id ?? '';
  return {
    alerts: await first('/alerts'),
    deliveries: await first('/deliveries'),
    organizations: await first('/organizations'),
    // With accounts: its login has been stored.
    connections: await connection('active'),
    audit: '1',
  };
}

async function ask(product: Product, key: string, method: string, path: string, body?: unknown) {
  const answer = await fetch(`${product.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text() };
}

/** The table as the description tells it. */
function eachSorted(table: Record<string, Record<string, string>>): Record<string, Record<string, string[]>> {
  const sorted = (names: Record<string, string>) =>
    Object.fromEntries(Object.entries(names).map(([name, text]) => [name, words(text).sort()]));
  return Object.fromEntries(Object.entries(table).map(([name, names]) => [name, sorted(names)]));
}
