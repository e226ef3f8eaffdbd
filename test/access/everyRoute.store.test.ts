/**
 * What holds on every route and every way in, gone through one by one: ASVS 3.3 (cookies), 3.4, 4.1.1 and 14.3.2
 * (headers), 3.5 (other sites), 6.3.3, 6.3.4 and 6.4.3 (the second factor), 7.5.1 (proofs that grow old). That the lists
 * are whole is shown by N1.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, apiKey, type Browser, openHerald, password, type TestHerald } from './herald.ts';
import { type Provider, startProvider } from './provider.ts';
import { openRoutes, scopeOfRoute } from './routes.ts';
import { totpOf } from './totp.ts';

const origin = 'https://herald.example';
const byKey = { authorization: `Bearer ${apiKey}` };
const routes = [...Object.keys(scopeOfRoute), ...openRoutes].map((route) => {
  const [method = '', path = ''] = route.split(' ');
  return { route, method, path: path.replace(/\{[^}]+\}/g, randomUUID()), isScoped: route in scopeOfRoute };
});
const changing = routes.filter(({ method }) => method !== 'GET');

let herald: TestHerald;
let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
  provider.state.person = { sub: 's-1', email: 'sam@sso.example', email_verified: true, name: 'Sam' };
  herald = await openHerald({ env: { HERALD_BASE_URL: origin } });
}, 60_000);
afterAll(async () => {
  await herald.close();
  await provider.close();
});

/** Each way in that Herald has beside the password and the passkey: a session that has shown no second factor. */
const waysIn: Record<string, () => Promise<Browser>> = {
  'the first link': async () => {
    const browser = herald.browser();
    const body = { name: 'Ana', email: 'ana@msp.example', password };
    const path = `/api/first-administrator/${herald.firstLink?.split('/').at(-1)}`;
    expect((await browser.call('POST', path, { body })).status).toBe(204);
    return browser;
  },
  'an invitation': async () => {
    const browser = herald.browser();
    const asked = { email: `i-${randomUUID()}@msp.example`, role: 'admin' };
    const made = await herald.call('POST', '/api/v1/invitations', { headers: byKey, body: asked });
    const path = `/api/invitations/${made.body.link.split('/').at(-1)}`;
    expect((await browser.call('POST', path, { body: { name: 'Ivo', password } })).status).toBe(204);
    return browser;
  },
  'single sign-on': async () => {
    const browser = herald.browser();
    const body = { name: 'Company', issuer: provider.issuer, clientId: 'herald', clientSecret: 'secret' };
    const made = await herald.call('POST', '/api/v1/single-sign-on', {
      headers: byKey,
      body: { ...body, newcomerRole: 'admin' },
    });
    const begun = await browser.call('GET', `/api/sign-on/${made.body.id}/begin`);
    const back = await browser.call('GET', provider.authorize(String(begun.headers.location)));
    expect(back.headers.location).toBe(`${origin}/`);
    return browser;
  },
  'the password of somebody without a second factor': () => herald.signedIn('admin'),
};

describe('without a second factor, where it is demanded', () => {
  it.each(Object.entries(waysIn))('%s leads to no route', async (_way, comeIn) => {
    await herald.demandSecondFactor(true);
    const browser = await comeIn();
    const admitted: string[] = [];
    for (const { route, method, path, isScoped } of routes) {
      if (!isScoped) continue;
      const { status, body } = await browser.call(method, path, method === 'GET' ? {} : { body: {} });
      if (body?.code !== 'secondFactorNeeded') admitted.push(`${route}: ${status} ${body?.code}`);
    }
    expect(admitted).toEqual([]);
  });
});

describe('a proof of more than ten minutes ago', () => {
  it('is enough for all but credentials, people and keys', async () => {
    await herald.demandSecondFactor(false);
    const admin = await herald.signedIn('admin');
    await herald.admin.query(
      `update sessions set proven_at = now() - interval '11 minutes' where user_id = $1`,
      [admin.userId],
    );
    const asked: string[] = [];
    for (const { route, method, path, isScoped } of routes) {
      if (!isScoped) continue;
      const { body } = await admin.call(method, path, method === 'GET' ? {} : { body: {} });
      if (body?.code === 'recentSignInNeeded') asked.push(route);
    }
    const sensitive = /\/(api-keys|invitations|single-sign-on|users|steps\/credentials)\b/;
    const wanted = changing.filter(({ route, isScoped }) => isScoped && sensitive.test(route));
    expect(asked).toEqual(wanted.map(({ route }) => route));
    expect(asked.length).toBeGreaterThan(9);
  });
});

describe('other sites', () => {
  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['a form of another site', { origin: '', 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain' }],
  ])('%s: no route that changes something listens to a session', async (_name, headers) => {
    await herald.demandSecondFactor(false);
    const admin = await herald.signedIn('admin');
    const wrong: string[] = [];
    for (const { route, method, path } of changing) {
      const { status, body } = await admin.call(method, path, { headers, body: {} });
      if (body?.code !== 'foreignOrigin') wrong.push(`${route}: ${status} ${body?.code}`);
    }
    expect(wrong).toEqual([]);
    expect((await admin.call('GET', '/api/v1/workspaces/current')).status).toBe(200);
  });

  it('no route changes anything by GET, whatever a link of another site says', async () => {
    const admin = await herald.signedIn('admin');
    const readable = new Set(routes.flatMap(({ method, path }) => (method === 'GET' ? shapeOf(path) : [])));
    const wrong: string[] = [];
    for (const { route, path } of changing) {
      if (readable.has(shapeOf(path))) continue;
      const { status } = await admin.call('GET', path, { headers: { 'x-http-method-override': 'POST' } });
      if (status !== 404 && status !== 400) wrong.push(`${route}: ${status}`);
    }
    expect(wrong).toEqual([]);
  });
});

