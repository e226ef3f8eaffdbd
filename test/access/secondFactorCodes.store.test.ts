/** ASVS 6.5: codes of authenticators and backup codes count once, for a short time, and cannot be guessed. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openHerald, type TestHerald } from './herald.ts';
import { codeOf, read, setUp } from './secondFactor.ts';
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
afterEach(() => vi.useRealTimers());

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

  // Its step, one more for clocks that differ (RFC 6238 §5.2), and it is over.
  it.each([
    [60, 200],
    [90, 401],
  ])('of the next time step, shown %i s later: %i (6.5.5)', async (seconds, status) => {
    const member = await herald.signedIn('viewer');
    const { address } = await setUp(member);
    const body = { code: totpOf(address, 1) };
    vi.setSystemTime(Date.now() + seconds * 1_000);
    const browser = herald.browser();
    await browser.signIn(member.email);
    const shown = await browser.call('POST', '/api/auth/two-factor/verify-totp', { body });
    expect([shown.status, (await read(browser)).status]).toEqual([status, status]);
  });

  it('of a time step that is to come are refused, but the next one', async () => {
    const member = await herald.signedIn('viewer');
    const { address } = await setUp(member);
    vi.setSystemTime(Date.now());
    const browser = herald.browser();
    await browser.signIn(member.email);
    const verify = async (step: number) => {
      const body = { code: totpOf(address, step) };
      return codeOf(await browser.call('POST', '/api/auth/two-factor/verify-totp', { body }));
    };
    expect(await verify(2)).toEqual([401, 'wrongCode']);
    expect(await verify(1)).toEqual([200, undefined]);
  });

  it.each([
    [590, 200],
    [601, 401],
  ])('that are right, %i s after the password: %i (6.5.5)', async (seconds, status) => {
    const member = await herald.signedIn('viewer');
    const { address } = await setUp(member);
    const browser = herald.browser();
    await browser.signIn(member.email);
    // The browser drops its cookie then, too: whoever kept it sends it all the same.
    vi.setSystemTime(Date.now() + seconds * 1_000);
    const body = { code: totpOf(address) };
    const shown = await browser.call('POST', '/api/auth/two-factor/verify-totp', { body });
    expect([shown.status, (await read(browser)).status]).toEqual([status, status]);
  });
});
