/** ASVS 6.8, 9, 10.5: who somebody is comes from issuer and subject, and from tokens that are whole. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, openHerald, type TestHerald } from './herald.ts';
import { type Bend, type Provider, startProvider } from './provider.ts';

let herald: TestHerald;
let provider: Provider;
let second: Provider;
let admin: Browser;
beforeAll(async () => {
  [provider, second] = [await startProvider(), await startProvider()];
  herald = await openHerald();
  await herald.demandSecondFactor(false);
  admin = await herald.signedIn('admin');
}, 60_000);
afterAll(async () => {
  await herald.close();
  await provider.close();
  await second.close();
});
beforeEach(async () => {
  await herald.admin.query('delete from guesses');
  await herald.admin.query('delete from sign_on_identities');
  await herald.admin.query(`delete from users where email like '%@sso.example'`);
  provider.state.bend = undefined;
  provider.state.person = { sub: 's-1', email: 'ana@sso.example', email_verified: true, name: 'Ana' };
  second.state.person = { ...provider.state.person };
});

async function configure(at: Provider, members: object = {}): Promise<string> {
  const body = {
    name: 'Company sign-on',
    issuer: at.issuer,
    clientId: 'herald',
    clientSecret: 'a secret of the provider',
    newcomerRole: 'viewer',
    ...members,
  };
  const made = await admin.call('POST', '/api/v1/single-sign-on', { body });
  expect([made.status, made.text]).toEqual([201, expect.not.stringContaining(body.clientSecret)]);
  return made.body.id;
}

/** Goes there and back; answers where the browser ends. */
async function signOn(browser: Browser, id: string, at: Provider, query = ''): Promise<string> {
  const begun = await browser.call('GET', `/api/sign-on/${id}/begin${query}`);
  expect([begun.status, begun.headers.location]).toEqual([
    302,
    expect.stringContaining(`${at.issuer}/authorize`),
  ]);
  const back = await browser.call('GET', at.authorize(String(begun.headers.location)));
  return String(back.headers.location).replace(herald.config.baseUrl, '');
}

const whoIs = async (browser: Browser) => (await browser.call('GET', '/api/session')).body.signedIn;

describe('a sign-on', () => {
  it('makes a newcomer where the provider gives newcomers a role, and knows them again', async () => {
    const id = await configure(provider);
    const [first, again] = [herald.browser(), herald.browser()];
    expect(await signOn(first, id, provider)).toBe('/');
    const ana = await whoIs(first);
    expect(ana).toMatchObject({ user: { name: 'Ana', email: 'ana@sso.example' }, role: 'viewer' });
    provider.state.person.email = 'moved@sso.example';
    expect(await signOn(again, id, provider)).toBe('/');
    expect((await whoIs(again)).user.id).toBe(ana.user.id);
  });

  it('without a role for newcomers lets in nobody new', async () => {
    const id = await configure(provider, { newcomerRole: null });
    const browser = herald.browser();
    expect(await signOn(browser, id, provider)).toBe('/sign-in?refused=unknown');
    expect(await whoIs(browser)).toBeNull();
  });

  it.each([
    ['another domain', { email: 'eve@other.example', email_verified: true }],
    ['an address that nobody vouches for', { email: 'eve@sso.example', email_verified: false }],
    ['no address', {}],
  ])('with domains, %s is not welcome', async (_name, person) => {
    const id = await configure(provider, { domains: ['sso.example'] });
    provider.state.person = { sub: 's-2', ...person };
    expect(await signOn(herald.browser(), id, provider)).toBe('/sign-in?refused=unknown');
  });

  it('two issuers with one address are two people, and nobody becomes the other', async () => {
    const [one, two] = [await configure(provider), await configure(second)];
    expect(await signOn(herald.browser(), one, provider)).toBe('/');
    const browser = herald.browser();
    expect(await signOn(browser, two, second)).toBe('/sign-in?refused=addressTaken');
    expect(await whoIs(browser)).toBeNull();
  });

  it('with the address of somebody who has a password does not become them', async () => {
    const id = await configure(provider);
    await herald.addPerson('boss@sso.example', 'admin');
    provider.state.person = { sub: 's-3', email: 'boss@sso.example', email_verified: true };
    expect(await signOn(herald.browser(), id, provider)).toBe('/sign-in?refused=addressTaken');
  });

  it('by an invitation makes whoever was invited, with the role of the invitation', async () => {
    const id = await configure(provider, { newcomerRole: null });
    const body = { email: 'invited@sso.example', role: 'operator' };
    const { link } = (await admin.call('POST', '/api/v1/invitations', { body })).body;
    const token = link.split('/').at(-1);
    const browser = herald.browser();
    expect(await signOn(browser, id, provider, `?invitation=${token}`)).toBe('/');
    expect(await whoIs(browser)).toMatchObject({ user: { email: 'invited@sso.example' }, role: 'operator' });
    const late = herald.browser();
    expect(await signOn(late, id, provider, `?invitation=${token}`)).toBe('/sign-in?refused=invitationGone');
  });

  it('by an invitation of somebody who has another way in is refused, and leaves the link as it was', async () => {
    const id = await configure(provider, { newcomerRole: null });
    const email = 'twice@sso.example';
    const { link } = (await admin.call('POST', '/api/v1/invitations', { body: { email, role: 'viewer' } }))
      .body;
    await herald.addPerson(email, 'viewer');
    const token = link.split('/').at(-1);
    const refusal = await signOn(herald.browser(), id, provider, `?invitation=${token}`);
    expect(refusal).toBe('/sign-in?refused=addressTaken');
    expect((await herald.call('GET', `/api/invitations/${token}`)).status).toBe(200);
  });

  it('is no second factor of ours', async () => {
    const id = await configure(provider);
    const browser = herald.browser();
    await signOn(browser, id, provider);
    await herald.demandSecondFactor(true);
    try {
      const answer = async () => (await browser.call('GET', '/api/v1/alerts')).body.code;
      await expect.poll(answer, { timeout: 5_000 }).toBe('secondFactorNeeded');
    } finally {
      await herald.demandSecondFactor(false);
    }
  });

  it('whoever was removed stays removed', async () => {
    const id = await configure(provider);
    const browser = herald.browser();
    await signOn(browser, id, provider);
    const { user } = await whoIs(browser);
    await admin.call('POST', '/api/session/confirm', { body: { password: 'lamp orbit cactus violin' } });
    expect((await admin.call('DELETE', `/api/v1/users/${user.id}`)).status).toBe(204);
    const again = herald.browser();
    expect(await signOn(again, id, provider)).toBe('/sign-in?refused=noWorkspace');
    expect((await again.call('GET', '/api/v1/alerts')).status).toBe(401);
  });
});