const shapeOf = (path: string): string => path.replace(/[0-9a-f-]{36}/g, '*');

describe('every answer', () => {
  /** What is wrong with the headers of an answer, in words. */
  function faultsOf({ headers, text }: Answer): string[] {
    const value = (name: string) => String(headers[name] ?? '');
    const policy = value('content-security-policy');
    const wanted: [string, boolean][] = [
      ['nosniff', value('x-content-type-options') === 'nosniff'],
      ['referrer', value('referrer-policy') === 'no-referrer'],
      ['not cached', value('cache-control') === 'no-store'],
      [
        'a year of https',
        Number(/max-age=(\d+)/.exec(value('strict-transport-security'))?.[1]) >= 31_536_000,
      ],
      ['default', policy.includes("default-src 'none'")],
      ['objects, base, frames', /object-src 'none'.*base-uri 'none'.*frame-ancestors 'none'/.test(policy)],
      ['nothing unsafe', !/unsafe|\*|https?:/.test(policy)],
      ['no other origin', headers['access-control-allow-origin'] === undefined],
      ['no name of the software', headers['x-powered-by'] === undefined && headers.server === undefined],
      ['a type with its charset', text === '' || /; ?charset=utf-8(;|$)/i.test(value('content-type'))],
    ];
    return wanted.filter(([, isRight]) => !isRight).map(([what]) => what);
  }

  it('has its headers: of every route, to strangers, people and keys, also when it refuses', async () => {
    await herald.demandSecondFactor(false);
    const admin = await herald.signedIn('admin');
    const stranger = herald.browser();
    const foreign = { origin: 'https://evil.example' };
    const other = ['/', '/settings/access', '/nothing', '/api/nothing', '/api/docs', '/api/openapi.json'].map(
      (path) => ({ route: `GET ${path}`, method: 'GET', path }),
    );
    const wrong: string[] = [];
    for (const { route, method, path } of [...routes, ...other]) {
      const sent = method === 'GET' ? {} : { body: {} };
      const answers: [string, Answer][] = [
        ['stranger', await stranger.call(method, path, { ...sent, headers: { accept: 'text/html' } })],
        ['other site', await stranger.call(method, path, { ...sent, headers: foreign })],
        ['key', await herald.call(method, path, { ...sent, headers: byKey })],
      ];
      if (method === 'GET') answers.push(['person', await admin.call(method, path)]);
      for (const [who, answer] of answers) {
        const faults = faultsOf(answer);
        if (faults.length > 0) wrong.push(`${route} to ${who} (${answer.status}): ${faults.join(', ')}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is none to TRACE', async () => {
    for (const path of ['/', '/api/session', '/api/v1/alerts']) {
      const { status, text } = await herald.call('TRACE', path, {
        headers: { ...byKey, 'x-canary': 'canary' },
      });
      expect([path, status >= 400, text.includes('canary')]).toEqual([path, true, false]);
    }
  });
});

describe('every cookie', () => {
  it('belongs to this host alone, to https alone, and is hidden from scripts', async () => {
    await herald.demandSecondFactor(false);
    const seen = new Map<string, string[]>();
    const watch = (browser: Browser): Browser => ({
      ...browser,
      async call(method, path, sent) {
        const answer = await browser.call(method, path, sent);
        for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
          const name = line.slice(0, line.indexOf('='));
          seen.set(name, [...(seen.get(name) ?? []), line]);
        }
        return answer;
      },
    });
    const member = watch(await herald.signedIn('admin'));
    const { email } = member as Browser & { email: string };
    const post = (path: string, body: object) => member.call('POST', `/api/auth${path}`, { body });
    const { body } = await post('/two-factor/enable', { password });
    await post('/two-factor/verify-totp', { code: totpOf(body.totpURI) });
    await member.call('GET', '/api/auth/passkey/generate-register-options');
    await post('/sign-out', {});
    await member.call('GET', '/api/auth/passkey/generate-authenticate-options');
    for (const rememberMe of [true, false]) {
      await post('/sign-in/email', { email, password, rememberMe });
      await post('/two-factor/verify-backup-code', { code: body.backupCodes[rememberMe ? 0 : 1] });
    }
    await member.call('DELETE', '/api/session/devices');
    const sso = (await herald.call('GET', '/api/v1/single-sign-on', { headers: byKey })).body.items[0];
    await member.call('GET', `/api/sign-on/${sso.id}/begin`);
    await member.call('GET', `/api/sign-on/${sso.id}/callback?state=x`);
    const wrong = [...seen.values()].flat().filter((line) => {
      const [, ...attributes] = line.toLowerCase().split(/; */);
      const has = (one: string) => attributes.includes(one);
      const isStrict = has('samesite=lax') || has('samesite=strict');
      const isOurs = line.startsWith('__Host-herald.') && has('path=/') && !/; *domain=/i.test(line);
      return !(isOurs && isStrict && has('secure') && has('httponly'));
    });
    expect(wrong).toEqual([]);
    expect([...seen.keys()].sort()).toEqual(
      [
        'better-auth-passkey',
        'device',
        'dont_remember',
        'session_data',
        'session_token',
        'sign_on_state',
        'two_factor',
      ].map((name) => `__Host-herald.${name}`),
    );
  });
});
