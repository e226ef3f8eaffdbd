/** ASVS 6.3.1, 15.2.2: when too many passwords wait to be looked at, everybody is told so in words, whatever the way. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Answer, type Browser, openHerald, password, type TestHerald } from './herald.ts';

/** While it is set, what is to be derived waits here. */
const held = vi.hoisted(() => ({ waiting: undefined as (() => void)[] | undefined }));

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof import('node:crypto')>();
  const scrypt: typeof real.scrypt = (...args: unknown[]) => {
    const [secret, salt, bytes, options, done] = args as Parameters<typeof real.scrypt>;
    const go = () => real.scrypt(secret, salt, bytes, { ...options, N: 1024 }, done);
    if (held.waiting) held.waiting.push(go);
    else go();
  };
  return { ...real, scrypt, default: { ...real, scrypt } };
});

/** Four are derived at once, a hundred wait (passwords.ts). */
const room = 104;
const tokenOf = (link = '') => link.split('/').at(-1);

let herald: TestHerald;
let admin: Browser & { userId: string; email: string };
let invitation: string;
beforeAll(async () => {
  herald = await openHerald({ env: { HERALD_TRUST_PROXY: 'loopback' } });
  await herald.demandSecondFactor(false);
  admin = await herald.signedIn('admin');
  const made = await admin.call('POST', '/api/v1/invitations', {
    body: { email: 'bo@msp.example', role: 'viewer' },
  });
  invitation = `/api/invitations/${tokenOf(made.body.link)}`;
}, 60_000);
afterAll(() => herald.close());

it('a password that finds no place in line is answered 503 in words, with the time after which to try again', async () => {
  const first = `/api/first-administrator/${tokenOf(herald.firstLink)}`;
  const person = { name: 'Ana', email: 'ana@msp.example', password };
  const begin = (n: number) =>
    herald.browser().call('POST', first, { body: person, headers: { 'x-forwarded-for': `192.0.2.${n}` } });
  held.waiting = [];
  // One more than there is room for: when it is refused, the line is full.
  const refused: Answer[] = [];
  const inLine = Array.from({ length: room + 1 }, async (_, n) => {
    const answer = await begin(n + 1);
    if (held.waiting) refused.push(answer);
    return answer;
  });
  await expect.poll(() => refused.map(({ status }) => status), { timeout: 20_000 }).toEqual([503]);

  const signIn = (email: string) => herald.browser().signIn(email);
  const ways = {
    'the first link': await begin(250),
    'an invitation': await herald.browser().call('POST', invitation, { body: { name: 'Bo', password } }),
    'a sign-in': await signIn(admin.email),
    'a sign-in of nobody': await signIn('nobody@msp.example'),
    'a new password': await admin.call('PUT', '/api/session/password', {
      body: { currentPassword: password, newPassword: 'violin cactus orbit lamp' },
    }),
    'a confirmation': await admin.call('POST', '/api/session/confirm', { body: { password } }),
    'a second factor': await admin.call('POST', '/api/auth/two-factor/enable', { body: { password } }),
  };
  const released = held.waiting;
  held.waiting = undefined;
  for (const go of released) go();
  for (const [way, { status, body, headers }] of Object.entries(ways)) {
    expect([way, status, body.code, headers['retry-after']]).toEqual([way, 503, 'signInBusy', '5']);
    expect(body.detail).toMatch(/Wait a few seconds/);
  }
  const statuses = (await Promise.all(inLine)).map(({ status }) => status);
  expect(statuses.toSorted()).toEqual([...Array.from({ length: room }, () => 404), 503]);
  expect(herald.lines.filter(({ level }) => level >= 50)).toEqual([]);
  expect((await signIn(admin.email)).status).toBe(200);
}, 60_000);
