/** Promises Q3 and Q4: sessions end for good, everywhere; other sites cannot use them; nothing redirects away. */
import { hash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHerald, openTwo, password, type TestHerald } from './herald.ts';

let herald: TestHerald;
let other: TestHerald;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ herald, other, close } = await openTwo());
}, 60_000);
afterAll(() => close());

/** Within 5 s the other instance answers so, too. */
async function soon(read: () => Promise<number>, status: number): Promise<void> {
  await expect.poll(read, { timeout: 5_000, interval: 200 }).toBe(status);
}

const cookieOf = (cookies: Map<string, string>) =>
  [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');

describe('a session ends', () => {
  const readBy = (cookie: string, instance: TestHerald) => async () =>
    (await instance.call('GET', '/api/v1/alerts', { headers: { cookie } })).status;

  it.each(['sign-out', 'password change elsewhere', 'removal', 'the list of devices', 'time', 'idleness'])(
    'by %s: its cookie is worth nothing, here and elsewhere',
    async (how) => {
      const keeper = await herald.signedIn('admin');
      const person = await herald.signedIn('viewer');
      const cookie = cookieOf(person.cookies);
      expect(await readBy(cookie, herald)()).toBe(200);
      expect(await readBy(cookie, other)()).toBe(200);
      const again = herald.browser();
      await again.signIn(person.email);
      if (how === 'sign-out') await person.call('POST', '/api/auth/sign-out', { body: {} });
      if (how === 'password change elsewhere') {
        const body = { currentPassword: password, newPassword: 'orbit lamp violin cactus' };
        expect((await again.call('PUT', '/api/session/password', { body })).status).toBe(204);
      }
      if (how === 'removal') {
        expect((await keeper.call('DELETE', `/api/v1/users/${person.userId}`)).status).toBe(204);
      }
      if (how === 'the list of devices') {
        const { items } = (await again.call('GET', '/api/session/devices')).body;
        const [mine, theirs] = [
          items.find((one: { isThis: boolean }) => one.isThis),
          items.find((one: { isThis: boolean }) => !one.isThis),
        ];
        expect(mine).toBeDefined();
        expect((await again.call('DELETE', `/api/session/devices/${theirs.id}`)).status).toBe(204);
      }
      if (how === 'time')
        await herald.admin.query(`update sessions set expires_at = now() where user_id = $1`, [
          person.userId,
        ]);
      if (how === 'idleness') {
        await herald.admin.query(
          `update sessions set used_at = now() - interval '13 hours' where user_id = $1`,
          [person.userId],
        );
      }
      await soon(readBy(cookie, herald), 401);
      await soon(readBy(cookie, other), 401);
    },
  );

  it('a demoted person loses what the role allowed within 5 s, everywhere', async () => {
    const keeper = await herald.signedIn('admin');
    const person = await herald.signedIn('admin');
    const cookie = cookieOf(person.cookies);
    const users = async () => (await other.call('GET', '/api/v1/users', { headers: { cookie } })).status;
    expect(await users()).toBe(200);
    const path = `/api/v1/users/${person.userId}`;
    expect((await keeper.call('PATCH', path, { body: { role: 'viewer' } })).body.role).toBe('viewer');
    await soon(users, 403);
  });

  it('signing in makes a new one each time, whatever cookie came with it', async () => {
    const person = await herald.signedIn('viewer');
    const session = () => person.cookies.get('herald.session_token');
    const before = session();
    await person.signIn(person.email);
    expect(session()).not.toBe(before);
  });

  it('what the database keeps of a session lets nobody in, whichever way it began', async () => {
    const person = await herald.signedIn('admin');
    const invited = herald.browser();
    const email = `i-${randomUUID()}@msp.example`;
    const made = await person.call('POST', '/api/v1/invitations', { body: { email, role: 'viewer' } });
    const path = `/api/invitations/${made.body.link.split('/').at(-1)}`;
    await invited.call('POST', path, { body: { name: 'Ivo', password } });
    for (const { cookies } of [person, invited]) {
      const name = 'herald.session_token';
      const value = decodeURIComponent(cookies.get(name) ?? '');
      const [token = '', signature = ''] = value.split('.');
      const { rows } = await herald.admin.query('select token from sessions');
      const kept = rows.map((row) => row.token);
      expect(token, '256 bits (ASVS 7.2.3)').toMatch(/^[\w-]{43}$/);
      expect(kept).not.toContain(token);
      expect(kept).toContain(hash('sha256', token, 'hex'));
      for (const one of kept) {
        const cookie = `${name}=${encodeURIComponent(`${one}.${signature}`)}`;
        expect((await herald.call('GET', '/api/v1/alerts', { headers: { cookie } })).status).toBe(401);
      }
      expect(await readBy(cookieOf(cookies), herald)()).toBe(200);
    }
  });

  it('a cookie that was not signed by us is none', async () => {
    const person = await herald.signedIn('viewer');
    const [[name = '', value = ''] = []] = [...person.cookies];
    const token = decodeURIComponent(value).split('.')[0];
    for (const forged of [token, `${token}.`, `${token}.AAAA`, `${token}x.${value.split('.')[1]}`]) {
      const answer = await herald.call('GET', '/api/v1/alerts', { headers: { cookie: `${name}=${forged}` } });
      expect([forged, answer.status]).toEqual([forged, 401]);
    }
  });
});

describe('other sites', () => {
  const body = { name: 'Somebody else' };

  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['no origin', { origin: '' }],
    ['a null origin', { origin: 'null' }],
    ['a sibling', { origin: 'http://127.0.0.1.evil.example' }],
    ['a cross-site fetch', { origin: '', 'sec-fetch-site': 'cross-site' }],
    ['a same-site fetch', { origin: '', 'sec-fetch-site': 'same-site' }],
    ['a text that is JSON', { origin: 'https://evil.example', 'content-type': 'text/plain' }],
    ['a form', { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' }],
  ])('%s changes nothing', async (_name, headers) => {
    const person = await herald.signedIn('admin');
    const sent = { body, headers: { ...headers } as Record<string, string> };
    if (sent.headers.origin === '') delete sent.headers.origin;
    const cookie = cookieOf(person.cookies);
    for (const [method, path] of [
      ['PATCH', '/api/v1/workspaces/current'],
      ['PATCH', '/api/session/profile'],
    ] as const) {
      const answer = await herald.call(method, path, { ...sent, headers: { cookie, ...sent.headers } });
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'foreignOrigin']);
    }
    expect((await person.call('GET', '/api/session')).body.signedIn.user.name).not.toBe(body.name);
  });

  it('cannot sign a browser in or out', async () => {
    const person = await herald.signedIn('viewer');
    const headers = { cookie: cookieOf(person.cookies), origin: 'https://evil.example' };
    const out = await herald.call('POST', '/api/auth/sign-out', { headers, body: {} });
    const signIn = { email: person.email, password };
    const into = await herald.call('POST', '/api/auth/sign-in/email', { headers, body: signIn });
    expect([out.status, into.status, into.headers['set-cookie']]).toEqual([403, 403, undefined]);
    expect((await person.call('GET', '/api/v1/alerts')).status).toBe(200);
  });

  it('our own pages may, also where a browser sends no origin', async () => {
    const person = await herald.signedIn('admin');
    const headers = { cookie: cookieOf(person.cookies), 'sec-fetch-site': 'same-origin' };
    const answer = await herald.call('PATCH', '/api/session/profile', { headers, body: { name: 'Ana' } });
    expect(answer.status).toBe(204);
  });

  it('a key needs no origin: no browser sends it by itself', async () => {
    const key = herald.config.apiKey;
    const answer = await herald.call('POST', '/api/v1/organizations', {
      headers: { authorization: `Bearer ${key}`, origin: 'https://elsewhere.example' },
      body: { name: `By key ${randomUUID()}` },
    });
    expect(answer.status).toBe(201);
  });
});

