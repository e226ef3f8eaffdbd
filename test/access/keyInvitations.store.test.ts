/** Invitations that an API key has made are void when the key is: nobody comes in by what a lost key has left behind. */
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openHerald, password, type TestHerald } from './herald.ts';
import { startProvider } from './provider.ts';

let herald: TestHerald;
let admin: Awaited<ReturnType<TestHerald['signedIn']>>;
beforeAll(async () => {
  herald = await openHerald();
  await herald.demandSecondFactor(false);
  admin = await herald.signedIn('admin');
}, 60_000);
afterAll(() => herald.close());

interface Invited {
  id: string;
  email: string;
  /** Where it is looked at and accepted. */
  path: string;
}

async function makeKey(): Promise<{ id: string; key: string }> {
  const made = await admin.call('POST', '/api/v1/api-keys', {
    body: { name: 'Onboarding', scopes: ['admin'] },
  });
  expect(made.status).toBe(201);
  return made.body;
}

async function inviteBy(key: string, on: Pick<TestHerald, 'call'> = herald): Promise<Invited> {
  const email = `guest-${randomUUID().slice(0, 8)}@msp.example`;
  const headers = { authorization: `Bearer ${key}` };
  const made = await on.call('POST', '/api/v1/invitations', { headers, body: { email, role: 'admin' } });
  expect([made.status, made.body.isVoid]).toEqual([201, false]);
  return { id: made.body.id, email, path: `/api/invitations/${made.body.link.split('/').at(-1)}` };
}

const revoke = (id: string) => admin.call('DELETE', `/api/v1/api-keys/${id}`);
const look = async ({ path }: Invited) => {
  const { status, body } = await herald.browser().call('GET', path);
  return [status, body.code];
};
const accept = async ({ path }: Invited) => {
  const { status, body } = await herald.browser().call('POST', path, { body: { name: 'Guest', password } });
  return [status, body?.code];
};
const listed = async ({ id }: Invited) =>
  (await admin.call('GET', '/api/v1/invitations')).body.items.find((one: { id: string }) => one.id === id);
const actionsOf = async ({ id }: Invited) => {
  const text = 'select action, actor_kind, actor_id from audit_entries where target_id = $1 order by n';
  const { rows } = await herald.admin.query(text, [id]);
  return rows.map(({ action, actor_kind: kind, actor_id: by }) => [action, kind, by]);
};

