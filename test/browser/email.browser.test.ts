/** E-mail: a person sets it up, adds recipients, sees a mail arrive and why; switches, stops, reviews (req 9–25, 109–120). */
import { expect, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { makeConnection } from '../harness/connection.ts';
import { simulatorCredentials } from '../support/steps.ts';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';
import { looksWell, phone } from './support/looks.ts';
import { type Mailbox, openMailbox } from './support/mailbox.ts';
import { sendAlert } from './support/ticketing.ts';

interface Alert {
  deliveries: { address: string | null; state: string }[];
}

describe.skipIf(!hasBrowser)('e-mail', () => {
  let app: App;
  let mailbox: Mailbox;
  let organizationId = '';
  beforeAll(async () => {
    app = await openApp();
    mailbox = await openMailbox();
    const organization = { name: 'Northwind', externalRefs: ['org-17'] };
    organizationId = (await app.api<{ id: string }>('POST', '/organizations', organization)).id;
  });
  afterAll(async () => {
    await app?.close();
    await mailbox?.close();
  });

  const open = async (address: string, options: Parameters<App['page']>[0] = {}): Promise<Page> => {
    const page = await app.page(options);
    await page.goto(address);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    return page;
  };
  const organizationPage = () => `/organizations/${organizationId}?tab=settings`;
  const arrives = (address: string, count: number) =>
    expect.poll(() => mailbox.to(address).length, { timeout: 20_000 }).toBe(count);
  /** Each mail of an alert by its address. */
  const mailsOf = async (alertId: string) => {
    const { deliveries } = await app.api<Alert>('GET', `/alerts/${alertId}`);
    return Object.fromEntries(deliveries.map(({ address, state }) => [address, state]));
  };
  const addRecipient = async (page: Page, address: string) => {
    await page.getByRole('button', { name: '+ Add Email' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add an e-mail address' });
    await dialog.getByRole('textbox', { name: 'E-mail address' }).fill(address);
    return dialog;
  };

  it('says that it is not set up; a person enters a server and a sender, checks them, and it is', async () => {
    const page = await open('/settings/psa');
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
    await page.getByLabel('Port').fill(String(mailbox.port));
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('“herald@@msp.example” cannot be used.')).toBeVisible();
    await expect(page.getByLabel('Host')).toHaveValue('127.0.0.1');
    await page.getByLabel('From').fill('herald@msp.example');
    await page.getByLabel('Why this change').fill('The first mail server');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('How mail leaves was saved.')).toBeVisible();
    await expect(page.getByText(/mail leaves by 127\.0\.0\.1, from herald@msp\.example/)).toBeVisible();
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await expect(page.getByText(`127.0.0.1:${mailbox.port} can be used.`)).toBeVisible();
    const { items } = await app.api<{ items: { reason: string | null }[] }>('GET', '/audit?targetKind=email');
    expect(items.map(({ reason }) => reason)).toContain('The first mail server');
  });

  it('a password is stored, never shown, and stays when it is left empty', async () => {
    const page = await open('/settings/psa?email=servers');
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

  it('a recipient is added by keyboard; the confirmation claims no more than that (req 110, 111)', async () => {
    const page = await open('/settings/psa');
    await page.getByRole('button', { name: '+ Add Email' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('textbox', { name: 'E-mail address' })).toBeFocused();
    await page.keyboard.type('soc@msp.example');
    await page.keyboard.press('Enter');
    const told = page.getByRole('alert').filter({ hasText: 'The e-mail soc@msp.example was added.' });
    await expect(told).toContainText('neither that the address can be reached nor that an alert was sent');
    await expect(page.getByRole('row', { name: /soc@msp\.example/ })).toContainText('All alerts');
    await expect(page).not.toHaveURL(/recipient=/);
  });

  it('an address that cannot be used is named, and what was typed stays; twice the same is refused', async () => {
    const page = await open('/settings/psa');
    const dialog = await addRecipient(page, 'two@@msp.example');
    await dialog.getByLabel('Why it gets mail').fill('Asked for it');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(dialog.getByText('“two@@msp.example” cannot be used.')).toBeVisible();
    await expect(dialog.getByLabel('Why it gets mail')).toHaveValue('Asked for it');
    await dialog.getByRole('textbox', { name: 'E-mail address' }).fill('SOC@msp.example');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(dialog.getByText(/is a global recipient already/)).toBeVisible();
  });

  it('an organization has recipients of its own, for some severities (req 21–25)', async () => {
    const page = await open(organizationPage());
    const dialog = await addRecipient(page, 'it@northwind.example');
    await expect(dialog.getByText(/alerts of Northwind only/)).toBeVisible();
    for (const name of ['High', 'Low', 'Info']) await dialog.getByLabel(name, { exact: true }).uncheck();
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(page.getByRole('row', { name: /it@northwind\.example/ })).toContainText('CriticalMedium');
    const outlook = page.getByRole('list', { name: 'What would happen right now' });
    await expect(outlook.getByRole('listitem').filter({ hasText: 'Critical' })).toContainText(
      'it@northwind.example (in the format of the organization)',
    );
    await expect(outlook.getByRole('listitem').filter({ hasText: 'High' })).not.toContainText('it@northwind');
    const global = await app.api<{ items: unknown[] }>('GET', '/email/recipients');
    expect(global.items).toHaveLength(1);
  });

  it('an alert is mailed to both, each in its own format, and its page explains it', async () => {
    const alertId = await sendAlert(app, { title: 'Impossible travel', severity: 'critical' });
    await arrives('soc@msp.example', 1);
    await arrives('it@northwind.example', 1);
    expect(mailbox.to('soc@msp.example')[0]?.subject).toBe('[critical] Northwind: Impossible travel');
    expect(mailbox.to('it@northwind.example')[0]?.subject).toBe('[critical] Impossible travel');
    const page = await open(`/alerts/${alertId}`);
    const story = page.locator('.story');
    await expect(story.getByText('E-mail to it@northwind.example, a recipient of Northwind.')).toBeVisible();
    await expect(story.getByText(/in the format of recipients of the organization/)).toBeVisible();
    await expect(story.getByText('250 OK: message queued').first()).toBeVisible();
    await expect(
      story.getByText('A mail server has it. Whether it was read nobody knows.').first(),
    ).toBeVisible();
    const messageId = mailbox.to('it@northwind.example')[0]?.messageId ?? 'none';
    await expect(story.getByText(messageId)).toBeVisible();
    await looksWell(page);
  });

  it('the switch of an organization stops its mail and nothing else; what was skipped is not sent later (req 17–19)', async () => {
    const page = await open(organizationPage());
    await page.getByLabel('Why (optional)').fill('They moved away');
    await page.getByRole('switch', { name: 'PSA & email' }).click({ force: true });
    await expect(page.getByText('PSA & email is off for Northwind. What comes in')).toBeVisible();
    const outlook = page.getByRole('list', { name: 'What would happen right now' });
    await expect(outlook.getByRole('listitem')).toHaveCount(1);
    await expect(outlook).toContainText(/PSA & email is off/);
    const skipped = await sendAlert(app, { severity: 'critical' });
    const { severity } = await app.api<{ severity: string }>('GET', `/alerts/${skipped}`);
    expect(severity).toBe('critical');
    expect(Object.values(await mailsOf(skipped)).filter((state) => state !== 'skipped')).toEqual([]);
    await page.getByRole('switch', { name: 'PSA & email' }).click({ force: true });
    await expect(page.getByText('PSA & email is on for Northwind.')).toBeVisible();
    await sendAlert(app, { severity: 'critical' });
    await arrives('soc@msp.example', 2);
    expect(Object.values(await mailsOf(skipped)).filter((state) => state !== 'skipped')).toEqual([]);
    const { items } = await app.api<{ items: { reason: string | null }[] }>(
      'GET',
      `/audit?targetKind=organization&targetId=${organizationId}`,
    );
    expect(items.map(({ reason }) => reason)).toContain('They moved away');
  });

  it('a subject shows what it becomes, and a mistake is marked at its character', async () => {
    const page = await open('/settings/psa?email=content');
    const subject = page.getByRole('textbox', { name: 'Subject for global recipients' });
    await subject.fill('Alert of {{ organization.name }}: {{ alert.titel }}');
    await expect(page.getByRole('alert')).toContainText('Character 38');
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
    await sendAlert(app, {
      title: 'Stolen session',
      severity: 'low',
      rule: { kind: 'respond', id: 'R-17', name: 'Stolen session' },
      events: [{ type: 'signIn', summary: 'Sign-in from Lisbon' }],
    });
    const page = await open('/settings/psa?email=content');
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
    await expect(page.getByText('For this alert both mails are the same')).toBeVisible();
  });

  it('a test mail says where it went, and leads to every step of it (req 118)', async () => {
    const page = await open('/settings/psa?email=test');
    await page.getByLabel('To', { exact: true }).fill('me@msp.example');
    await page.getByRole('button', { name: 'Send a test mail' }).click();
    await expect(page.getByText('A mail server took the mail to me@msp.example.')).toBeVisible({
      timeout: 20_000,
    });
    await arrives('me@msp.example', 1);
    await page.getByRole('link', { name: 'See every step of it' }).click();
    await expect(page.getByText('E-mail to me@msp.example').first()).toBeVisible();
  });

  it('an address that is refused again and again is stopped, and a person lets mail go there again', async () => {
    mailbox.refused.add('gone@msp.example');
    await app.api('POST', '/email/recipients', {
      address: 'gone@msp.example',
      reviewOn: '2026-01-31',
      note: 'Old',
    });
    for (let n = 0; n < 5; n += 1) {
      const id = await sendAlert(app);
      await expect
        .poll(async () => (await mailsOf(id))['gone@msp.example'], { timeout: 20_000 })
        .toBe('failed');
    }
    const page = await open('/settings/psa/recipients?stopped=true');
    const row = page.getByRole('row', { name: /gone@msp\.example/ });
    await expect(row).toContainText('Stopped');
    await expect(row).toContainText('There is no such mailbox here');
    await expect(page.getByRole('row', { name: /soc@msp/ })).toHaveCount(0);
    const organization = await open(organizationPage());
    await expect(
      organization.getByText(/refused too often, so no mail goes there: gone@msp\.example/).first(),
    ).toBeVisible();
    await row.getByRole('button', { name: 'Send to gone@msp.example again' }).click();
    await page.getByLabel('Why (optional)').fill('The mailbox is back');
    await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click();
    await expect(page.getByText('Mail goes to gone@msp.example again.')).toBeVisible();
    await expect(page.getByText('No recipient fits these filters')).toBeVisible();
    const deliveries = await open('/deliveries');
    const cause = deliveries
      .getByRole('article')
      .filter({ hasText: 'There is no such mailbox here' })
      .first();
    await expect(cause.getByRole('link', { name: 'E-mail' })).toHaveAttribute(
      'href',
      '/settings/psa?email=servers',
    );
    await cause.getByRole('link', { name: /^Show/ }).click();
    await expect(cause.getByRole('cell', { name: 'gone@msp.example', exact: true }).first()).toBeVisible();
  });

  it('what is to be reviewed is counted in the settings, and leads to where it is changed', async () => {
    const page = await open('/settings/psa');
    await page.getByRole('link', { name: 'Reviews (1 due)' }).click();
    await page.getByRole('link', { name: 'gone@msp.example' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change gone@msp.example' });
    await dialog.getByLabel('Look at it again on').fill('2099-01-31');
    await dialog.getByLabel('Why this change').fill('Looked at it');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('gone@msp.example was saved.')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Reviews', exact: true })).toBeVisible();
  });

  it('whoever saves a recipient second is told what the first one changed', async () => {
    const page = await open('/settings/psa');
    await page.getByRole('button', { name: 'Edit soc@msp.example' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change soc@msp.example' });
    await dialog.getByLabel('Why it gets mail').fill('Mine');
    const { items } = await app.api<{ items: { id: string; address: string }[] }>(
      'GET',
      '/email/recipients?q=soc',
    );
    await app.api('PATCH', `/email/recipients/${items[0]?.id}`, { note: 'Theirs' });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog.getByRole('alert')).toContainText('The note is “Theirs” now.');
    await expect(dialog.getByLabel('Why it gets mail')).toHaveValue('Mine');
    await dialog.getByRole('button', { name: 'Save mine instead' }).click();
    await expect(page.getByText('soc@msp.example was saved.')).toBeVisible();
    await expect(page.getByRole('row', { name: /soc@msp/ })).toContainText('Mine');
  });

  it('a table adds many: first what would happen, then the real thing; removing says what will change', async () => {
    const page = await open('/settings/psa/recipients/import');
    await page
      .getByLabel('Table (CSV)')
      .fill('address,organization\none@msp.example,\ntwo@northwind.example,Northwind\nthree@@msp.example,\n');
    await page.getByRole('button', { name: 'See what would happen' }).click();
    await expect(page.getByText('2 new, 0 to change, 1 refused')).toBeVisible();
    await expect(page.getByRole('row', { name: /three@@msp/ })).toContainText('cannot be used');
    await page.getByRole('button', { name: 'Make 2' }).click();
    await expect(page.getByText('2 made, 0 changed, 1 refused').last()).toBeVisible();
    await page.goto('/settings/psa/recipients?list=organization');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    expect((await download).suggestedFilename()).toBe('herald-recipients.csv');
    await page.getByRole('button', { name: 'Remove two@northwind.example' }).click();
    await expect(page.getByRole('dialog')).toContainText('Global recipients stay as they are.');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await expect(page.getByText('two@northwind.example was removed.')).toBeVisible();
  });

  it('a mapping carries a note and a review date, which lead back to it', async () => {
    const credentials = simulatorCredentials;
    const id = await makeConnection(app.api, { name: 'Our PSA', credentials, catchAllAccountId: '0' });
    const { items } = await app.api<{ items: { id: string }[] }>(
      'GET',
      `/psa/connections/${id}/accounts?limit=1`,
    );
    const mappings = [{ organizationId, accountId: items[0]?.id }];
    await app.api('PUT', `/psa/connections/${id}/mappings`, { mappings });
    const page = await open(`/settings/psa/${id}?step=accounts`);
    await page.getByRole('button', { name: 'Add a note on Northwind' }).click();
    const note = page.getByRole('dialog', { name: 'Note on Northwind' });
    await note.getByLabel('Why it goes there').fill('They share a contract');
    await note.getByLabel('Look at it again on').fill('2026-02-28');
    await note.getByRole('button', { name: 'Keep' }).click();
    await expect(page.getByText('All mappings are saved.')).toBeVisible();
    await page.goto('/settings/reviews');
    await expect(page.getByRole('row', { name: /They share a contract/ })).toContainText('is mapped to');
    await page.getByRole('link', { name: 'Northwind' }).click();
    await expect(
      page.getByRole('button', { name: /^Note on Northwind: They share a contract/ }),
    ).toBeVisible();
    await looksWell(page);
  });

  it('the dashboard has a row for e-mail, the deliveries their addresses', async () => {
    const dashboard = await open('/');
    await expect(dashboard.getByRole('row', { name: /E-mail/ })).toContainText('Active');
    const page = await open('/deliveries');
    await page.getByLabel('Way').selectOption('E-mail');
    await expect(page.getByRole('row', { name: /it@northwind\.example/ }).first()).toBeVisible();
  });

  it('what keeps mail from leaving is said in words, with the way to mend it', async () => {
    const page = await app.page();
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
    const page = await open('/settings/psa', { role: 'viewer' });
    for (const name of ['+ Add Email', 'Edit soc@msp.example', 'Remove soc@msp.example']) {
      await expect(page.getByRole('button', { name })).toHaveAttribute('aria-disabled', 'true');
    }
    await page.goto('/settings/psa?email=servers');
    await expect(page.getByLabel('From')).toHaveAttribute('readonly', '');
    await expect(page.getByRole('button', { name: 'Save' })).toHaveAttribute('aria-disabled', 'true');
    await page.goto('/settings/psa?email=content');
    await expect(page.getByRole('textbox', { name: 'Subject for global recipients' })).toBeDisabled();
    await page.goto('/settings/psa?email=test');
    await expect(page.getByRole('button', { name: 'Send a test mail' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
    await page.goto('/settings/psa?recipient=new');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('dialog')).toHaveCount(0);
  });

  it.each([
    '/settings/psa',
    '/settings/psa?recipient=new',
    '/settings/psa?email=content',
    '/settings/psa?email=servers',
    '/settings/psa?email=test',
    '/settings/psa/recipients',
    '/settings/psa/recipients/import',
    '/settings/reviews',
    'organization',
  ])('%s is fit for everybody, and for a phone', async (address) => {
    for (const options of [{ colorScheme: 'dark' as const }, { viewport: phone }]) {
      const page = await open(address === 'organization' ? organizationPage() : address, options);
      await page.waitForLoadState('networkidle');
      await looksWell(page);
      await page.context().close();
    }
  });
});
