/** ASVS 6.3.3, 6.3.4: the second factor, whatever way somebody came in. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openHerald, type TestHerald } from './herald.ts';
import { codeOf, forgotten, read, setUp } from './secondFactor.ts';
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

describe('a workspace that demands a second factor', () => {
  it('lets nobody do anything before one is set up; setting it up is enough', async () => {
    const member = await herald.signedIn('admin');
    for (const path of [
      '/api/v1/alerts',
      '/api/v1/users',
      '/api/v1/api-keys',
      '/api/v1/workspaces/current',
    ]) {
      expect([path, ...codeOf(await member.call('GET', path))]).toEqual([path, 403, 'secondFactorNeeded']);
    }
    const session = await member.call('GET', '/api/session');
    expect(session.body.signedIn.secondFactor).toEqual({ isDemanded: true, isSet: false });
    await setUp(member);
    expect((await read(member)).status).toBe(200);
    const after = await member.call('GET', '/api/session');
    expect(after.body.signedIn.secondFactor).toEqual({ isDemanded: true, isSet: true });
  });

  it('keys are not asked for one', async () => {
    const headers = { authorization: `Bearer ${herald.config.apiKey}` };
    expect((await herald.call('GET', '/api/v1/users', { headers })).status).toBe(200);
  });

  it("a code proves nothing for another person's session, however its cookie is spelt", async () => {
    const member = await herald.signedIn('admin');
    const other = await herald.signedIn('viewer');
    const { address } = await setUp(other);
    const half = herald.browser();
    await half.signIn(other.email);
    const challenge = [...half.cookies].filter(([name]) => name.endsWith('two_factor'));
    expect(challenge).toHaveLength(1);
    const spellings = [(value: string) => value, (value: string) => value.replace(/(%3D|=)$/, '')];
    for (const [n, spelt] of spellings.entries()) {
      const thief = herald.browser();
      for (const [name, value] of [...member.cookies, ...challenge]) thief.cookies.set(name, spelt(value));
      for (const [name, value] of challenge) thief.cookies.set(name, value);
      const body = { code: totpOf(address, n === 0 ? 1 : -1) };
      expect((await thief.call('POST', '/api/session/confirm', { body })).status).not.toBe(204);
      await forgotten(herald);
      expect(codeOf(await read(member))).toEqual([403, 'secondFactorNeeded']);
    }
  });

  it('a password alone begins no session for whoever has one; the code does', async () => {
    const member = await herald.signedIn('viewer');
    const { address } = await setUp(member);
    const browser = herald.browser();
    const first = await browser.signIn(member.email);
    expect([first.status, first.body.twoFactorRedirect]).toEqual([200, true]);
    expect(codeOf(await read(browser))).toEqual([401, 'unauthorized']);
    const body = { code: totpOf(address, 1) };
    expect((await browser.call('POST', '/api/auth/two-factor/verify-totp', { body })).status).toBe(200);
    expect((await read(browser)).status).toBe(200);
  });

  it('a backup code does too, once', async () => {
    const member = await herald.signedIn('viewer');
    const { backupCodes } = await setUp(member);
    const body = { code: backupCodes[0] };
    const statuses = [];
    for (let n = 0; n < 2; n += 1) {
      const browser = herald.browser();
      await browser.signIn(member.email);
      statuses.push((await browser.call('POST', '/api/auth/two-factor/verify-backup-code', { body })).status);
    }
    expect(statuses).toEqual([200, 401]);
  });

  it('no device is trusted to skip it, and no answer says so', async () => {
    const member = await herald.signedIn('viewer');
    const { address } = await setUp(member);
    const browser = herald.browser();
    await browser.signIn(member.email);
    const body = { code: totpOf(address, 1), trustDevice: true };
    expect((await browser.call('POST', '/api/auth/two-factor/verify-totp', { body })).status).toBe(422);
  });
});

describe('a new secret key in front of the old one', () => {
  it('signs everybody out, and authenticators go on working', async () => {
    const member = await herald.signedIn('viewer');
    const { address } = await setUp(member);
    const secretKey = `${randomBytes(32).toString('hex')},${herald.secretKey}`;
    const rotated = await openHerald({ beside: { fresh: herald.fresh, secretKey } });
    try {
      const cookie = [...member.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      expect((await rotated.call('GET', '/api/v1/alerts', { headers: { cookie } })).status).toBe(401);
      const browser = rotated.browser();
      await browser.signIn(member.email);
      const body = { code: totpOf(address, 1) };
      expect((await browser.call('POST', '/api/auth/two-factor/verify-totp', { body })).status).toBe(200);
    } finally {
      await rotated.close();
    }
  });
});
