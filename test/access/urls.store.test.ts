/**
 * ASVS 14.2.1: addresses stand in logs of proxies, in histories and in what browsers tell others. So they hold ids and
 * filters; every name that a path or a query takes is here with what it can be.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHerald, type TestHerald } from './herald.ts';

interface Description {
  paths: Record<string, Record<string, { parameters?: { in: string; name: string }[] }>>;
}

let herald: TestHerald;
let description: Description;
beforeAll(async () => {
  herald = await openHerald();
  const headers = { authorization: `Bearer ${herald.config.apiKey}` };
  description = (await herald.call('GET', '/api/openapi.json', { headers })).body;
}, 60_000);
afterAll(() => herald.close());

const parameters = (where: string) =>
  Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      (operation.parameters ?? [])
        .filter((one) => one.in === where)
        .map(({ name }) => ({ name, route: `${method.toUpperCase()} ${path}` })),
    ),
  );

/** Links that are handed over: used once, over after an hour or seven days, of which only a hash is kept. */
const links = [
  'GET /api/invitations/{token}',
  'POST /api/first-administrator/{token}',
  'POST /api/invitations/{token}',
];

/** The link of an invitation on its way to the provider, and what binds the provider's answer to the browser (OpenID Connect). */
const ofSignOn = ['GET /api/sign-on/{id}/begin invitation', 'GET /api/sign-on/{id}/callback state'];

const soundsSecret = /token|secret|passw|key|code|session|cookie|credential|invit|auth|otp|pin\b/i;
const soundsPersonal = /mail|phone|address|user|person|recipient(?!Id$)|(first|last|display)name/i;

describe('what the description of the API takes in an address', () => {
  it('paths hold ids and numbers, but for links that are used once', () => {
    const other = parameters('path').filter(({ name }) => !/^(id|n|[a-z]+Id)$/.test(name));
    expect(other.map(({ name, route }) => [name, route]).sort()).toEqual(
      links.map((route) => ['token', route]),
    );
  });

  it('queries hold no secret, but for the two steps of a single sign-on', () => {
    const all = parameters('query');
    expect(all.length).toBeGreaterThan(80);
    const secret = all.filter(
      ({ name, route }) => soundsSecret.test(name) || /sign-on.*callback/.test(route),
    );
    const named = secret.map(({ name, route }) => `${route} ${name}`);
    // Why somebody was not let through is no secret.
    expect(named.filter((one) => !one.endsWith(' error')).sort()).toEqual(ofSignOn);
  });

  it('queries name nobody: people are looked for by what somebody types, and filtered by id', () => {
    expect(parameters('query').filter(({ name }) => soundsPersonal.test(name))).toEqual([]);
  });
});

describe('a key in the query', () => {
  const names = ['access_token', 'token', 'key', 'apiKey', 'api_key', 'authorization'];

  it.each(names)('`%s` opens nothing, and is refused beside one in the header', async (name) => {
    const query = `?${new URLSearchParams({ [name]: herald.config.apiKey ?? '' })}`;
    const headers = { authorization: `Bearer ${herald.config.apiKey}` };
    const reads = Object.entries(description.paths)
      .filter(([path, methods]) => path.startsWith('/api/v1/') && 'get' in methods && !path.includes('{'))
      .map(([path]) => path);
    expect(reads.length).toBeGreaterThan(10);
    for (const path of reads) {
      expect([path, (await herald.call('GET', path + query)).status]).toEqual([path, 401]);
      const beside = await herald.call('GET', path + query, { headers });
      expect([path, beside.status]).toEqual([path, 400]);
      expect(beside.text).not.toContain(herald.config.apiKey);
    }
    expect(JSON.stringify(herald.lines)).not.toContain(herald.config.apiKey);
  });
});
