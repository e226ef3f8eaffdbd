/** Promises Q1 and Q2: guesses are counted for all processes, and nothing tells whether there is an account. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openHerald, password, type TestHerald } from './herald.ts';

let herald: TestHerald;
let other: TestHerald;
beforeAll(async () => {
  herald = await openHerald();
  other = await openHerald({ beside: herald });
  await herald.demandSecondFactor(false);
}, 60_000);
afterAll(async () => {
  await other.close();
  await herald.close();
});
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

describe('Q2: whether there is an account', () => {
  it('cannot be told from the answer, nor from how long it takes', async () => {
    const email = someone();
    await herald.addPerson(email, 'viewer');
    // The hash that tests store is cheap; one that the person chose costs what it costs.
    const browser = herald.browser();
    await browser.signIn(email);
    await browser.call('PUT', '/api/session/password', {
      body: { currentPassword: password, newPassword: 'orbit lamp violin cactus' },
    });
    const took: Record<string, number[]> = { known: [], unknown: [] };
    const texts = new Set<string>();
    for (let n = 0; n < 11; n += 1) {
      await herald.admin.query('delete from guesses');
      const pair = [
        ['known', email],
        ['unknown', someone()],
      ] as const;
      // In turns, so that what comes first or second is no difference.
      for (const [kind, address] of n % 2 ? pair : [pair[1], pair[0]]) {
        const began = performance.now();
        const answer = await herald.browser().signIn(address, wrong);
        took[kind]?.push(performance.now() - began);
        texts.add(`${answer.status} ${answer.text}`);
      }
    }
    const median = (times: number[] = []) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
    const ratio = median(took.known) / median(took.unknown);
    expect([...texts]).toHaveLength(1);
    // Without the hash it would be forty times as quick; what is left beside that is the noise of a busy machine.
    expect(ratio).toBeGreaterThan(0.4);
    expect(ratio).toBeLessThan(2.5);
  });
});
