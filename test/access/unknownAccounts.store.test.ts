/**
 * Promise Q2: no answer tells who has an account, and none is cheaper. What takes time is the hash of the password, so it
 * is counted here; test/promises/q2.store.test.ts takes the times.
 */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openHerald, password, type TestHerald } from './herald.ts';

let herald: TestHerald;
beforeAll(async () => {
  herald = await openHerald();
  await herald.demandSecondFactor(false);
}, 60_000);
afterAll(() => herald.close());

const wrong = 'not the right password';
/** The N of scrypt that a password costs. */
const usualCost = 2 ** 17;
const [known, bySignOn, locked] = ['known@msp.example', 'sso@msp.example', 'locked@msp.example'];

/** The costs of the hashes that are made meanwhile. */
async function hashesOf(work: () => Promise<unknown>): Promise<number[]> {
  const scrypt = vi.spyOn(crypto, 'scrypt');
  syncBuiltinESMExports();
  try {
    await work();
    return scrypt.mock.calls.map(([, , , options]) => (options as unknown as { N: number }).N);
  } finally {
    scrypt.mockRestore();
    syncBuiltinESMExports();
  }
}

describe('whether there is an account', () => {
  beforeAll(async () => {
    await herald.addPerson(known, 'viewer');
    // The hashes that tests store are cheap; one that the person chose costs what it costs.
    const browser = herald.browser();
    await browser.signIn(known);
    const body = { currentPassword: password, newPassword: 'orbit lamp violin cactus' };
    expect((await browser.call('PUT', '/api/session/password', { body })).status).toBe(204);
    const userId = await herald.addPerson(bySignOn, 'viewer');
    await herald.admin.query('delete from accounts where user_id = $1', [userId]);
  }, 60_000);
  beforeEach(() => herald.admin.query('delete from guesses'));

  it.each([
    ['with an account', known],
    ['without an account', 'nobody@msp.example'],
    ['of somebody who signs in elsewhere and has no password', bySignOn],
    ['that rests after ten guesses', locked],
  ])('an address %s: the same answer after one hash at the usual cost', async (_name, email) => {
    if (email === locked) await rest(email);
    let answer = '';
    const hashes = await hashesOf(async () => {
      const { status, text } = await herald.browser().signIn(email, wrong);
      answer = `${status} ${text}`;
    });
    expect(hashes).toEqual([usualCost]);
    expect(answer).toContain('401');
    expect(answer).toContain('The e-mail address or the password is not right.');
  });
});

/** As if so many had been guessed that the account rests. */
async function rest(email: string): Promise<void> {
  await herald.browser().signIn(email, wrong);
  await herald.admin.query(
    `update guesses set times = array_fill(now(), array[10]) where key like 'account:%'`,
  );
}