describe('the page that a person wanted', () => {
  const deep = '/alerts?state=failed&q=a%26b#last';
  const next = `?${new URLSearchParams({ next: deep })}`;
  const led = (where: string) => Object.fromEntries(new URL(where, 'http://any').searchParams);

  it('is handed to the sign-in page, which leads there; the provider does not hear of it', async () => {
    const id = await configure(provider);
    const where = await signOn(herald.browser(), id, provider, next);
    expect([new URL(where, 'http://any').pathname, led(where)]).toEqual(['/sign-in', { next: deep }]);
    const begun = await herald.browser().call('GET', `/api/sign-on/${id}/begin${next}`);
    const state = new URL(String(begun.headers.location)).searchParams.get('state');
    expect(state).toMatch(/^[\w-]{43}$/);
  });

  it('is still known after a refusal', async () => {
    const id = await configure(provider, { newcomerRole: null });
    const where = await signOn(herald.browser(), id, provider, next);
    expect(led(where)).toEqual({ refused: 'unknown', next: deep });
  });

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example'])(
    '%s never becomes where the server sends a browser',
    async (evil) => {
      const id = await configure(provider);
      const query = `?${new URLSearchParams({ next: evil })}`;
      expect(await signOn(herald.browser(), id, provider, query)).toMatch(/^\/sign-in\?next=[^/\\]+$/);
    },
  );

  it('cannot be changed in the cookie', async () => {
    const id = await configure(provider);
    const browser = herald.browser();
    const begun = await browser.call('GET', `/api/sign-on/${id}/begin${next}`);
    const name = 'herald.sign_on_state';
    const [state = ''] = (browser.cookies.get(name) ?? '').split('.');
    for (const changed of [state, `${state}.${Buffer.from('/audit').toString('base64url')}`]) {
      browser.cookies.set(name, changed);
      const back = await browser.call('GET', provider.authorize(String(begun.headers.location)));
      expect(back.headers.location).toMatch(/\/sign-in\?refused=tooLate$/);
    }
    expect(await whoIs(browser)).toBeNull();
  });

  it('is left out when no cookie can hold it', async () => {
    const id = await configure(provider);
    const long = `?${new URLSearchParams({ next: `/alerts?q=${'x'.repeat(4_000)}` })}`;
    expect(await signOn(herald.browser(), id, provider, long)).toBe('/');
  });
});

