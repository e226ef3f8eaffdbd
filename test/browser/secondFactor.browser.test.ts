/** The second factor where it is demanded: an authenticator app with its backup codes, or a passkey (ASVS 6.3.3). */
import { expect } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';
import { looksWell, phone } from './support/looks.ts';
import { dashboard, emailOf, password, signIn } from './support/people.ts';
import { codeOf } from './support/totp.ts';

describe.skipIf(!hasBrowser)('a second factor', () => {
  let app: App;
  beforeAll(async () => {
    app = await openApp({ isSecondFactorDemanded: true, hasName: true });
  });
  afterAll(() => app?.close());

  it('is set up where it is demanded, and asked for at the next sign-in', async () => {
    const page = await app.page({ viewport: phone });
    await page.goto('/settings/access');
    await expect(page.getByRole('heading', { name: 'A second factor is needed' })).toBeVisible();
    await looksWell(page);
    await page.getByRole('button', { name: 'Set up an authenticator app' }).click();
    await page.getByLabel('Your password').fill(password);
    await page.getByRole('button', { name: 'Go on' }).click();
    await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible();
    await looksWell(page);
    const secret = (await page.getByRole('button', { name: /^Copy secret/ }).textContent()) ?? '';
    await page.getByLabel('Code', { exact: true }).fill(codeOf(secret));
    await page.getByRole('button', { name: 'Set up' }).click();
    const [backup = ''] = ((await page.getByLabel('The codes', { exact: true }).textContent()) ?? '').split(
      '\n',
    );
    await page.getByRole('button', { name: 'I have kept the codes' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Access' })).toBeVisible();

    const again = await app.page({ role: 'nobody' });
    await again.goto('/sign-in');
    await signIn(again, emailOf('admin'));
    await again.getByLabel('Code', { exact: true }).fill('000000');
    await again.getByRole('button', { name: 'Go on' }).click();
    await expect(again.getByRole('alert')).toContainText('The code is not right');
    await looksWell(again);
    // The code of the set-up has been used: the one that follows it counts already.
    await again.getByLabel('Code', { exact: true }).fill(codeOf(secret, 1));
    await again.getByRole('button', { name: 'Go on' }).click();
    await expect(dashboard(again)).toBeVisible();

    const phoneless = await app.page({ role: 'nobody' });
    await phoneless.goto('/sign-in?next=/settings/profile');
    await signIn(phoneless, emailOf('admin'));
    await phoneless.getByRole('button', { name: 'Use a backup code' }).click();
    await phoneless.getByLabel('Backup code').fill(backup);
    await phoneless.getByRole('button', { name: 'Go on' }).click();
    await expect(phoneless.getByText('It is set up: Herald asks for its code')).toBeVisible();
    await looksWell(phoneless);
    await phoneless.getByRole('button', { name: 'Sign out everywhere else' }).click();
    await expect(phoneless.getByRole('list', { name: 'Sessions' }).getByRole('listitem')).toHaveCount(1);
    await again
      .getByRole('navigation', { name: 'Main' })
      .getByRole('link', { name: 'Organizations' })
      .click();
    await expect(again.getByText('You are not signed in any more')).toBeVisible();
    await again.getByRole('button', { name: 'Try again' }).click();
    await expect(again.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await expect(again).toHaveURL(/next=%2Forganizations/);
  });

  it('can be a passkey, which signs in alone', async () => {
    const page = await app.page({ role: 'operator' });
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await page.goto('/alerts');
    await page.getByLabel('Name of the passkey').fill('Laptop');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Alerts' })).toBeVisible();
    await page.goto('/settings/profile');
    await expect(page.getByRole('list', { name: 'Passkeys' })).toContainText('Laptop');
    await page.getByRole('button', { name: 'operator' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await expect(dashboard(page)).toBeVisible();
    await page.goto('/settings/profile');
    await page.getByRole('button', { name: 'Remove Laptop' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await expect(page.getByText('You have none yet.')).toBeVisible();
  });
});
