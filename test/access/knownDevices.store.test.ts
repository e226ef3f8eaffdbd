/** Promise Q1: others can use up the guesses of an account, but not lock out who has signed in from this browser before. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { savePerson } from '../../src/access/people/savePerson.ts';
import { openPeople } from '../../src/db/database.ts';
import { type Browser, openHerald, password, type TestHerald } from './herald.ts';
import { totpOf } from './totp.ts';

let herald: TestHerald;
beforeAll(async () => {
  herald = await openHerald();
  await herald.demandSecondFactor(false);
}, 60_000);
afterAll(() => herald.close());
beforeEach(() => herald.admin.query('delete from guesses'));

const wrong = 'not the right password';
const device = 'herald.device';

/** A browser with nothing but the cookie of a device. */
function browserWith(cookie: string | undefined): Browser {
  const browser = herald.browser();
  if (cookie !== undefined) browser.cookies.set(device, cookie);
  return browser;
}

/** What the browser was given, without the rest of what it has. */
function deviceOf({ cookies }: Browser): string {
  const cookie = cookies.get(device);
  if (cookie === undefined) throw new Error('the browser has no cookie of a device');
  return cookie;
}

async function lockedByStrangers(email: string): Promise<void> {
  for (let n = 0; n < 10; n += 1) await herald.browser().signIn(email, wrong);
  expect((await herald.browser().signIn(email)).status).toBe(401);
}

/** Whether guesses with this cookie are counted apart from those of strangers. */
async function isKnown(cookie: string, email: string): Promise<boolean> {
  await herald.admin.query('delete from guesses');
  await lockedByStrangers(email);
  return (await browserWith(cookie).signIn(email)).status === 200;
}

describe('a browser that the person has signed in with', () => {
  it('signs in while strangers have used up the guesses, and gives them none back', async () => {
    const person = await herald.signedIn('viewer');
    const cookie = deviceOf(person);
    await person.call('POST', '/api/auth/sign-out', { body: {} });
    await lockedByStrangers(person.email);
    expect((await person.signIn(person.email)).status).toBe(200);
    expect((await browserWith(cookie).signIn(person.email)).status).toBe(200);
    const stranger = await herald.browser().signIn(person.email);
    expect([stranger.status, stranger.body.code]).toEqual([401, 'wrongCredentials']);
  });

  it('has ten guesses of its own, then not even the right one', async () => {
    const person = await herald.signedIn('viewer');
    const cookie = deviceOf(person);
    for (let n = 0; n < 10; n += 1) {
      const answer = await browserWith(cookie).signIn(person.email, wrong);
      expect([n, answer.status, answer.body.code]).toEqual([n, 401, 'wrongCredentials']);
    }
    const answer = await browserWith(cookie).signIn(person.email);
    expect([answer.status, answer.body.code]).toEqual([401, 'wrongCredentials']);
    expect(herald.lines.filter(({ msg }) => msg === 'access.locked').at(-1)).toMatchObject({
      limit: 'device',
    });
    // Its guesses are not those of others.
    expect((await herald.browser().signIn(person.email)).status).toBe(200);
  });

  it('has the same guesses with each cookie that it was given', async () => {
    const person = await herald.signedIn('viewer');
    const first = deviceOf(person);
    await person.signIn(person.email);
    const second = deviceOf(person);
    for (let n = 0; n < 10; n += 1) await browserWith(n % 2 ? first : second).signIn(person.email, wrong);
    for (const cookie of [first, second]) {
      expect((await browserWith(cookie).signIn(person.email)).status).toBe(401);
    }
  });
});

describe('a cookie that is not of this person, or not of ours', () => {
  it('gives nothing', async () => {
    const person = await herald.signedIn('viewer');
    const other = await herald.signedIn('viewer');
    const cookie = deviceOf(person);
    const [userId = '', name = '', mark = '', until = '', signature = ''] = cookie.split('.');
    const session = decodeURIComponent(person.cookies.get('herald.session_token') ?? '');
    const forged: Record<string, string> = {
      'of another person': deviceOf(other),
      'of another person, with this id': deviceOf(other).replace(other.userId, userId),
      'another name': [userId, randomUUID(), mark, until, signature].join('.'),
      'a longer life': [userId, name, mark, `${Number(until) + 1}`, signature].join('.'),
      'no signature': [userId, name, mark, until, ''].join('.'),
      'four parts': [userId, name, mark, until].join('.'),
      'a session': encodeURIComponent(session),
      'the signature of a session': [userId, name, mark, until, session.split('.')[1]].join('.'),
      nothing: '....',
    };
    await lockedByStrangers(person.email);
    for (const [what, value] of Object.entries(forged)) {
      expect([what, (await browserWith(value).signIn(person.email)).status]).toEqual([what, 401]);
    }
    expect((await browserWith(cookie).signIn(person.email)).status).toBe(200);
  });

  it('counts as a guess of strangers', async () => {
    const person = await herald.signedIn('viewer');
    const other = deviceOf(await herald.signedIn('viewer'));
    for (let n = 0; n < 10; n += 1) await browserWith(other).signIn(person.email, wrong);
    expect((await herald.browser().signIn(person.email)).status).toBe(401);
  });
});

