/** ASVS 7.5.1: proofs that grow old, and how they are renewed. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openHerald, password, type TestHerald } from './herald.ts';
import { codeOf, forgotten, grow, read, setUp } from './secondFactor.ts';
import { totpOf } from './totp.ts';

let herald: TestHerald;
beforeAll(async () => {
  herald = await openHerald();
}, 60_000);
afterAll(() => herald.close());
beforeEach(async () => {
  await herald.demandSecondFactor(true);
  await herald.admin.query('delete from guesses');
});

describe('sensitive changes', () => {
  const changes = [
    ['POST', '/api/v1/api-keys', { name: 'k', scopes: ['read'] }],
    ['POST', '/api/v1/invitations', { email: 'new@msp.example', role: 'viewer' }],
    ['PATCH', '/api/v1/users/0190a5c0-0000-7000-8000-000000000001', { role: 'viewer' }],
    ['DELETE', '/api/v1/users/0190a5c0-0000-7000-8000-000000000001', undefined],
    ['DELETE', '/api/v1/api-keys/0190a5c0-0000-7000-8000-000000000001', undefined],
    [
      'POST',
      '/api/v1/single-sign-on',
      { name: 'I', issuer: 'https://i.example', clientId: 'c', clientSecret: 's' },
    ],
    ['PUT', '/api/v1/psa/connections/0190a5c0-0000-7000-8000-000000000001/steps/credentials', {}],
    ['PUT', '/api/v1/email/settings', { servers: [] }],
  ] as const;

  it('ask again after ten minutes, until one confirms by the password or by a code', async () => {
    await herald.demandSecondFactor(false);
    const member = await herald.signedIn('admin');
    await grow(herald, member);
    for (const [method, path, body] of changes) {
      const answer = await member.call(method, path, body && { body });
      expect([path, ...codeOf(answer)]).toEqual([path, 403, 'recentSignInNeeded']);
    }
    expect((await read(member)).status).toBe(200);
    const confirm = (body: object) => member.call('POST', '/api/session/confirm', { body });
    expect((await confirm({ password: 'not the right password' })).status).toBe(422);
    expect(codeOf(await member.call('POST', '/api/v1/api-keys', { body: changes[0][2] }))[0]).toBe(403);
    expect((await confirm({ password })).status).toBe(204);
    expect((await member.call('POST', '/api/v1/api-keys', { body: changes[0][2] })).status).toBe(201);
  });

  it('a code is the second factor of a session that had none', async () => {
    const member = await herald.signedIn('admin');
    const { address } = await setUp(member);
    await herald.admin.query('update sessions set second_factor_at = null where user_id = $1', [
      member.userId,
    ]);
    await forgotten(herald);
    expect(codeOf(await read(member))).toEqual([403, 'secondFactorNeeded']);
    // The password is no second factor.
    await member.call('POST', '/api/session/confirm', { body: { password } });
    expect(codeOf(await read(member))).toEqual([403, 'secondFactorNeeded']);
    const body = { code: totpOf(address, 1) };
    expect((await member.call('POST', '/api/session/confirm', { body })).status).toBe(204);
    expect((await read(member)).status).toBe(200);
  });
});

describe('the demo', () => {
  it('signs in by one click as an administrator, asks nobody again; elsewhere there is no such route', async () => {
    const places = { psaUrl: 'http://127.0.0.1:9401', mailUrl: 'http://127.0.0.1:9425' };
    expect((await herald.browser().call('POST', '/api/session/demo', { body: {} })).status).toBe(404);
    const demo = await openHerald({ demo: places });
    try {
      await demo.demandSecondFactor(false);
      const browser = demo.browser();
      expect((await browser.call('POST', '/api/session/demo', { body: {} })).status).toBe(204);
      const { signedIn, options } = (await browser.call('GET', '/api/session')).body;
      expect([signedIn.user.name, signedIn.role, options.demo]).toEqual(['Demo', 'admin', places]);
      await demo.admin.query(`update sessions set proven_at = now() - interval '1 day'`);
      const body = { name: 'k', scopes: ['read'] };
      expect((await browser.call('POST', '/api/v1/api-keys', { body })).status).toBe(201);
    } finally {
      await demo.close();
    }
  });
});
