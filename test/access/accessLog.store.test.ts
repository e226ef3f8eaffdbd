/**
 * ASVS 16.2.1, 16.3.1, 16.3.2: every refusal leaves a line that says when, from where, who and what, and nothing by which
 * somebody could come in or that names a person.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openHerald, password, type TestHerald } from './herald.ts';
import { setUp } from './secondFactor.ts';
import { totpOf } from './totp.ts';

let herald: TestHerald;
beforeAll(async () => {
  herald = await openHerald();
}, 60_000);
afterAll(() => herald.close());
beforeEach(async () => {
  await herald.demandSecondFactor(false);
  await herald.admin.query('delete from guesses');
});

const wrong = 'a password that nobody has';
const where = { ip: '127.0.0.1', time: expect.any(Number) };

/** The lines that this has left. */
async function linesOf(work: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const before = herald.lines.length;
  await work();
  return herald.lines.slice(before);
}

describe('a failed sign-in', () => {
  it('names the person by id, the way and the reason; not the address, not the password', async () => {
    const { email, userId } = await herald.signedIn('viewer');
    const lines = await linesOf(() => herald.browser().signIn(email, wrong));
    const path = '/sign-in/email';
    const reason = 'INVALID_EMAIL_OR_PASSWORD';
    expect(lines[0]).toMatchObject({ ...where, msg: 'access.signIn.refused', userId, path, reason });
    expect(JSON.stringify(lines)).not.toMatch(new RegExp(`${wrong}|${email}`));
  });

  it('of nobody names nobody', async () => {
    const email = `nobody-${randomUUID()}@msp.example`;
    const lines = await linesOf(() => herald.browser().signIn(email, wrong));
    expect(lines[0]).toMatchObject({ ...where, msg: 'access.signIn.refused' });
    expect(lines[0]).not.toHaveProperty('userId');
    expect(JSON.stringify(lines)).not.toMatch(new RegExp(`${wrong}|${email}`));
  });

  it('at an account that rests says whose', async () => {
    const { email, userId } = await herald.signedIn('viewer');
    await herald.browser().signIn(email, wrong);
    await herald.admin.query('update guesses set times = array_fill(now(), array[10])');
    const lines = await linesOf(() => herald.browser().signIn(email));
    expect(lines[0]).toMatchObject({ ...where, msg: 'access.locked', limit: 'account', userId });
    expect(JSON.stringify(lines)).not.toMatch(new RegExp(`${password}|${email}`));
  });

  it('by a wrong code, a code used before, or too many says whose, and no code', async () => {
    const member = await herald.signedIn('viewer');
    const { userId } = member;
    const { address } = await setUp(member);
    const used = totpOf(address);
    const browser = herald.browser();
    await browser.signIn(member.email);
    const show = (path: string, code: string) => browser.call('POST', `/api/auth${path}`, { body: { code } });
    const [totp, backup] = ['/two-factor/verify-totp', '/two-factor/verify-backup-code'];
    const lines = await linesOf(async () => {
      await show(totp, '000000');
      await show(backup, 'wrong-backup');
      await show(totp, used);
      await herald.admin.query(
        `update guesses set times = array_fill(now(), array[10]) where key like 'code:%'`,
      );
      await show(totp, '000001');
    });
    const codes = lines.filter(({ msg }) => msg === 'access.code.refused');
    const about = { userId, time: expect.any(Number) };
    expect(codes).toEqual(
      [
        { path: totp, reason: 'INVALID_CODE' },
        { path: backup, reason: 'INVALID_BACKUP_CODE' },
        { path: totp, reason: 'usedBefore' },
        { path: totp, reason: 'tooMany' },
      ].map((one) => expect.objectContaining({ ...about, ...one })),
    );
    const answered = lines.filter(({ msg }) => msg === 'access.signIn.refused');
    expect(answered).toEqual(codes.map(({ path }) => expect.objectContaining({ ...where, path })));
    expect(JSON.stringify(lines)).not.toMatch(new RegExp(`"(000000|000001|wrong-backup|${used})"`));
  });
});

describe('a refused access', () => {
  it('names the person, the route and the reason', async () => {
    const member = await herald.signedIn('viewer');
    const { userId } = member;
    const [forbidden] = await linesOf(() => member.call('GET', '/api/v1/users?q=secret-of-a-query'));
    const what = { msg: 'access.refused', method: 'GET', route: '/api/v1/users', code: 'forbidden' };
    expect(forbidden).toMatchObject({ ...where, ...what, userId });
    expect(JSON.stringify(forbidden)).not.toContain('secret-of-a-query');
  });

  it('names the key by its id, and never the key', async () => {
    const headers = { authorization: `Bearer ${herald.config.apiKey}` };
    const body = { name: 'k', scopes: ['read'] };
    const { id, key } = (await herald.call('POST', '/api/v1/api-keys', { headers, body })).body;
    const lines = await linesOf(() =>
      herald.call('POST', '/api/v1/api-keys', { headers: { authorization: `Bearer ${key}` }, body }),
    );
    const what = { msg: 'access.refused', method: 'POST', route: '/api/v1/api-keys', code: 'forbidden' };
    expect(lines).toEqual([expect.objectContaining({ ...where, ...what, keyId: id })]);
    expect(JSON.stringify(lines)).not.toContain(key);
  });

  it('with a made-up key, or a made-up session, says from where, and shows neither', async () => {
    const made = 'hrld_0123456789012345678901234567890123456789012';
    const lines = await linesOf(async () => {
      await herald.call('GET', '/api/v1/alerts', { headers: { authorization: `Bearer ${made}` } });
      const cookie = `herald.session_token=${made}`;
      await herald.call('GET', '/api/v1/alerts', { headers: { cookie } });
    });
    const what = { msg: 'access.refused', method: 'GET', route: '/api/v1/alerts', code: 'unauthorized' };
    expect(lines).toEqual([1, 2].map(() => expect.objectContaining({ ...where, ...what })));
    expect(JSON.stringify(lines)).not.toContain(made);
  });

  it('to a link that is not there says the route, and not the link', async () => {
    const token = 'a-token-that-was-guessed';
    const lines = await linesOf(() => herald.browser().call('GET', `/api/invitations/${token}`));
    expect(JSON.stringify(lines)).not.toContain(token);
  });
});
