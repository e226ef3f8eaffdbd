/** Promise Q1: guesses are counted for all processes. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openHerald, openTwo, password, type TestHerald } from './herald.ts';

let herald: TestHerald;
let other: TestHerald;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ herald, other, close } = await openTwo());
}, 60_000);
afterAll(() => close());
beforeEach(() => herald.admin.query('delete from guesses'));

const wrong = 'not the right password';
const someone = () => `p-${randomUUID().slice(0, 8)}@msp.example`;

/** Guesses already made from this address, each on an account of its own. */
async function guessed(times: number): Promise<void> {
  await herald.browser().signIn(someone(), wrong);
  await herald.admin.query(
    `update guesses set times = array_fill(now(), array[$1::int]) where key like 'address:%'`,
    [times],
  );
}

describe('Q1: guesses of passwords', () => {
  it('ten per account, then not even the right one; two instances count together', async () => {
    const email = someone();
    await herald.addPerson(email, 'viewer');
    for (let n = 0; n < 10; n += 1) {
      const answer = await (n % 2 ? herald : other).browser().signIn(email, wrong);
      expect([n, answer.status, answer.body.code]).toEqual([n, 401, 'wrongCredentials']);
    }
    for (const instance of [herald, other]) {
      const answer = await instance.browser().signIn(email, password);
      expect([answer.status, answer.body.code]).toEqual([401, 'wrongCredentials']);
    }
    const locked = herald.lines.filter(({ msg }) => msg === 'access.locked');
    expect(locked.at(-1)).toMatchObject({ limit: 'account' });
  });

  it('an account rests for a quarter of an hour and no longer', async () => {
    const email = someone();
    await herald.addPerson(email, 'viewer');
    await herald.browser().signIn(email, wrong);
    await herald.admin.query(
      `update guesses set times = array_fill(now() - interval '14 minutes', array[10]) where key like 'account:%'`,
    );
    expect((await herald.browser().signIn(email)).status).toBe(401);
    await herald.admin.query(
      `update guesses set times = array_fill(now() - interval '16 minutes', array[10]) where key like 'account:%'`,
    );
    expect((await herald.browser().signIn(email)).status).toBe(200);
  });

  it('the right password forgets the wrong ones before', async () => {
    const email = someone();
    await herald.addPerson(email, 'viewer');
    for (let n = 0; n < 9; n += 1) await herald.browser().signIn(email, wrong);
    expect((await herald.browser().signIn(email)).status).toBe(200);
    for (let n = 0; n < 9; n += 1) await herald.browser().signIn(email, wrong);
    expect((await herald.browser().signIn(email)).status).toBe(200);
  });

  it('a hundred per address in an hour, whatever account and whatever the headers say', async () => {
    await guessed(99);
    expect((await herald.browser().signIn(someone(), wrong)).status).toBe(401);
    for (const header of [
      'x-forwarded-for',
      'x-real-ip',
      'forwarded',
      'x-herald-address',
      'cf-connecting-ip',
    ]) {
      const answer = await other.browser().call('POST', '/api/auth/sign-in/email', {
        body: { email: someone(), password: wrong },
        headers: { [header]: header === 'forwarded' ? 'for=203.0.113.9' : '203.0.113.9' },
      });
      expect([header, answer.status, answer.body.code]).toEqual([header, 429, 'tooManyTries']);
      expect(answer.headers['retry-after']).toBeDefined();
    }
  });

  it('behind a trusted proxy people have limits of their own, and what they write themselves says nothing', async () => {
    const proxied = await openHerald({ beside: herald, env: { HERALD_TRUST_PROXY: 'loopback' } });
    const tryFrom = async (forwarded: string) => {
      const { status } = await proxied.browser().call('POST', '/api/auth/sign-in/email', {
        body: { email: someone(), password: wrong },
        headers: { 'x-forwarded-for': forwarded },
      });
      return status;
    };
    try {
      expect(await tryFrom('203.0.113.1')).toBe(401);
      await herald.admin.query(
        `update guesses set times = array_fill(now(), array[100]) where key like 'address:%'`,
      );
      expect(await tryFrom('203.0.113.1')).toBe(429);
      expect(await tryFrom('198.51.100.9, 203.0.113.1')).toBe(429);
      expect(await tryFrom('203.0.113.1:4711')).toBe(429);
      expect(await tryFrom('203.0.113.2')).toBe(401);
      expect(await tryFrom('203.0.113.1, 203.0.113.2, 127.0.0.1')).toBe(401);
      expect(proxied.lines.filter(({ msg }) => msg === 'access.locked').at(-1).ip).toBe('203.0.113.1');
      // The other instance trusts nobody: there it is the socket that counts.
      expect((await herald.browser().signIn(someone(), wrong)).status).toBe(401);
    } finally {
      await proxied.close();
    }
  });

  it('twelve at once: ten are checked', async () => {
    const email = someone();
    const tries = Array.from({ length: 12 }, () => herald.browser().signIn(email, wrong));
    await Promise.all(tries);
    const { rows } = await herald.admin.query(
      `select cardinality(times) as n from guesses where key like 'account:%'`,
    );
    expect(rows).toEqual([{ n: 10 }]);
  });

  it('what is kept of guesses names nobody', async () => {
    await herald.browser().signIn('ana@msp.example', wrong);
    const { rows } = await herald.admin.query('select * from guesses');
    expect(rows.length).toBe(2);
    expect(JSON.stringify(rows)).not.toMatch(/ana|127\.0/);
  });
});
