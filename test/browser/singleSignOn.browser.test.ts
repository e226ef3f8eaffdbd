/** Signing in at a provider, as a person meets it: there, back to the page that was wanted, or back with a reason. */
import { expect, type Page } from '@playwright/test';
import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';
import { type Provider, startProvider } from '../access/provider.ts';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';
import { looksWell, phone } from './support/looks.ts';
import { dashboard, emailOf, signIn } from './support/people.ts';

describe.skipIf(!hasBrowser)('single sign-on', () => {
  let app: App;
  let provider: Provider;
  beforeAll(async () => {
    provider = await startProvider();
    // By a name, so that the provider, which has an address, is another site.
    app = await openApp({ hasName: true });
    await app.api('POST', '/single-sign-on', {
      name: 'Company directory',
      issuer: provider.issuer,
      clientId: 'herald',
      clientSecret: 'a secret of the provider',
      newcomerRole: 'viewer',
      domains: ['msp.example'],
    });
    // Somebody with a password joins: with nobody there at all, the page speaks of the first administrator instead.
    await (await app.page({ role: 'viewer' })).context().close();
  });
  afterAll(async () => {
    await app?.close();
    await provider?.close();
  });
  beforeEach(() => {
    provider.state.person = { sub: 's-1', email: 'ana@msp.example', email_verified: true, name: 'Ana' };
  });

  const wanted = '/alerts?state=failed';

  /** Whoever opens an address without being signed in chooses the provider, and is there. */
  async function goToProvider(page: Page, address: string): Promise<void> {
    await page.goto(address);
    await page.getByRole('link', { name: 'Sign in with Company directory' }).click();
    await expect(page.getByRole('heading', { name: 'The provider' })).toBeVisible();
  }

  it('leads back to the page that was wanted, with its filters', async () => {
    const page = await app.page({ role: 'nobody' });
    await goToProvider(page, wanted);
    await page.getByRole('link', { name: 'Sign in here' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Alerts' })).toBeVisible();
    expect(page.url()).toBe(app.url + wanted);
    await expect(page.getByRole('button', { name: 'Ana' })).toBeVisible();
    // The page before is not the sign-in page again, which would only lead here once more.
    await page.reload();
    expect(page.url()).toBe(app.url + wanted);
  });

  it('leads to the dashboard when nothing else was wanted', async () => {
    const page = await app.page({ role: 'nobody' });
    await goToProvider(page, '/sign-in');
    await page.getByRole('link', { name: 'Sign in here' }).click();
    await expect(dashboard(page)).toBeVisible();
  });

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example/', '/api/openapi.json'])(
    'leads to the dashboard, not to %s',
    async (evil) => {
      const page = await app.page({ role: 'nobody' });
      await goToProvider(page, `/sign-in?${new URLSearchParams({ next: evil })}`);
      await page.getByRole('link', { name: 'Sign in here' }).click();
      await expect(dashboard(page)).toBeVisible();
      expect(new URL(page.url()).pathname).toBe('/');
      expect(new URL(page.url()).origin).toBe(app.url);
    },
  );

  it('that was refused says why, and one comes to the wanted page by password', async () => {
    provider.state.person = { sub: 's-2', email: 'eve@other.example', email_verified: true };
    const page = await app.page({ role: 'nobody', viewport: phone });
    await goToProvider(page, wanted);
    await page.getByRole('link', { name: 'Sign in here' }).click();
    const refusal = page.getByRole('alert');
    await expect(refusal).toContainText('Nobody here knows you yet. Ask an administrator for an invitation.');
    await looksWell(page);
    await signIn(page, emailOf('viewer'));
    await expect(page.getByRole('heading', { level: 1, name: 'Alerts' })).toBeVisible();
    expect(page.url()).toBe(app.url + wanted);
  });

  it('that was cancelled says so, and can be tried again', async () => {
    const page = await app.page({ role: 'nobody' });
    await goToProvider(page, wanted);
    await page.getByRole('link', { name: 'Cancel' }).click();
    await expect(page.getByRole('alert')).toContainText('You did not sign in there');
    await page.getByRole('link', { name: 'Sign in with Company directory' }).click();
    await page.getByRole('link', { name: 'Sign in here' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Alerts' })).toBeVisible();
    expect(page.url()).toBe(app.url + wanted);
  });
});