describe('when its key is revoked, an invitation', () => {
  it('is void: it lets nobody in, says whom to ask, is marked in the list, and stands in the audit', async () => {
    const { id, key } = await makeKey();
    const guest = await inviteBy(key);
    expect((await herald.browser().call('GET', guest.path)).status).toBe(200);
    expect((await revoke(id)).status).toBe(204);
    expect(await accept(guest)).toEqual([404, 'invitationVoid']);
    const { body } = await herald.browser().call('GET', guest.path);
    expect(body.detail).toBe(
      'This invitation was made with an API key that has been revoked. Ask an administrator of Default to invite you again.',
    );
    expect(await listed(guest)).toMatchObject({ email: guest.email, invitedBy: 'Onboarding', isVoid: true });
    expect(await actionsOf(guest)).toEqual([
      ['invitation.create', 'apiKey', id],
      ['invitation.void', 'user', admin.userId],
    ]);
    expect((await admin.call('DELETE', `/api/v1/invitations/${guest.id}`)).status).toBe(204);
    expect(await look(guest)).toEqual([404, 'invitationGone']);
  });

  it('of another key, or of a person, stays; and who has accepted stays', async () => {
    const [ending, other] = [await makeKey(), await makeKey()];
    const joined = await inviteBy(ending.key);
    expect(await accept(joined)).toEqual([204, undefined]);
    const kept = await inviteBy(other.key);
    const own = await admin.call('POST', '/api/v1/invitations', {
      body: { email: 'own@msp.example', role: 'viewer' },
    });
    expect((await revoke(ending.id)).status).toBe(204);
    expect(await look(kept)).toEqual([200, undefined]);
    expect(await listed({ id: own.body.id, email: '', path: '' })).toMatchObject({ isVoid: false });
    expect((await herald.browser().signIn(joined.email)).status).toBe(200);
  });

  it('lets nobody in by single sign-on either', async () => {
    const provider = await startProvider();
    try {
      provider.state.person = { sub: 's-1', email: 'sso@msp.example', email_verified: true, name: 'S' };
      const { issuer } = provider;
      const settings = { name: 'Company', issuer, clientId: 'herald', clientSecret: 'a secret' };
      const { id } = (await admin.call('POST', '/api/v1/single-sign-on', { body: settings })).body;
      const made = await makeKey();
      const token = (await inviteBy(made.key)).path.split('/').at(-1);
      expect((await revoke(made.id)).status).toBe(204);
      const browser = herald.browser();
      const begun = await browser.call('GET', `/api/sign-on/${id}/begin?invitation=${token}`);
      const back = await browser.call('GET', provider.authorize(String(begun.headers.location)));
      expect(back.headers.location).toMatch(/\/sign-in\?refused=invitationVoid$/);
      expect((await browser.call('GET', '/api/session')).body.signedIn).toBeNull();
    } finally {
      await provider.close();
    }
  });

  it('that is accepted meanwhile either joins or is void, never both', async () => {
    const { id, key } = await makeKey();
    const guest = await inviteBy(key);
    const rows = 'select from invitations where id = $1';
    const [accepted, revoked] = await herald.whileHeld(rows, [guest.id], () => [
      herald.browser().call('POST', guest.path, { body: { name: 'Guest', password } }),
      revoke(id),
    ]);
    expect(revoked?.status).toBe(204);
    const actions = (await actionsOf(guest)).map(([action]) => action);
    const { rowCount } = await herald.admin.query('select from users where email = $1', [guest.email]);
    const isIn = accepted?.status === 204;
    expect([rowCount, actions.includes('invitation.void')]).toEqual(isIn ? [1, false] : [0, true]);
  });

  it('is not made any more, whatever the process still knows of the key', async () => {
    const { id, key } = await makeKey();
    await inviteBy(key);
    await herald.admin.query('update api_keys set revoked_at = now() where id = $1', [id]);
    const body = { email: 'late@msp.example', role: 'admin' };
    const headers = { authorization: `Bearer ${key}` };
    const late = await herald.call('POST', '/api/v1/invitations', { headers, body });
    expect([late.status, late.body.code]).toEqual([401, 'unauthorized']);
    const { rowCount } = await herald.admin.query('select from invitations where email = $1', [body.email]);
    expect(rowCount).toBe(0);
  });
});

describe('an invitation made with HERALD_API_KEY', () => {
  const others: TestHerald[] = [];
  afterEach(async () => {
    for (const one of others.splice(0)) await one.close();
  });
  const startWith = async (env: Record<string, string>, secretKey = herald.secretKey) => {
    const started = await openHerald({ beside: { fresh: herald.fresh, secretKey }, env });
    others.push(started);
    return started;
  };

  it('outlives a start with the same key, and ends with one with another, or with none', async () => {
    const guest = await inviteBy(herald.config.apiKey ?? '');
    await startWith({});
    expect(await look(guest)).toEqual([200, undefined]);
    const changed = await startWith({ HERALD_API_KEY: 'another-key-0123456789-0123456789-0123456789' });
    expect(await accept(guest)).toEqual([404, 'invitationVoid']);
    expect((await actionsOf(guest)).at(-1)).toEqual(['invitation.void', 'system', 'people']);
    const next = await inviteBy(changed.config.apiKey ?? '', changed);
    await startWith({ HERALD_API_KEY: '' });
    expect(await look(next)).toEqual([404, 'invitationVoid']);
  });

  it('outlives a new secret key in front of the old one', async () => {
    const guest = await inviteBy(herald.config.apiKey ?? '');
    await startWith({}, `${randomBytes(32).toString('hex')},${herald.secretKey}`);
    expect(await look(guest)).toEqual([200, undefined]);
  });

  it('is known by nothing that tells the key', async () => {
    await inviteBy(herald.config.apiKey ?? '');
    const { rows } = await herald.admin.query(
      `select made_with from invitations where starts_with(made_with, 'environment:')`,
    );
    expect(new Set(rows.map(({ made_with: mark }) => mark.length))).toEqual(new Set([12 + 32]));
    expect(JSON.stringify(rows)).not.toContain(herald.config.apiKey);
  });
});
