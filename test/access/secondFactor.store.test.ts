/** ASVS 6.3.3, 6.3.4, 6.5, 7.5.1: the second factor, whatever way somebody came in, and proofs that grow old. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, openHerald, password, type TestHerald } from './herald.ts';
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

type Member = Browser & { userId: string; email: string };

/** Sets an authenticator up; answers its address and the backup codes. The session has shown it. */
async function setUp(member: Member): Promise<{ address: string; backupCodes: string[] }> {
  const begun = await member.call('POST', '/api/auth/two-factor/enable', { body: { password } });
  expect([begun.status, begun.text]).toEqual([200, expect.stringContaining('otpauth://')]);
  const { totpURI: address, backupCodes } = begun.body;
  const shown = await member.call('POST', '/api/auth/two-factor/verify-totp', {
    body: { code: totpOf(address) },
  });
  expect([shown.status, shown.text]).toEqual([200, expect.not.stringContaining('token')]);
  return { address, backupCodes };
}

const read = (browser: Browser) => browser.call('GET', '/api/v1/alerts');
const codeOf = ({ status, body }: { status: number; body?: { code?: string } }) => [status, body?.code];

/** As if the last proof was long ago. */
const grow = (member: Member) =>
  herald.admin
    .query(`update sessions set proven_at = now() - interval '11 minutes' where user_id = $1`, [
      member.userId,
    ])
    .then(() => forgotten());

/** What the gate knows is at most 2 s old; somebody who signs out makes it ask anew. */
async function forgotten(): Promise<void> {
  const other = await herald.signedIn('viewer');
  await other.call('POST', '/api/auth/sign-out', { body: {} });
}

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
      await forgotten();
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

describe('codes', () => {
  it('count once: the same code again is refused, in a new sign-in and by somebody who saw it', async () => {
    const member = await herald.signedIn('viewer');
    const { address } = await setUp(member);
    const body = { code: totpOf(address, 1) };
    const verify = async () => {
      const browser = herald.browser();
      await browser.signIn(member.email);
      return browser.call('POST', '/api/auth/two-factor/verify-totp', { body });
    };
    const both = await Promise.all([verify(), verify()]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect(codeOf(await verify())).toEqual([401, 'wrongCode']);
  });

  it('ten wrong ones and the account rests, also with a session at hand', async () => {
    const member = await herald.signedIn('viewer');
    const { address } = await setUp(member);
    for (let n = 0; n < 10; n += 1) {
      const answer = await member.call('POST', '/api/session/confirm', { body: { code: `00000${n}` } });
      expect([n, answer.status]).toEqual([n, 401]);
    }
    const body = { code: totpOf(address, 1) };
    expect(codeOf(await member.call('POST', '/api/session/confirm', { body }))).toEqual([
      429,
      'tooManyTries',
    ]);
  });
});

describe('what one signs in with', () => {
  const changes = [
    ['POST', '/api/auth/two-factor/disable', { password }],
    ['POST', '/api/auth/two-factor/generate-backup-codes', { password }],
    ['GET', '/api/auth/passkey/generate-register-options', undefined],
    ['POST', '/api/auth/passkey/delete-passkey', { id: 'x' }],
    ['PUT', '/api/session/password', { currentPassword: password, newPassword: 'orbit lamp violin cactus' }],
  ] as const;
  const looks = [
    ['GET', '/api/auth/passkey/list-user-passkeys', undefined],
    ['GET', '/api/session/devices', undefined],
    ['PATCH', '/api/session/profile', { name: 'Ana' }],
    ['DELETE', '/api/session/devices/0190a5c0-0000-7000-8000-000000000001', undefined],
    ['DELETE', '/api/session/devices', undefined],
  ] as const;

  it('is neither seen nor are sessions ended where the workspace demands a factor that is not set up', async () => {
    const member = await herald.signedIn('viewer');
    const again = herald.browser();
    await again.signIn(member.email);
    for (const [method, path, body] of looks) {
      const answer = await member.call(method, path, body && { body });
      expect([method, path, ...codeOf(answer)]).toEqual([method, path, 403, 'secondFactorNeeded']);
    }
    expect((await again.call('GET', '/api/session')).body.signedIn.user.name).not.toBe('Ana');
    await herald.demandSecondFactor(false);
    await forgotten();
    expect((await member.call('GET', '/api/session/devices')).body.items).toHaveLength(2);
  });

  it('is seen, and sessions are ended, without a fresh proof', async () => {
    const member = await herald.signedIn('viewer');
    await setUp(member);
    await grow(member);
    const answers = [];
    for (const [method, path, body] of looks) {
      answers.push([path, (await member.call(method, path, body && { body })).status]);
    }
    const statuses = [200, 200, 204, 404, 204];
    expect(answers).toEqual(looks.map(([, path], n) => [path, statuses[n]]));
  });

  it.each([true, false])(
    'with a factor set up, it is for sessions that have shown it (demanded: %s)',
    async (isDemanded) => {
      await herald.demandSecondFactor(isDemanded);
      const member = await herald.signedIn('viewer');
      await setUp(member);
      await herald.admin.query('update sessions set second_factor_at = null where user_id = $1', [
        member.userId,
      ]);
      await forgotten();
      for (const [method, path, body] of [...changes, ...looks]) {
        const answer = await member.call(method, path, body && { body });
        expect([path, ...codeOf(answer)]).toEqual([path, 403, 'secondFactorNeeded']);
      }
    },
  );

  it('is not changed by a proof of more than ten minutes ago', async () => {
    const member = await herald.signedIn('viewer');
    await setUp(member);
    await grow(member);
    for (const [method, path, body] of changes) {
      const answer = await member.call(method, path, body && { body });
      expect([path, ...codeOf(answer)]).toEqual([path, 403, 'recentSignInNeeded']);
    }
  });

  it('is seen and changed by nobody without a session', async () => {
    for (const [method, path, body] of [...changes, ...looks]) {
      const answer = await herald.browser().call(method, path, body && { body });
      expect([path, answer.status]).toEqual([path, 401]);
    }
  });

  it('without the authenticator, the workspace lets nobody in again', async () => {
    const member = await herald.signedIn('viewer');
    await setUp(member);
    const gone = await member.call('POST', '/api/auth/two-factor/disable', { body: { password } });
    expect(gone.status).toBe(200);
    expect(codeOf(await read(member))).toEqual([403, 'secondFactorNeeded']);
  });
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
    await grow(member);
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
    await forgotten();
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
