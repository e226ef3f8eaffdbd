/**
 * The whole way of a newcomer, by the screen alone (req 48–108): from the link on the terminal over the wizard to an alert
 * that is explained, a pause and a resume. Only the alerts come from outside, with a key that was made on the screen.
 */
import { expect, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { simulatorCredentials } from '../support/steps.ts';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';
import { dashboard, password } from './support/people.ts';

const sample = [
  {
    id: 501,
    companyName: 'Northwind Dental',
    contacts: [{ id: 31_001, firstName: 'Ana', lastName: 'Lima', emailAddress: 'ana@northwind.example' }],
  },
];

describe.skipIf(!hasBrowser)('a newcomer', () => {
  let app: App;
  beforeAll(async () => {
    app = await openApp({ simulator: { sample, companies: 30 } });
  });
  afterAll(() => app?.close());

  it('connects a PSA, maps, finishes, pauses, resumes, and sees why an alert is a ticket', {
    timeout: 180_000,
  }, async () => {
    const page = await app.page({ role: 'nobody' });
    await becomeAdministrator(page, app.firstLink ?? '');
    await addOrganization(page);
    await connect(page);
    await mapAccounts(page);
    await describeTickets(page);
    await finish(page);

    const key = await makeKey(page);
    await send(app, key, 1);
    await explain(page);
    await pauseAndResume(page, () => send(app, key, 2));
    await seeAudit(page);
  });
});

/** What one types into; the list that belongs to it has the same name. */
const input = (page: Page, name: string) =>
  page.getByLabel(new RegExp(`^${RegExp.escape(name)}( \\*)?$`)).and(page.locator('input,textarea'));

async function choose(page: Page, field: string, option: string | RegExp): Promise<void> {
  await input(page, field).click();
  await page.getByRole('option', { name: option }).first().click();
}

const area = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();

async function becomeAdministrator(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Your name').fill('Ada');
  await page.getByLabel('E-mail').fill('ada@msp.example');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Make the account' }).click();
  await expect(dashboard(page)).toBeVisible();
}

async function addOrganization(page: Page): Promise<void> {
  await area(page, 'Organizations');
  await page
    .getByRole('button', { name: /Add organization/i })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Northwind Dental');
  await dialog.getByLabel('Id that its alerts carry').fill('org-17');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Northwind Dental').first()).toBeVisible();
}

async function connect(page: Page): Promise<void> {
  await area(page, 'Settings');
  await page.getByRole('button', { name: '+ Add PSA' }).click();
  await page.getByRole('button', { name: 'Connect Autotask' }).click();
  await page.getByLabel('API Username').fill(simulatorCredentials.username);
  await page.getByRole('textbox', { name: 'API Password' }).fill(simulatorCredentials.secret);
  await page
    .getByRole('textbox', { name: 'API Tracking Identifier' })
    .fill(simulatorCredentials.integrationCode);
  await page.getByRole('button', { name: 'Check and save' }).click();
  await expect(page.getByText('Autotask takes these credentials')).toBeVisible();
  await page.getByRole('button', { name: 'Next' }).click();
}

async function mapAccounts(page: Page): Promise<void> {
  await input(page, 'Catch-All PSA Account').fill('Sample');
  await page.getByRole('option', { name: /Sample MSP/ }).click();
  await page.getByRole('switch', { name: /Attach Contacts/ }).click();
  const row = page.getByRole('row').filter({ hasText: 'Northwind Dental' });
  await expect(row).toContainText('same name');
  await row.focus();
  await page.keyboard.press('a');
  await expect(page.getByText('Every organization is mapped')).toBeVisible();
  await expect(page.getByText('Everything is saved')).toBeVisible();
  await page.getByRole('button', { name: 'Next' }).click();
}

async function describeTickets(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 2, name: 'Tickets' })).toBeVisible();
  for (const field of ['Ticket Category', 'Ticket Type', 'Ticket Status', 'Ticket Queue', 'Ticket Source'])
    await choose(page, field, /./);
  await page.getByRole('button', { name: 'Presets …' }).first().click();
  await page.getByRole('menuitem', { name: /By user and alert/ }).click();
  await page.getByRole('button', { name: 'Accept' }).click();
  for (const severity of ['critical', 'high', 'medium'])
    await choose(page, `Priority for ${severity}`, /High/);
  await choose(page, 'Note Type', /./);
  await page.getByRole('textbox', { name: 'Note Title' }).fill('{{ alert.title }}');
  await expect(page.getByText('Everything is saved')).toBeVisible();
  await page.getByRole('button', { name: 'Next' }).click();
}

async function finish(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 2, name: 'Contracts' })).toBeVisible();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Activate' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Autotask was activated.' })).toBeVisible();
  await page.getByRole('button', { name: 'Send a test ticket' }).click();
  await expect(page.getByText('The test ticket was created')).toBeVisible({ timeout: 30_000 });
  await page.getByRole('link', { name: 'PSA & Email' }).click();
  await expect(page.getByRole('row', { name: /Autotask/ })).toContainText('Default');
}

async function makeKey(page: Page): Promise<string> {
  await page.getByRole('link', { name: 'Access' }).click();
  await page.getByText('API keys', { exact: true }).click();
  await page.getByRole('button', { name: 'Make a key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('EDR');
  await dialog.getByRole('checkbox', { name: 'Send alerts' }).check();
  await dialog.getByRole('button', { name: 'Make the key' }).click();
  const shown = await dialog.getByLabel('The key', { exact: true }).textContent();
  await dialog.getByRole('button', { name: 'Done' }).click();
  return shown ?? '';
}

/** As a monitoring product does. */
async function send(app: App, key: string, n: number): Promise<void> {
  const answer = await fetch(`${app.url}/api/v1/alerts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      source: 'edr',
      externalId: `evt-${n}`,
      title: `Sign-in from elsewhere ${n}`,
      severity: 'high',
      organization: { externalId: 'org-17' },
      user: { email: 'ana@northwind.example' },
    }),
  });
  expect(answer.status).toBe(202);
}

async function explain(page: Page): Promise<void> {
  await area(page, 'Alerts');
  const row = page.getByRole('row', { name: /Sign-in from elsewhere 1/ });
  await expect(async () => {
    await page.reload();
    await expect(row).toContainText('Delivered', { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await row.click();
  await expect(
    page.getByText(/mapped to (the )?account Northwind Dental|Northwind Dental is mapped/).first(),
  ).toBeVisible();
  await expect(page.getByRole('link', { name: /opens in a new tab/ }).first()).toHaveAttribute(
    'href',
    /^http/,
  );
}

async function pauseAndResume(page: Page, sendAnother: () => Promise<void>): Promise<void> {
  await area(page, 'Settings');
  const status = page.getByRole('radiogroup', { name: 'Status of Autotask' });
  await status.getByText('Paused').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText('Autotask was paused. New alerts are held.')).toBeVisible();
  await sendAnother();
  await page.reload();
  await expect(page.getByRole('link', { name: '1 held' })).toBeVisible();
  await status.getByText('Active').click();
  await page
    .getByRole('dialog')
    .getByRole('radio', { name: /Deliver now/ })
    .check();
  await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByText('What was held is delivered now.')).toBeVisible();
}

async function seeAudit(page: Page): Promise<void> {
  await area(page, 'Audit');
  await expect(page.getByRole('row', { name: /Ada/ }).first()).toBeVisible();
  await expect(page.getByText(/is whole/)).toBeVisible();
}
