/** ASVS 6.5.5: what is handed over to come in by – links, questions, sign-ons under way – ends when its time is over. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openHerald, password, type TestHerald } from './herald.ts';
import { startProvider } from './provider.ts';

let herald: TestHerald;
beforeAll(async () => {
  herald = await openHerald();
  await herald.demandSecondFactor(false);
}, 60_000);
afterAll(() => herald.close());

/** How long a row of the table lasts from its making, in seconds, as the database has it. */
async function lifetime(table: string, seconds: number): Promise<void> {
  const { rows } = await herald.admin.query(
    `select extract(epoch from expires_at - now())::int as left from ${table}`,
  );
  expect(rows.length).toBeGreaterThan(0);
  for (const { left } of rows) {
    expect(left).toBeLessThanOrEqual(seconds);
    expect(left).toBeGreaterThan(seconds - 60);
  }
}

/** As if the time was just over. */
const end = (table: string) => herald.admin.query(`update ${table} set expires_at = now()`);

it('the link of the first administrator: an hour', async () => {
  await lifetime('first_administrator_links', 3_600);
  const path = `/api/first-administrator/${herald.firstLink?.split('/').at(-1)}`;
  const become = () =>
    herald.browser().call('POST', path, { body: { name: 'Ana', email: 'ana@msp.example', password } });
  await end('first_administrator_links');
  const late = await become();
  expect([late.status, late.body.code]).toEqual([404, 'linkGone']);
  await herald.admin.query(`update first_administrator_links set expires_at = now() + interval '1 minute'`);
  expect((await become()).status).toBe(204);
});

it('an invitation: seven days', async () => {
  const admin = await herald.signedIn('admin');
  const asked = { email: 'bo@msp.example', role: 'viewer' };
  const { link } = (await admin.call('POST', '/api/v1/invitations', { body: asked })).body;
  await lifetime('invitations', 7 * 24 * 3_600);
  const path = `/api/invitations/${link.split('/').at(-1)}`;
  const accept = () => herald.browser().call('POST', path, { body: { name: 'Bo', password } });
  await end('invitations');
  expect((await accept()).body.code).toBe('invitationGone');
  expect((await herald.call('GET', path)).body.code).toBe('invitationGone');
  await herald.admin.query(`update invitations set expires_at = now() + interval '1 minute'`);
  expect((await accept()).status).toBe(204);
});

it('a sign-on under way: ten minutes', async () => {
  const admin = await herald.signedIn('admin');
  const provider = await startProvider();
  try {
    provider.state.person = { sub: 's-1', email: 'cy@sso.example', email_verified: true, name: 'Cy' };
    const settings = { name: 'Company', issuer: provider.issuer, clientId: 'herald', clientSecret: 's' };
    const body = { ...settings, newcomerRole: 'viewer' };
    const { id } = (await admin.call('POST', '/api/v1/single-sign-on', { body })).body;
    const signOn = async (meanwhile: () => Promise<unknown>) => {
      const browser = herald.browser();
      const begun = await browser.call('GET', `/api/sign-on/${id}/begin`);
      await lifetime('sign_on_attempts', 600);
      await meanwhile();
      const back = await browser.call('GET', provider.authorize(String(begun.headers.location)));
      return String(back.headers.location).replace(herald.config.baseUrl, '');
    };
    expect(await signOn(() => end('sign_on_attempts'))).toBe('/sign-in?refused=tooLate');
    await herald.admin.query('delete from sign_on_attempts');
    expect(await signOn(async () => undefined)).toBe('/');
  } finally {
    await provider.close();
  }
});
