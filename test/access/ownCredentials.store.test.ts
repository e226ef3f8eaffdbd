/** ASVS 6.3.3, 7.5.1: what one signs in with is seen and changed by whoever has shown the second factor, and lately. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openHerald, password, type TestHerald } from './herald.ts';
import { codeOf, forgotten, grow, read, setUp } from './secondFactor.ts';

let herald: TestHerald;
beforeAll(async () => {
  herald = await openHerald();
}, 60_000);
afterAll(() => herald.close());
beforeEach(async () => {
  await herald.demandSecondFactor(true);
  await herald.admin.query('delete from guesses');
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
    await forgotten(herald);
    expect((await member.call('GET', '/api/session/devices')).body.items).toHaveLength(2);
  });

  it('is seen, and sessions are ended, without a fresh proof', async () => {
    const member = await herald.signedIn('viewer');
    await setUp(member);
    await grow(herald, member);
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
      await forgotten(herald);
      for (const [method, path, body] of [...changes, ...looks]) {
        const answer = await member.call(method, path, body && { body });
        expect([path, ...codeOf(answer)]).toEqual([path, 403, 'secondFactorNeeded']);
      }
    },
  );

  it('is not changed by a proof of more than ten minutes ago', async () => {
    const member = await herald.signedIn('viewer');
    await setUp(member);
    await grow(herald, member);
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
