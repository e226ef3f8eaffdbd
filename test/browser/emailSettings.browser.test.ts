/** E-mail is set up: a server and a sender, subjects, event detail, a test mail (req 9-14, 109-118). */
import { expect } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { hasBrowser } from './support/chromium.ts';
import { isFit, looksWell } from './support/looks.ts';
import { type MailApp, openMailApp } from './support/mailApp.ts';
import { sendAlert } from './support/ticketing.ts';

describe.skipIf(!hasBrowser)('settings of e-mail', () => {
  let m: MailApp;
  beforeAll(async () => {
    m = await openMailApp({ isSetUp: false });
  });
  afterAll(() => m?.close());

  it('says that it is not set up; a person enters a server and a sender, checks them, and it is', async () => {
    const page = await m.open('/settings/psa');
    await expect(page.getByRole('status').filter({ hasText: 'E-mail is not set up' })).toBeVisible();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await looksWell(page);
    }
    await page.getByRole('link', { name: 'Enter a mail server and a sender' }).click();
    await expect(page).toHaveURL(/email=servers/);
    await page.getByRole('button', { name: '+ Add server' }).click();
    await page.getByLabel('Encryption').selectOption('none');
    await expect(page.getByLabel('Port')).toHaveValue('25');
    await page.getByLabel('Port').fill('no');
    await page.getByLabel('From').fill('herald@@msp.example');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Enter the name of the server.')).toBeVisible();
    await expect(page.getByText('A port is a number from 1 to 65535.')).toBeVisible();
    await page.getByLabel('Host').fill('127.0.0.1');
    await page.getByLabel('Port').fill(String(m.mailbox.port));
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('“herald@@msp.example” cannot be used.')).toBeVisible();
    await expect(page.getByLabel('Host')).toHaveValue('127.0.0.1');
    await page.getByLabel('From').fill('herald@msp.example');
    await page.getByLabel('Why this change').fill('The first mail server');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('How mail leaves was saved.')).toBeVisible();
    await expect(page.getByText(/mail leaves by 127\.0\.0\.1, from herald@msp\.example/)).toBeVisible();
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await expect(page.getByText(`127.0.0.1:${m.mailbox.port} can be used.`)).toBeVisible();
    const { items } = await m.app.api<{ items: { reason: string | null }[] }>(
      'GET',
      '/audit?targetKind=email',
    );
    expect(items.map(({ reason }) => reason)).toContain('The first mail server');
  });

  it('a password is stored, never shown, and stays when it is left empty', async () => {
    const page = await m.open('/settings/psa?email=servers');
    await page.getByRole('button', { name: '+ Add server' }).click();
    const second = page.getByRole('group', { name: 'Server 2' });
    await second.getByLabel('Host').fill('127.0.0.1');
    await second.getByLabel('User').fill('herald');
    await second.getByLabel('Password', { exact: true }).fill('a secret of the mail server');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(second.getByPlaceholder('Stored, and never shown')).toHaveValue('');
    await second.getByLabel('Port').fill('2525');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText(/Enter the password of herald for 127\.0\.0\.1:2525/)).toBeVisible();
    await page.getByRole('button', { name: 'Remove server 2' }).click();
    await page.getByLabel('Mails in a minute').fill('120');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('group', { name: 'Server 2' })).toHaveCount(0);
    await expect(page.getByText('How mail leaves was saved.').last()).toBeVisible();
  });

  it('a subject shows what it becomes, and a mistake is marked at its character', async () => {
    await sendAlert(m.app, { title: 'Impossible travel', severity: 'critical' });
    const page = await m.open('/settings/psa?email=content');
    const subject = page.getByRole('textbox', { name: 'Subject for global recipients' });
    await subject.fill('Alert of {{ organization.name }}: {{ alert.titel }}');
    await expect(page.getByRole('alert')).toContainText('Character 38');
    await expect(page.getByText('It is shown as soon as its subject above can be used.')).toBeVisible();
    await subject.fill('Alert of {{ organization.name }}');
    await expect(page.getByText('Becomes Alert of Northwind')).toBeVisible();
    await expect(page.getByText(/Becomes \[critical\] Impossible travel/)).toBeVisible();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('What mails say was saved.')).toBeVisible();
    await page.reload();
    await expect(subject).toHaveValue('Alert of {{ organization.name }}');
    await looksWell(page);
  });

  it('the two switches show their difference on a real alert, in a frame that runs nothing (req 115–117)', async () => {
    await sendAlert(m.app, {
      title: 'Stolen session',
      severity: 'low',
      rule: { kind: 'respond', id: 'R-17', name: 'Stolen session' },
      events: [{ type: 'signIn', summary: 'Sign-in from Lisbon' }],
    });
    const page = await m.open('/settings/psa?email=content');
    const noise: string[] = [];
    page.on('console', (message) => message.type() === 'error' && noise.push(message.text()));
    await page.getByRole('button', { name: 'See the difference: Respond Event Detail' }).click();
    const dialog = page.getByRole('dialog', { name: /the difference/ });
    await expect(dialog.locator('iframe')).toHaveCount(2);
    for (const frame of await dialog.locator('iframe').all())
      await expect(frame).toHaveAttribute('sandbox', '');
    const on = dialog.frameLocator('iframe').first();
    await expect(on.getByText('Sign-in from Lisbon')).toBeVisible();
    await expect(on.getByRole('heading', { name: 'Stolen session' })).toHaveCSS('font-size', '22px');
    await dialog.getByText('Plain text').click();
    await expect(dialog.getByRole('region', { name: 'The text: On: with the events' })).toContainText(
      'from Lisbon',
    );
    await expect(dialog.getByRole('region', { name: 'The text: Off: the summary only' })).not.toContainText(
      'from Lisbon',
    );
    expect(noise).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'See the difference: IOC Event Detail' }).click();
    await expect(page.getByText('No recent alert carries IOC matches')).toBeVisible();
  });

  it('the difference is shown on the newest alert that has such events, when the newest alert has none', async () => {
    const events = [{ summary: 'Beacon to 203.0.113.9' }];
    await sendAlert(m.app, { title: 'Known beacon', rule: { kind: 'ioc' }, events });
    await sendAlert(m.app, { title: 'Nothing behind it' });
    const page = await m.open('/settings/psa?email=content');
    await expect(page.getByRole('combobox', { name: 'Made of this alert' })).toHaveValue(/Nothing behind it/);
    const dialog = page.getByRole('dialog', { name: /the difference/ });
    for (const [label, summary, kind] of [
      ['IOC Event Detail', 'Beacon to 203.0.113.9', 'IOC matches'],
      ['Respond Event Detail', 'Sign-in from Lisbon', 'Respond events'],
    ] as const) {
      await page.getByRole('button', { name: `See the difference: ${label}` }).click();
      await expect(
        dialog.getByText(`The alert chosen on the page behind carries no ${kind}. This is the newest one`),
      ).toBeVisible();
      await dialog.getByText('Plain text').click();
      const mail = (words: string) => dialog.getByRole('region', { name: `The text: ${words}` });
      await expect(mail('On: with the events')).toContainText(summary);
      await expect(mail('Off: the summary only')).toContainText(/Known beacon|Stolen session/);
      await expect(mail('Off: the summary only')).not.toContainText(summary);
      await page.keyboard.press('Escape');
      await expect(dialog).toHaveCount(0);
    }
  });

  it('a test mail says where it went, and leads to every step of it (req 118)', async () => {
    const page = await m.open('/settings/psa?email=test');
    await page.getByLabel('To', { exact: true }).fill('me@msp.example');
    await page.getByRole('button', { name: 'Send a test mail' }).click();
    await expect(page.getByText('A mail server took the mail to me@msp.example.')).toBeVisible({
      timeout: 20_000,
    });
    await m.arrives('me@msp.example', 1);
    await page.getByRole('link', { name: 'See every step of it' }).click();
    await expect(page.getByText('E-mail to me@msp.example').first()).toBeVisible();
  });

  it('what keeps mail from leaving is said in words, with the way to mend it', async () => {
    const page = await m.app.page();
    await page.route('**/api/v1/email/settings', async (route) => {
      const answer = await route.fetch();
      const attention = 'The mail server refuses the login: enter the password again.';
      const json = {
        ...((await answer.json()) as object),
        attention,
        attentionSince: '2026-11-20T10:00:00Z',
      };
      await route.fulfill({ response: answer, json });
    });
    await page.goto('/settings/psa');
    const state = page.getByRole('status').filter({ hasText: 'No mail leaves' });
    await expect(state).toContainText('The mail server refuses the login');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await looksWell(page);
    }
    await state.getByRole('link', { name: 'Mend the servers' }).click();
    await expect(page.getByRole('group', { name: 'Server 1' })).toBeVisible();
    await page.goto('/settings/psa?email=test');
    await expect(page.getByRole('button', { name: 'Send a test mail' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
  });

  it('a viewer sees all of it and changes none of it', async () => {
    const page = await m.open('/settings/psa?email=servers', { role: 'viewer' });
    await expect(page.getByLabel('From')).toHaveAttribute('readonly', '');
    await expect(page.getByRole('button', { name: 'Save' })).toHaveAttribute('aria-disabled', 'true');
    await page.goto('/settings/psa?email=content');
    await expect(page.getByRole('textbox', { name: 'Subject for global recipients' })).toBeDisabled();
    await page.goto('/settings/psa?email=test');
    await expect(page.getByRole('button', { name: 'Send a test mail' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
  });

  it.each(['/settings/psa?email=content', '/settings/psa?email=servers', '/settings/psa?email=test'])(
    '%s is fit for everybody, and for a phone',
    async (address) => {
      await isFit(m, address);
    },
  );
});
