/**
 * ASVS 11.4.2: what is kept of a password, whatever the way it was set: scrypt with at least the cost that OWASP asks for.
 * The scheme is read from the stored hash and computed again here, so that no word of the product is taken for it.
 */
import { type ScryptOptions, scryptSync } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { savePerson } from '../../src/access/people/savePerson.ts';
import { openPeople } from '../../src/db/database.ts';
import { openHerald, password, type TestHerald } from './herald.ts';

/** OWASP Password Storage Cheat Sheet, scrypt: N = 2^17, r = 8, p = 1. */
const owasp = { N: 2 ** 17, r: 8, p: 1 };
const leastSaltBytes = 16;
const leastKeyBytes = 32;

let herald: TestHerald;
afterEach(() => herald.close());

const tokenOf = (link = '') => link.split('/').at(-1);
const email = 'ana@msp.example';
const changed = 'another orbit of a cactus';

/** Each way by which a password is set; answers it. */
const ways: Record<string, () => Promise<string>> = {
  'the first link': async () => {
    herald = await openHerald();
    const path = `/api/first-administrator/${tokenOf(herald.firstLink)}`;
    const body = { name: 'Ana', email, password };
    expect((await herald.browser().call('POST', path, { body })).status).toBe(204);
    return password;
  },
  'the environment': async () => {
    herald = await openHerald({ env: { HERALD_ADMIN_EMAIL: email, HERALD_ADMIN_PASSWORD: password } });
    return password;
  },
  'an invitation': async () => {
    herald = await openHerald();
    const headers = { authorization: `Bearer ${herald.config.apiKey}` };
    const asked = { email, role: 'viewer' };
    const { link } = (await herald.call('POST', '/api/v1/invitations', { headers, body: asked })).body;
    const path = `/api/invitations/${tokenOf(link)}`;
    expect((await herald.browser().call('POST', path, { body: { name: 'Ana', password } })).status).toBe(204);
    return password;
  },
  'the command': async () => {
    herald = await openHerald();
    const people = openPeople({ url: herald.fresh.url });
    const { workspaceId } = herald;
    await savePerson(people, { workspaceId, email, name: 'Ana', password, role: 'admin' });
    await people.close();
    return password;
  },
  'a change by its owner': async () => {
    herald = await openHerald();
    await herald.demandSecondFactor(false);
    const member = await herald.signedIn('viewer');
    await herald.admin.query('update users set email = $1 where id = $2', [email, member.userId]);
    const body = { currentPassword: password, newPassword: changed };
    expect((await member.call('PUT', '/api/session/password', { body })).status).toBe(204);
    return changed;
  },
};

it.each(Object.keys(ways))('set by %s, it is kept as scrypt at the cost of OWASP', async (way) => {
  const typed = (await ways[way]?.()) ?? '';
  const { rows } = await herald.admin.query(
    'select a.password from accounts a join users u on u.id = a.user_id where u.email = $1',
    [email],
  );
  const [scheme, n, salt = '', key = '', ...more] = String(rows[0].password).split('.');
  expect([scheme, more]).toEqual(['scrypt', []]);
  expect(Number(n)).toBeGreaterThanOrEqual(owasp.N);
  const [saltBytes, keyBytes] = [Buffer.from(salt, 'base64url'), Buffer.from(key, 'base64url')];
  expect(saltBytes.length).toBeGreaterThanOrEqual(leastSaltBytes);
  expect(keyBytes.length).toBeGreaterThanOrEqual(leastKeyBytes);
  const options: ScryptOptions = { ...owasp, N: Number(n), maxmem: 256 * Number(n) * owasp.r };
  // The block size and the parallelism are in no hash: only these make the same key.
  expect(scryptSync(typed, saltBytes, keyBytes.length, options).equals(keyBytes)).toBe(true);
});
