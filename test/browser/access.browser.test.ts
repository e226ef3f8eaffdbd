/** Signing in and who may do what, as a person meets it: from the first link on the terminal to a revoked key. */
import { expect } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { apiOf } from '../harness/setup.ts';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';
import { looksWell, phone } from './support/looks.ts';
import { dashboard, password, signIn } from './support/people.ts';

describe.skipIf(!hasBrowser)('the first administrator', () => {
  let app: App;
  beforeAll(async () => {
    app = await openApp();
  });
  afterAll(() => app?.close());

  it('comes in by the link of the terminal, which the sign-in page names, and which works once', async () => {
    const page = await app.page({ role: 'nobody' });
    await page.goto('/alerts');
    await expect(page.getByText('link for the first administrator on the terminal')).toBeVisible();
    await looksWell(page);
    await page.goto(app.firstLink ?? '');
    await looksWell(page);
    await page.getByLabel('Your name').fill('Ada');
    await page.getByLabel('E-mail').fill('ada@msp.example');
    await page.getByLabel('Password', { exact: true }).fill('passwordpassword');
    await page.getByRole('button', { name: 'Make the account' }).click();
    await expect(page.getByText('The password is on the list')).toBeVisible();
    await expect(page.getByLabel('Your name')).toHaveValue('Ada');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.keyboard.press('Enter');
    await expect(dashboard(page)).toBeVisible();
    await expect(page.getByText('Welcome to Herald, Ada.')).toBeVisible();

    const second = await app.page({ role: 'nobody' });
    await second.goto(app.firstLink ?? '');
    await second.getByLabel('Your name').fill('Eve');
    await second.getByLabel('E-mail').fill('eve@else.example');
    await second.getByLabel('Password', { exact: true }).fill(password);
    await second.getByRole('button', { name: 'Make the account' }).click();
    await expect(second.getByRole('alert')).toContainText('This link was used');
  });

  it('signs out, and in again by keyboard; a wrong password tells nothing about who exists', async () => {
    const page = await app.page({ role: 'nobody' });
    await page.goto('/sign-in?next=/settings/access');
    await expect(page.getByLabel('E-mail')).toBeFocused();
    await page.keyboard.type('ada@msp.example');
    await page.keyboard.press('Tab');
    await page.keyboard.type('a wrong password');
    await page.keyboard.press('Enter');
    const refusal = page.getByRole('alert');
    await expect(refusal).toContainText('The e-mail address or the password is not right.');
    const told = await refusal.textContent();
    await expect(page.getByLabel('E-mail')).toHaveValue('ada@msp.example');
    await signIn(page, 'nobody@msp.example', 'a wrong password');
    await expect(refusal).toHaveText(told ?? '');
    await looksWell(page);
    await signIn(page, 'ada@msp.example');
    await expect(page).toHaveURL(/settings\/access/);
    await page.getByRole('button', { name: 'Ada' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await page.goto('/alerts');
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  });

  it.each(['//evil.example', '/%5Cevil.example', 'https:evil.example', 'https://evil.example/'])(
    'goes to its own pages after signing in, not to %s',
    async (next) => {
      const page = await app.page();
      await page.goto(`/sign-in?next=${next}`);
      await expect(dashboard(page)).toBeVisible();
      expect(new URL(page.url()).origin).toBe(app.url);
    },
  );
});

describe.skipIf(!hasBrowser)('people', () => {
  let app: App;
  beforeAll(async () => {
    app = await openApp();
  });
  afterAll(() => app?.close());

  it('are invited by a link that is shown once; a viewer sees what is not for viewers, and why', async () => {
    const page = await app.page();
    await page.goto('/settings/access');
    await page.getByRole('button', { name: 'Invite somebody' }).click();
    await page.getByLabel('E-mail').fill('vera@msp.example');
    await page.getByRole('button', { name: 'Make the link' }).click();
    const link = await page.getByLabel('The link', { exact: true }).textContent();
    await looksWell(page);
    await page.getByRole('button', { name: 'Done' }).click();
    await expect(page.getByRole('table', { name: 'Open invitations' })).toContainText('vera@msp.example');
    await expect(page.getByText(link ?? '')).toHaveCount(0);

    const guest = await app.page({ role: 'nobody', viewport: phone });
    await guest.goto(link ?? '');
    await expect(guest.getByText('You come in as a viewer')).toBeVisible();
    await looksWell(guest);
    await guest.getByLabel('Your name').fill('Vera');
    await guest.getByLabel('Password', { exact: true }).fill(password);
    await guest.getByRole('button', { name: 'Accept the invitation' }).click();
    await expect(dashboard(guest)).toBeVisible();

    await guest.goto('/settings/access?tab=keys');
    const make = guest.getByRole('button', { name: 'Make a key' });
    await expect(make).toHaveAttribute('aria-disabled', 'true');
    await make.hover();
    await expect(guest.getByRole('tooltip')).toHaveText('Only administrators can do this.');
    await guest.getByRole('tab', { name: 'People' }).click();
    await expect(guest.getByRole('button', { name: 'Invite somebody' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );

    const late = await app.page({ role: 'nobody' });
    await late.goto(link ?? '');
    await expect(late.getByRole('heading', { name: 'This invitation does not work any more' })).toBeVisible();
  });

  it('change roles after a question, and are removed with what it means', async () => {
    const viewer = await app.page({ role: 'operator' });
    await viewer.goto('/');
    const page = await app.page();
    await page.goto('/settings/access');
    await looksWell(page);
    await page.getByRole('combobox', { name: 'Role of operator' }).click();
    await page.getByRole('option', { name: 'Viewer' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Change the role' }).click();
    await expect(page.getByText('operator is a viewer, who sees everything')).toBeVisible();
    await page.getByRole('button', { name: 'Remove operator' }).click();
    await expect(page.getByRole('dialog')).toContainText('What operator did stays in the audit.');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await expect(page.getByRole('table', { name: 'People' })).not.toContainText('operator@msp.example');
    await viewer.goto('/alerts');
    await expect(viewer.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  });

  it('cannot take the last administrator away', async () => {
    const page = await app.page();
    await page.goto('/settings/access');
    await page.getByRole('button', { name: /^Leave/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
    await expect(page.getByText('This is the last administrator of the workspace.')).toBeVisible();
  });

  it('make a key that is shown once, works, and is revoked', async () => {
    const page = await app.page({ viewport: phone });
    await page.goto('/settings/access?tab=keys');
    await page.getByRole('button', { name: 'Make a key' }).click();
    await page.getByLabel('Name').fill('Collector');
    await page.getByRole('checkbox', { name: 'Read' }).check();
    await looksWell(page);
    await page.getByRole('button', { name: 'Make the key' }).click();
    const key = (await page.getByLabel('The key', { exact: true }).textContent()) ?? '';
    const headers = { authorization: `Bearer ${key}` };
    const ask = async () => (await fetch(`${app.url}/api/v1/alerts`, { headers })).status;
    expect(await ask()).toBe(200);
    await page.getByRole('button', { name: 'Done' }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await looksWell(page);
    await page.reload();
    await expect(page.getByText(key)).toHaveCount(0);
    await page.getByRole('button', { name: 'Revoke the key Collector' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await expect(page.getByText('The key Collector was revoked.')).toBeVisible();
    await expect.poll(ask).toBe(401);
  });

  it('are not let in by what a key has left behind: its invitations are marked, and say whom to ask', async () => {
    const body = { name: 'Onboarding', scopes: ['admin'] };
    const { key } = await app.api<{ key: string }>('POST', '/api-keys', body);
    const asked = { email: 'olaf@msp.example', role: 'operator' };
    const { link } = await apiOf(app.url, key)<{ link: string }>('POST', '/invitations', asked);
    const page = await app.page();
    await page.goto('/settings/access');
    const row = page.getByRole('table', { name: 'Open invitations' }).getByRole('row', { name: /olaf@/ });
    await expect(row).toContainText('Onboarding');
    await expect(row).not.toContainText('Void');
    await page.getByRole('tab', { name: 'API keys' }).click();
    await page.getByRole('button', { name: 'Revoke the key Onboarding' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('Open invitations that it has made are void.');
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await expect(page.getByText('The key Onboarding was revoked.')).toBeVisible();
    await page.getByRole('tab', { name: 'People' }).click();
    await expect(row).toContainText('Void its API key was revoked');
    await looksWell(page);

    const guest = await app.page({ role: 'nobody', viewport: phone });
    await guest.goto(link);
    await expect(
      guest.getByRole('heading', { name: 'This invitation does not work any more' }),
    ).toBeVisible();
    await expect(guest.getByText('Ask an administrator of Default to invite you again.')).toBeVisible();
    await looksWell(guest);
    const narrow = await app.page({ viewport: phone });
    await narrow.goto('/settings/access');
    await expect(narrow.getByText('its API key was revoked')).toBeVisible();
    await looksWell(narrow);
    await page.getByRole('button', { name: 'Withdraw the invitation for olaf@msp.example' }).click();
    await expect(dialog).toContainText('it only leaves this list');
    await dialog.getByRole('button', { name: 'Withdraw' }).click();
    await expect(page.getByText('The invitation for olaf@msp.example was withdrawn.')).toBeVisible();
  });

  it('add a provider of single sign-on, which gets a button and an address to copy', async () => {
    const page = await app.page();
    await page.goto('/settings/access?tab=sign-on');
    await page.getByRole('button', { name: 'Add a provider' }).click();
    await page.getByLabel('Name').fill('Contoso');
    await page.getByLabel('Issuer').fill('https://login.contoso.example');
    await page.getByLabel('Client id').fill('herald');
    await page.getByLabel('Client secret').fill('a-secret-of-the-provider');
    await page.getByRole('dialog').getByRole('button', { name: 'Add the provider' }).click();
    await expect(page.getByText(/\/api\/sign-on\/[0-9a-f-]+\/callback/)).toBeVisible();
    await looksWell(page);
    const outside = await app.page({ role: 'nobody' });
    await outside.goto('/sign-in?refused=unknown');
    await expect(outside.getByRole('link', { name: 'Sign in with Contoso' })).toBeVisible();
    await expect(outside.getByRole('alert')).toContainText('Ask an administrator for an invitation.');
  });

  it('see who was first when a provider was changed meanwhile, load that, and save theirs over it', async () => {
    const settings = { issuer: 'https://login.fabrikam.example', clientId: 'herald', clientSecret: 's' };
    const made = { name: 'Fabrikam', ...settings };
    const { id } = await app.api<{ id: string }>('POST', '/single-sign-on', made);
    const page = await app.page();
    await page.goto('/settings/access?tab=sign-on');
    await page.getByRole('table').getByText('Fabrikam', { exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Fabrikam' });
    await dialog.getByLabel('Client id').fill('mine');
    await app.api('PATCH', `/single-sign-on/${id}`, { name: 'Fabrikam AD', newcomerRole: 'viewer' });
    await dialog.getByRole('button', { name: 'Save' }).click();
    const conflict = page.getByRole('alert').filter({ hasText: 'Somebody else has changed this' });
    await expect(conflict).toContainText('It is named “Fabrikam AD” now.');
    await expect(conflict).toContainText('The last change here is by HERALD_API_KEY');
    await expect(page.getByLabel('Client id')).toHaveValue('mine');
    await looksWell(page);
    await conflict.getByRole('button', { name: 'Load the other state' }).click();
    await expect(page.getByRole('dialog').getByLabel('Name')).toHaveValue('Fabrikam AD');
    await expect(page.getByLabel('Client id')).toHaveValue('herald');
    await page.getByLabel('Client id').fill('mine again');
    await app.api('PATCH', `/single-sign-on/${id}`, { clientSecret: 'replaced' });
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await expect(conflict).toContainText('Its client secret was replaced.');
    await conflict.getByRole('button', { name: 'Save mine instead' }).click();
    await expect(page.getByText('Fabrikam AD was saved.')).toBeVisible();
    const { items } = await app.api<{ items: { id: string; clientId: string }[] }>('GET', '/single-sign-on');
    expect(items.find((one) => one.id === id)?.clientId).toBe('mine again');
  });

  it('are not removed on what is not so any more: the question stood beside another role', async () => {
    await app.page({ role: 'viewer' });
    const page = await app.page();
    await page.goto('/settings/access');
    await page.getByRole('button', { name: 'Remove viewer' }).click();
    const { items } = await app.api<{ items: { id: string; name: string }[] }>('GET', '/users?q=viewer@');
    await app.api('PATCH', `/users/${items[0]?.id}`, { role: 'operator' });
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await expect(page.getByText('It was changed meanwhile, last by HERALD_API_KEY')).toBeVisible();
    await expect(page.getByRole('combobox', { name: 'Role of viewer' })).toHaveValue('Operator');
  });

  it('are asked for their password again before a sensitive change, which is made then', async () => {
    const page = await app.page();
    await page.goto('/settings/access?tab=keys');
    let isRefused = true;
    await page.route('**/api/v1/api-keys', async (route) => {
      if (route.request().method() !== 'POST' || !isRefused) return route.continue();
      isRefused = false;
      const problem = { status: 403, code: 'recentSignInNeeded', detail: 'Confirm that it is you.' };
      await route.fulfill({ status: 403, json: problem });
    });
    await page.getByRole('button', { name: 'Make a key' }).click();
    await page.getByLabel('Name').fill('Late');
    await page.getByRole('button', { name: 'Make the key' }).click();
    const dialog = page.getByRole('dialog', { name: 'Is it you?' });
    await dialog.getByLabel('Your password').fill('not this one');
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await expect(dialog.getByRole('alert')).toContainText('The password is not right.');
    await dialog.getByLabel('Your password').fill(password);
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await expect(page.getByText('The key Late is made')).toBeVisible();
  });
});
