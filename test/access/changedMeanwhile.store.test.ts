/** What an administrator has on the screen may have been changed by another one: `If-Match` says what was decided upon. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, openHerald, type TestHerald } from './herald.ts';

let herald: TestHerald;
let admin: Browser;
let other: Browser;
beforeAll(async () => {
  herald = await openHerald();
  await herald.demandSecondFactor(false);
  [admin, other] = [await herald.signedIn('admin'), await herald.signedIn('admin')];
}, 60_000);
afterAll(() => herald.close());

interface Listed {
  id: string;
  revision: number;
}

const shown = async (path: string, id: string) => {
  const { items } = (await admin.call('GET', `/api/v1${path}?limit=200`)).body;
  const { revision } = items.find((one: Listed) => one.id === id) as Listed;
  return { 'if-match': `"${revision}"` };
};

async function person() {
  const { userId } = await herald.signedIn('viewer');
  return {
    id: userId,
    list: '/users',
    row: 'select from memberships where user_id = $1',
    path: `/api/v1/users/${userId}`,
    ours: { role: 'operator' },
    theirs: { role: 'admin' },
  };
}

async function provider() {
  const settings = {
    name: 'Directory',
    issuer: 'https://id.example',
    clientId: 'herald',
    clientSecret: 'secret',
  };
  const { id } = (await admin.call('POST', '/api/v1/single-sign-on', { body: settings })).body;
  const path = `/api/v1/single-sign-on/${id}`;
  return {
    id,
    list: '/single-sign-on',
    row: 'select from sign_on_providers where id = $1',
    path,
    ours: { name: 'Ours' },
    theirs: { clientSecret: 'another secret' },
  };
}

describe.each([
  ['a person', person],
  ['a provider', provider],
])('%s', (_name, make) => {
  it.each(['PATCH', 'DELETE'])(
    'that somebody else has changed: %s is refused, with who it was',
    async (method) => {
      const { id, list, path, ours, theirs } = await make();
      const headers = await shown(list, id);
      expect((await other.call('PATCH', path, { body: theirs, headers })).status).toBe(200);
      const before = await shown(list, id);
      const answer = await admin.call(method, path, { headers, ...(method === 'PATCH' && { body: ours }) });
      expect([answer.status, answer.body.code]).toEqual([412, 'changedMeanwhile']);
      expect(answer.body.lastChange).toEqual({
        by: expect.stringMatching(/^admin-/),
        at: expect.any(String),
      });
      expect(await shown(list, id)).toEqual(before);
    },
  );

  it('that stayed as it was shown is changed, answers what it is now, and is removed', async () => {
    const { id, list, path, ours } = await make();
    const changed = await admin.call('PATCH', path, { body: ours, headers: await shown(list, id) });
    expect([changed.status, changed.headers.etag]).toEqual([200, `"${changed.body.revision}"`]);
    expect(await shown(list, id)).toEqual({ 'if-match': changed.headers.etag });
    const headers = { 'if-match': String(changed.headers.etag) };
    expect((await admin.call('DELETE', path, { headers })).status).toBe(204);
  });

  it('of two who change it at once with what both were shown, one is refused', async () => {
    const { id, list, path, row, ours, theirs } = await make();
    const headers = await shown(list, id);
    const answers = await herald.whileHeld(row, [id], () => [
      admin.call('PATCH', path, { body: ours, headers }),
      other.call('PATCH', path, { body: theirs, headers }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });
});
