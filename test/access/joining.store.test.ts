/** ASVS 6.3.2: there are no default accounts; who comes first, who is invited, and who is left to administer. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { savePerson } from '../../src/access/people/savePerson.ts';
import { openPeople } from '../../src/db/database.ts';
import { type Browser, openHerald, password, type TestHerald } from './herald.ts';

const tokenOf = (link = '') => link.split('/').at(-1);

describe('the first administrator', () => {
  let herald: TestHerald;
  beforeAll(async () => {
    herald = await openHerald();
  }, 60_000);
  afterAll(() => herald.close());

  const become = (link: string | undefined, members: object = {}) =>
    herald.browser().call('POST', `/api/first-administrator/${tokenOf(link)}`, {
      body: { name: 'Ana', email: 'ana@msp.example', password, ...members },
    });

  it('a fresh Herald has nobody, and says so', async () => {
    const { rows } = await herald.admin.query('select count(*)::int as n from users');
    expect(rows).toEqual([{ n: 0 }]);
    expect((await herald.call('GET', '/api/session')).body.options.isFirstStart).toBe(true);
    expect(herald.firstLink).toMatch(new RegExp(`^${herald.config.baseUrl}/first-administrator/[\\w-]{43}$`));
  });

  it('the link is in no log and not in the database', async () => {
    const token = tokenOf(herald.firstLink) ?? '';
    const { rows } = await herald.admin.query('select * from first_administrator_links');
    expect(JSON.stringify([rows, herald.lines])).not.toContain(token);
  });

  it('an invented link, an old one, a weak password: nobody', async () => {
    expect((await become('x/invented')).status).toBe(404);
    expect((await become(herald.firstLink, { password: 'password1234' })).status).toBe(422);
    await herald.admin.query(`update first_administrator_links set expires_at = now()`);
    expect((await become(herald.firstLink)).body.code).toBe('linkGone');
    const { rows } = await herald.admin.query('select count(*)::int as n from users');
    expect(rows).toEqual([{ n: 0 }]);
  });

  it('of twenty at once one becomes it, and no link works any more', async () => {
    await herald.admin.query(`update first_administrator_links set expires_at = now() + interval '1 hour'`);
    const again = await openHerald({ beside: herald });
    expect(again.firstLink).not.toBe(herald.firstLink);
    const tries = Array.from({ length: 6 }, (_, n) =>
      become(n % 2 ? herald.firstLink : again.firstLink, { email: `ana${n}@msp.example` }),
    );
    const statuses = (await Promise.all(tries)).map(({ status }) => status).sort();
    expect(statuses).toEqual([204, 404, 404, 404, 404, 404]);
    expect((await become(again.firstLink)).status).toBe(404);
    await again.close();
    const third = await openHerald({ beside: herald });
    expect(third.firstLink).toBeUndefined();
    await third.close();
    const { rows } = await herald.admin.query('select role from memberships');
    expect(rows).toEqual([{ role: 'admin' }]);
    expect((await herald.call('GET', '/api/session')).body.options.isFirstStart).toBe(false);
  });
});

describe('the first administrator of the environment', () => {
  it('is made once; a changed variable changes nobody', async () => {
    const env = { HERALD_ADMIN_EMAIL: 'Boss@msp.example', HERALD_ADMIN_PASSWORD: password };
    const herald = await openHerald({ env });
    try {
      expect(herald.firstLink).toBeUndefined();
      expect((await herald.browser().signIn('boss@msp.example')).status).toBe(200);
      const changed = { HERALD_ADMIN_EMAIL: 'other@msp.example', HERALD_ADMIN_PASSWORD: `${password} 2` };
      const again = await openHerald({ beside: herald, env: changed });
      expect((await again.browser().signIn('other@msp.example', `${password} 2`)).status).toBe(401);
      await again.close();
    } finally {
      await herald.close();
    }
  });

  it.each([
    [{ HERALD_ADMIN_EMAIL: 'boss@msp.example' }, /belong together/],
    [{ HERALD_ADMIN_EMAIL: 'boss', HERALD_ADMIN_PASSWORD: password }, /HERALD_ADMIN_EMAIL/],
    [{ HERALD_ADMIN_EMAIL: 'boss@msp.example', HERALD_ADMIN_PASSWORD: 'short' }, /HERALD_ADMIN_PASSWORD/],
  ])('%j keeps Herald from starting, in words', async (env, words) => {
    await expect(openHerald({ env: env as Record<string, string> })).rejects.toThrow(words);
  });
});

describe('invitations', () => {
  let herald: TestHerald;
  let admin: Browser & { userId: string };
  beforeAll(async () => {
    herald = await openHerald();
    await herald.demandSecondFactor(false);
    admin = await herald.signedIn('admin');
  }, 60_000);
  afterAll(() => herald.close());

  const invite = async (email: string, role = 'operator') => {
    const made = await admin.call('POST', '/api/v1/invitations', { body: { email, role } });
    expect(made.status).toBe(201);
    return { id: made.body.id as string, path: `/api/invitations/${tokenOf(made.body.link)}` };
  };

  it('say what they are for, make one person, and are used up', async () => {
    const { path } = await invite('Bo@msp.example');
    const bo = herald.browser();
    expect((await bo.call('GET', path)).body).toMatchObject({
      workspace: { name: 'Default' },
      email: 'bo@msp.example',
      role: 'operator',
      hasAccount: false,
    });
    const body = { name: 'Bo', password };
    const both = await Promise.all([
      bo.call('POST', path, { body }),
      herald.browser().call('POST', path, { body }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([204, 404]);
    expect((await herald.browser().call('GET', path)).body.code).toBe('invitationGone');
    expect((await herald.browser().signIn('bo@msp.example')).status).toBe(200);
  });

  it('sign in whoever accepts', async () => {
    const { path } = await invite('cy@msp.example', 'viewer');
    const cy = herald.browser();
    expect((await cy.call('POST', path, { body: { name: 'Cy', password } })).status).toBe(204);
    expect((await cy.call('GET', '/api/session')).body.signedIn).toMatchObject({ role: 'viewer' });
  });

  it('end after seven days, and when they are taken back', async () => {
    const [old, taken] = [await invite('old@msp.example'), await invite('taken@msp.example')];
    const { rows } = await herald.admin.query(
      'select extract(epoch from expires_at - created_at)::int as seconds from invitations where id = $1',
      [old.id],
    );
    expect(rows[0].seconds).toBe(7 * 24 * 3_600);
    await herald.admin.query('update invitations set expires_at = now() where id = $1', [old.id]);
    expect((await admin.call('DELETE', `/api/v1/invitations/${taken.id}`)).status).toBe(204);
    for (const { path } of [old, taken]) {
      const answer = await herald.browser().call('POST', path, { body: { name: 'X', password } });
      expect(answer.body.code).toBe('invitationGone');
    }
    expect((await admin.call('DELETE', `/api/v1/invitations/${taken.id}`)).status).toBe(404);
  });

  it('do not take over an account that is there; its owner signs in first', async () => {
    const email = 'dora@msp.example';
    await herald.addPerson(email, undefined);
    const { path } = await invite(email);
    const body = { name: 'Eve', password: 'another orbit cactus lamp' };
    expect((await herald.browser().call('POST', path, { body })).body.code).toBe('signInFirst');
    const other = await herald.signedIn('viewer');
    expect((await other.call('POST', path, { body: {} })).body.code).toBe('signInFirst');
    const dora = herald.browser();
    await dora.signIn(email);
    expect((await dora.call('GET', '/api/v1/alerts')).body.code).toBe('noWorkspace');
    expect((await dora.call('POST', path, { body: {} })).status).toBe(204);
    expect((await dora.call('GET', '/api/v1/alerts')).status).toBe(200);
  });

  it.each(['removed', 'demoted', 'demoted by the command'])(
    'end with whoever made them, who is %s; those of others stay',
    async (how) => {
      const maker = await herald.signedIn('admin');
      const email = `guest-${randomUUID().slice(0, 8)}@msp.example`;
      const made = await maker.call('POST', '/api/v1/invitations', { body: { email, role: 'admin' } });
      expect([made.status, made.body.invitedBy]).toEqual([201, maker.email.split('@')[0]]);
      const kept = await invite(`kept-${email}`);
      const path = `/api/v1/users/${maker.userId}`;
      if (how === 'removed') expect((await admin.call('DELETE', path)).status).toBe(204);
      if (how === 'demoted') {
        expect((await admin.call('PATCH', path, { body: { role: 'operator' } })).status).toBe(200);
      }
      if (how === 'demoted by the command') {
        const people = openPeople({ url: herald.fresh.url });
        const wanted = { workspaceId: herald.workspaceId, email: maker.email, name: 'x', password };
        await savePerson(people, { ...wanted, role: 'viewer' });
        await people.close();
      }
      const link = `/api/invitations/${tokenOf(made.body.link)}`;
      const body = { name: 'Guest', password };
      expect((await herald.browser().call('POST', link, { body })).body.code).toBe('invitationGone');
      expect((await herald.browser().call('GET', kept.path)).status).toBe(200);
      const { rows } = await herald.admin.query(
        `select action, target_name from audit_entries where target_id = $1 order by n`,
        [made.body.id],
      );
      expect(rows.map(({ action }) => action)).toEqual(['invitation.create', 'invitation.remove']);
    },
  );

  it('are made by nobody who has just lost the right to, whatever is still known of them', async () => {
    const maker = await herald.signedIn('admin');
    expect((await maker.call('GET', '/api/v1/invitations')).status).toBe(200);
    await herald.admin.query(`update memberships set role = 'viewer' where user_id = $1`, [maker.userId]);
    const body = { email: 'late@msp.example', role: 'admin' };
    expect((await maker.call('POST', '/api/v1/invitations', { body })).status).toBe(403);
  });

  it('refuse a weak password and stay', async () => {
    const { path } = await invite('femi@msp.example');
    const weak = await herald
      .browser()
      .call('POST', path, { body: { name: 'Femi', password: 'femi-femi-femi' } });
    expect([weak.status, weak.body.errors[0].field]).toEqual([422, 'password']);
    expect((await herald.browser().call('GET', path)).status).toBe(200);
  });

  it('every change of people is in the audit, and no link or password is', async () => {
    const { rows } = await herald.admin.query('select * from audit_entries order by n');
    const actions = rows.map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(['invitation.create', 'invitation.remove', 'user.join']));
    expect(JSON.stringify(rows)).not.toMatch(/cactus|invitations\//);
  });

  it('the last administrator is neither removed nor demoted, by nobody, also at the same time', async () => {
    const second = await herald.signedIn('admin');
    const remove = (by: Browser, id: string) => by.call('DELETE', `/api/v1/users/${id}`);
    // Both have looked before either may change.
    const held = `select from memberships where role = 'admin'`;
    const answers = await herald.whileHeld(held, [], () => [
      remove(admin, second.userId),
      remove(second, admin.userId),
    ]);
    const { rows } = await herald.admin.query(`select user_id from memberships where role = 'admin'`);
    expect(answers.filter(({ status }) => status === 204).length).toBe(1);
    expect(rows.length).toBe(1);
    const left = rows[0].user_id === admin.userId ? admin : second;
    expect((await remove(left, left.userId)).body.code).toBe('lastAdministrator');
    const demote = await left.call('PATCH', `/api/v1/users/${left.userId}`, { body: { role: 'viewer' } });
    expect([demote.status, demote.body.code]).toEqual([409, 'lastAdministrator']);
  });
});