describe('redirects', () => {
  const away = [
    '//evil.example',
    '/\\evil.example',
    'https:evil.example',
    'https://evil.example',
    'javascript:alert(1)',
  ];

  it.each(away)('%s is refused wherever a parameter could carry it', async (to) => {
    const person = await herald.signedIn('viewer');
    for (const name of ['callbackURL', 'redirectTo', 'errorCallbackURL', 'newUserCallbackURL', 'returnTo']) {
      const body = { email: person.email, password, [name]: to };
      const answer = await herald.browser().call('POST', '/api/auth/sign-in/email', { body });
      expect([name, answer.status, answer.headers.location]).toEqual([name, 422, undefined]);
      const query = `?${new URLSearchParams({ [name]: to })}`;
      for (const path of ['/api/session', '/api/auth/passkey/generate-authenticate-options']) {
        const asked = await person.call('GET', path + query);
        expect([path, asked.headers.location]).toEqual([path, undefined]);
        expect(asked.status).toBeGreaterThanOrEqual(400);
      }
    }
  });

  it('what the library offers beyond our list is not there', async () => {
    const person = await herald.signedIn('admin');
    for (const path of [
      'sign-up/email',
      'sign-in/social',
      'request-password-reset',
      'verify-email',
      'delete-user',
      'link-social',
      'update-user',
      'change-email',
      'callback/x',
      'two-factor/get-totp-uri',
      'list-sessions',
      'ok',
      'error',
    ]) {
      const statuses = [];
      for (const method of ['GET', 'POST'])
        statuses.push((await person.call(method, `/api/auth/${path}`)).status);
      expect([path, ...statuses]).toEqual([path, 404, 404]);
    }
  });
});

describe('cookies', () => {
  it.each([
    [
      'http://127.0.0.1:8080',
      undefined,
      /^herald\.session_token=[^;]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/,
    ],
    [
      'https://herald.example',
      'https',
      /^__Host-herald\.session_token=[^;]+; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    ],
  ])('of %s', async (baseUrl, secure, pattern) => {
    const own = await openHerald({ beside: herald, env: { HERALD_BASE_URL: baseUrl } });
    try {
      const email = `c-${randomUUID()}@msp.example`;
      await herald.addPerson(email, 'viewer');
      const answer = await own.browser().signIn(email);
      const cookies = [answer.headers['set-cookie'] ?? []].flat();
      expect(cookies).toEqual([expect.stringMatching(pattern), expect.stringContaining('herald.device=')]);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.headers['strict-transport-security'] !== undefined).toBe(secure === 'https');
      expect(answer.text).not.toContain('token');
    } finally {
      await own.close();
    }
  });
});