describe('the cookie', () => {
  it('proves nothing else: no session, no second step', async () => {
    const person = await herald.signedIn('admin');
    const cookie = deviceOf(person);
    const browser = browserWith(cookie);
    for (const name of ['herald.session_token', 'herald.two_factor']) browser.cookies.set(name, cookie);
    expect((await browser.call('GET', '/api/session')).body.signedIn).toBeNull();
    expect((await browser.call('GET', '/api/v1/workspaces/current')).status).toBe(401);
    const step = await browser.call('POST', '/api/auth/two-factor/verify-totp', { body: { code: '123456' } });
    expect(step.status).toBe(401);
    expect((await browserWith(cookie).signIn(person.email, wrong)).status).toBe(401);
  });

  it('ends when the password changes, but not in the browser that changed it', async () => {
    const person = await herald.signedIn('viewer');
    const here = herald.browser();
    await here.signIn(person.email);
    const elsewhere = deviceOf(person);
    const before = deviceOf(here);
    const changed = await here.call('PUT', '/api/session/password', {
      body: { currentPassword: password, newPassword: 'orbit lamp violin cactus' },
    });
    expect(changed.status).toBe(204);
    await lockedByStrangers(person.email);
    for (const cookie of [elsewhere, before]) {
      const answer = await browserWith(cookie).signIn(person.email, 'orbit lamp violin cactus');
      expect(answer.status).toBe(401);
    }
    const answer = await browserWith(deviceOf(here)).signIn(person.email, 'orbit lamp violin cactus');
    expect(answer.status).toBe(200);
  });

  it('ends when all other sessions are ended, but not in the browser that ended them', async () => {
    const person = await herald.signedIn('viewer');
    const here = herald.browser();
    await here.signIn(person.email);
    expect(await isKnown(deviceOf(person), person.email)).toBe(true);
    expect((await here.call('DELETE', '/api/session/devices')).status).toBe(204);
    expect(await isKnown(deviceOf(person), person.email)).toBe(false);
    expect(await isKnown(deviceOf(here), person.email)).toBe(true);
  });

  it('ends when whoever has the database sets the password anew', async () => {
    const person = await herald.signedIn('viewer');
    const people = openPeople({ url: herald.fresh.url });
    const { workspaceId } = herald;
    await savePerson(people, { workspaceId, email: person.email, name: 'Ana', role: 'viewer', password });
    await people.close();
    expect(await isKnown(deviceOf(person), person.email)).toBe(false);
  });

  it('comes with the whole sign-in, not with the password alone', async () => {
    const person = await herald.signedIn('viewer');
    const { body } = await person.call('POST', '/api/auth/two-factor/enable', { body: { password } });
    await person.call('POST', '/api/auth/two-factor/verify-totp', { body: { code: totpOf(body.totpURI) } });
    const browser = herald.browser();
    expect((await browser.signIn(person.email)).body.twoFactorRedirect).toBe(true);
    expect(browser.cookies.has(device)).toBe(false);
    const answer = await browser.call('POST', '/api/auth/two-factor/verify-backup-code', {
      body: { code: body.backupCodes[0] },
    });
    expect(answer.status).toBe(200);
    expect(browser.cookies.has(device)).toBe(true);
  });

  it('is kept from scripts and other sites, and from other hosts where https is used', async () => {
    const lineOf = async (one: TestHerald): Promise<string> => {
      const email = `p-${randomUUID().slice(0, 8)}@msp.example`;
      await one.addPerson(email, 'viewer');
      const answer = await one.browser().signIn(email);
      return [answer.headers['set-cookie'] ?? []].flat().find((line) => line.includes('.device=')) ?? '';
    };
    expect(await lineOf(herald)).toMatch(
      /^herald\.device=[^;]+; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    const secure = await openHerald({ beside: herald, env: { HERALD_BASE_URL: 'https://herald.example' } });
    expect(await lineOf(secure)).toMatch(
      /^__Host-herald\.device=[^;]+; Max-Age=31536000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    await secure.close();
  });
});