describe('an answer that is not for this browser or not for now', () => {
  it('is refused: another browser, a second time, without a beginning', async () => {
    const id = await configure(provider);
    const [mine, theirs] = [herald.browser(), herald.browser()];
    const begun = await mine.call('GET', `/api/sign-on/${id}/begin`);
    const back = provider.authorize(String(begun.headers.location));
    const where = async (browser: Browser, path: string) =>
      String((await browser.call('GET', path)).headers.location).replace(herald.config.baseUrl, '');
    expect(await where(theirs, back)).toBe('/sign-in?refused=tooLate');
    const cookies = new Map(mine.cookies);
    expect(await where(mine, back)).toBe('/');
    for (const [name, value] of cookies) mine.cookies.set(name, value);
    expect(await where(mine, back)).toBe('/sign-in?refused=tooLate');
    expect(await where(herald.browser(), `/api/sign-on/${id}/callback?code=x&state=y`)).toContain('tooLate');
  });

  it('says so when the person has not signed in there', async () => {
    const id = await configure(provider);
    const browser = herald.browser();
    const begun = await browser.call('GET', `/api/sign-on/${id}/begin`);
    const state = new URL(String(begun.headers.location)).searchParams.get('state');
    const callback = `/api/sign-on/${id}/callback?${new URLSearchParams({ error: 'access_denied', state: state ?? '' })}`;
    const back = await browser.call('GET', callback);
    expect(back.headers.location).toMatch(/refused=declined$/);
    expect(await whoIs(browser)).toBeNull();
  });
});

describe('forged identity tokens', () => {
  const hour = 3_600;
  const cases: [string, Bend][] = [
    ['without a signature', (claims) => provider.unsigned(claims)],
    ['signed by another key', (claims) => provider.signedByAnother(claims)],
    ['signed with the public key as a secret', (claims) => provider.signedByPublicKey(claims)],
    ['for another audience', (claims, sign) => sign({ ...claims, aud: 'somebody-else' })],
    [
      'for several without saying for whom',
      (claims, sign) => sign({ ...claims, aud: ['herald', 'x'], azp: 'x' }),
    ],
    ['of another issuer', (claims, sign) => sign({ ...claims, iss: second.issuer })],
    [
      'expired',
      (claims, sign) => sign({ ...claims, iat: (claims.iat ?? 0) - hour, exp: (claims.iat ?? 0) - 60 }),
    ],
    ['not valid yet', (claims, sign) => sign({ ...claims, nbf: (claims.iat ?? 0) + hour })],
    ['of another sign-on', (claims, sign) => sign({ ...claims, nonce: 'another' })],
    ['without a subject', (claims, sign) => sign(without(claims, 'sub'))],
    ['without an expiry', (claims, sign) => sign(without(claims, 'exp'))],
    ['cut in the middle', async (claims, sign) => (await sign(claims)).slice(0, -20)],
    [
      'changed after it was signed',
      async (claims, sign) => {
        const [head, , signature] = (await sign(claims)).split('.');
        const body = Buffer.from(JSON.stringify({ ...claims, sub: 'admin' })).toString('base64url');
        return `${head}.${body}.${signature}`;
      },
    ],
  ];

  it.each(cases)('%s: nobody is signed in, and it is logged', async (_name, bend) => {
    const id = await configure(provider);
    provider.state.bend = bend;
    const browser = herald.browser();
    const before = herald.lines.length;
    expect(await signOn(browser, id, provider)).toBe('/sign-in?refused=notProven');
    expect(await whoIs(browser)).toBeNull();
    expect(herald.lines.slice(before).map(({ msg }) => msg)).toContain('access.signOn.refused');
  });
});

function without<T extends object>(claims: T, name: keyof T): T {
  const { [name]: _dropped, ...rest } = claims;
  return rest as T;
}

describe('the client secret', () => {
  it('is stored sealed, never answered, and left as it is by a change of something else', async () => {
    const id = await configure(provider);
    const { rows } = await herald.admin.query('select client_secret from sign_on_providers where id = $1', [
      id,
    ]);
    expect(rows[0].client_secret).toMatch(/^s1\./);
    const changed = await admin.call('PATCH', `/api/v1/single-sign-on/${id}`, { body: { name: 'Other' } });
    expect([changed.status, changed.body.name, changed.text]).toEqual([
      200,
      'Other',
      expect.not.stringMatching(/s1\.|ecret/),
    ]);
    expect(await signOn(herald.browser(), id, provider)).toBe('/');
  });
});
