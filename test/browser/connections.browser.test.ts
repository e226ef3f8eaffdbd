/** Settings > PSA & Email and the wizard's frame: from the first PSA to pause and resume, and two people at once. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { makeConnection } from '../harness/connection.ts';
import { accountsStep, simulatorCredentials, ticketsStep } from '../support/steps.ts';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';

describe.skipIf(!hasBrowser)('connections', () => {
  let app: App;
  let connectionId = '';
  beforeAll(async () => {
    app = await openApp();
  });
  afterAll(() => app?.close());

  const put = (step: string, body: object) =>
    app.api('PUT', `/psa/connections/${connectionId}/steps/${step}`, body);
  const openWizard = (page: Page, step: string) => page.goto(`/settings/psa/${connectionId}?step=${step}`);

  it('teaches while there is none, and offers five PSAs of which one is there (req 27, 29)', async () => {
    const page = await app.page();
    await page.goto('/settings/psa');
    await expect(page.getByRole('heading', { name: 'No PSA is connected' })).toBeVisible();
    await expect(page.getByText('E-mail is not set up', { exact: true })).toBeVisible();
    await noSeriousFinding(page);
    await page.getByRole('button', { name: '+ Add PSA' }).click();
    await expect(page.getByRole('listitem').filter({ has: page.getByRole('heading') })).toHaveCount(5);
    const absent = page.getByRole('button', { name: 'Connect HaloPSA' });
    await expect(absent).toHaveAttribute('aria-disabled', 'true');
    await noSeriousFinding(page);
    await absent.hover();
    await expect(page.getByRole('tooltip')).toHaveText('This version does not have HaloPSA yet.');
  });

  it('refuses a wrong password in words and keeps what was typed; the right one leads on (req 49–51)', async () => {
    const page = await app.page();
    await page.goto('/settings/psa/add');
    await page.getByRole('button', { name: 'Connect Autotask' }).click();
    await expect(page.getByRole('heading', { name: 'Credentials' })).toBeVisible();
    connectionId = /psa\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? '';
    await expect(page.getByText('A dedicated API user exists in Autotask')).toBeVisible();
    const next = page.getByRole('button', { name: 'Next' });
    await expect(next).toHaveAttribute('aria-disabled', 'true');
    await page.getByRole('button', { name: 'Go to the field' }).click();
    await expect(page.getByLabel('API Username')).toBeFocused();

    await page.getByLabel('API Username').fill(simulatorCredentials.username);
    await page.getByRole('textbox', { name: 'API Password' }).fill('wrong');
    await page
      .getByRole('textbox', { name: 'API Tracking Identifier' })
      .fill(simulatorCredentials.integrationCode);
    await page.getByRole('button', { name: 'Check and save' }).click();
    await expect(page.getByText('The credentials are invalid, or lack rights')).toBeVisible();
    await expect(
      page.getByText(/^Failed: API Password and API Tracking Identifier are accepted/),
    ).toBeVisible();
    await expect(page.getByLabel('API Username')).toHaveValue(simulatorCredentials.username);
    await expect(page.getByRole('textbox', { name: 'API Password' })).toHaveValue('wrong');
    const kept = await page.evaluate(() => JSON.stringify(localStorage));
    expect(kept).toContain(simulatorCredentials.username);
    for (const secret of ['wrong', simulatorCredentials.integrationCode]) expect(kept).not.toContain(secret);
    await noSeriousFinding(page);

    await page.getByRole('textbox', { name: 'API Password' }).fill(simulatorCredentials.secret);
    await page.getByRole('textbox', { name: 'API Password' }).press('Enter');
    await expect(page.getByText('Autotask takes these credentials')).toBeVisible();
    await expect(page.getByText(/^Passed: Create tickets/)).toBeVisible();
    await next.click();
    await expect(page).toHaveURL(/step=accounts/);
    await expect(page.getByRole('heading', { level: 2, name: 'Accounts' })).toBeVisible();
  });

  it('saves a draft by itself, and keeps what the server does not take yet (req 67)', async () => {
    await put('accounts', accountsStep);
    await put('tickets', ticketsStep);
    const page = await app.page();
    await openWizard(page, 'contracts');
    const sync = page.getByRole('switch', { name: /Sync Billable Users/ });
    await sync.click();
    await expect(page.getByText(/Counts are not sent yet/)).toBeVisible();
    await page.getByLabel('User Sync Day').fill('28');
    await expect(page.getByText(/Default Contract Service is required/)).toBeVisible();
    await expect(page.getByText('Not saved yet; kept in this browser')).toBeVisible();
    await noSeriousFinding(page);
    await page.getByRole('link', { name: 'Credentials' }).click();
    await page.getByRole('link', { name: 'Contracts' }).click();
    await expect(page.getByLabel('User Sync Day')).toHaveValue('28');
    await page.reload();
    await expect(page.getByLabel('User Sync Day')).toHaveValue('28');
    await sync.click();
    await expect(page.getByText('Everything is saved')).toBeVisible();
  });

  it('is finished with contracts untouched; asks once for the unmapped organizations (req 92, 107, decision 2)', async () => {
    await app.api('POST', '/organizations', { name: 'Northwind', externalRefs: ['org-17'] });
    const page = await app.page();
    await openWizard(page, 'finish');
    await expect(page.getByRole('rowheader', { name: 'Ticket Queue' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Send a test ticket' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
    await noSeriousFinding(page);
    await page.getByRole('button', { name: 'Activate' }).click();
    const question = page.getByRole('dialog', { name: '1 organization has no mapping' });
    await expect(question.getByText(/Its tickets will go to/)).toBeVisible();
    await question.getByRole('button', { name: 'Activate all the same' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'Autotask was activated.' })).toBeVisible();
    await page.getByRole('button', { name: 'Send a test ticket' }).click();
    await expect(page.getByText('The test ticket was created')).toBeVisible({ timeout: 30_000 });
    await expect(page.getByRole('link', { name: /^Ticket \d+ in Autotask/ })).toHaveAttribute(
      'href',
      /^https?:/,
    );
    await page.getByRole('link', { name: 'PSA & Email' }).click();
    await expect(page.getByRole('row', { name: /Autotask/ })).toContainText('Default');
    await noSeriousFinding(page);
  });

  it('pauses with a reason by the keyboard; what comes in is held, and resuming asks about it (decision 5)', async () => {
    const page = await app.page();
    await page.goto('/settings/psa');
    const status = page.getByRole('radiogroup', { name: 'Status of Autotask' });
    await status.getByRole('radio', { name: 'Active' }).focus();
    await page.keyboard.press('ArrowRight');
    const question = page.getByRole('dialog', { name: 'Pause Autotask?' });
    await expect(question.getByText('Turning delivery off does not stop alerts')).toBeVisible();
    await noSeriousFinding(page);
    await question.getByLabel('Why (optional)').fill('Maintenance of the PSA');
    await question.getByRole('button', { name: 'Pause' }).click();
    await expect(page.getByText('Autotask was paused. New alerts are held.')).toBeVisible();
    await expect(page.getByText('Maintenance of the PSA')).toBeVisible();

    for (const n of [1, 2]) await app.api('POST', '/alerts', alertOf(n));
    await page.reload();
    await expect(page.getByRole('link', { name: '2 held' })).toBeVisible();
    await status.getByText('Active').click();
    const resume = page.getByRole('dialog', { name: 'Resume Autotask?' });
    await expect(resume.getByText('2 deliveries are held. What becomes of them?')).toBeVisible();
    await expect(resume.getByRole('radio', { name: /Leave unsent/ })).toBeChecked();
    await resume.getByRole('radio', { name: /Deliver now/ }).check();
    await resume.getByRole('button', { name: 'Resume' }).click();
    await expect(page.getByText('What was held is delivered now.')).toBeVisible();
    await expect(page.getByText('Works', { exact: true })).toBeVisible();
  });

  it('tells the second of two people what the first has changed, and loses nothing of theirs (412)', async () => {
    const mine = await app.page();
    await openWizard(mine, 'contracts');
    await mine.getByRole('switch', { name: /Add Agreements/ }).click();
    // The revision is another one then, but this step is as it was: nobody is in the way.
    await put('tickets', ticketsStep);
    await mine.getByRole('button', { name: 'Save' }).click();
    await expect(mine.getByText('Everything is saved')).toBeVisible();

    const theirs = await app.page();
    for (const page of [mine, theirs]) await openWizard(page, 'credentials');
    await theirs.getByLabel('API Username').fill('API.USER@msp.example');
    await mine.getByLabel('API Username').fill('somebody@msp.example');
    await theirs.getByRole('button', { name: 'Check and save' }).click();
    await expect(theirs.getByText('Autotask takes these credentials')).toBeVisible();
    await mine.getByRole('button', { name: 'Check and save' }).click();
    await expect(mine.getByText('Somebody else has changed this meanwhile')).toBeVisible();
    await expect(mine.getByText('API Username: API.USER@msp.example.')).toBeVisible();
    await expect(mine.getByText(/^The last change here is by .+, (now|\d+ sec\. ago)\.$/)).toBeVisible();
    await expect(mine.getByLabel('API Username')).toHaveValue('somebody@msp.example');
    await noSeriousFinding(mine);
    await mine.getByRole('button', { name: 'Load the other state' }).click();
    await expect(mine.getByLabel('API Username')).toHaveValue('API.USER@msp.example');
  });

  it('tells what would happen to an alert now, and that one gets no ticket (decision 21)', async () => {
    const quiet = { ...alertOf(3), title: 'Nothing <b>much</b>', severity: 'informational' };
    await app.api('POST', '/alerts', quiet);
    const page = await app.page();
    await openWizard(page, 'finish');
    const preview = page.getByRole('complementary', { name: 'What would happen' });
    await preview.getByLabel('A recent alert').selectOption({ label: 'Nothing <b>much</b> (informational)' });
    await expect(preview.getByText('No ticket is made.')).toBeVisible();
    await preview.getByLabel('A recent alert').selectOption({ index: 1 });
    await expect(preview.getByText('Impossible travel - user2@northwind.example')).toBeVisible();
  });

  it('marks on the finish what is typed and not in use (req 108)', async () => {
    const page = await app.page();
    await openWizard(page, 'contracts');
    await page.getByRole('switch', { name: /Add Agreements/ }).click();
    await expect(page.getByText('Not saved yet; kept in this browser')).toBeVisible();
    await page.getByRole('link', { name: 'Finish' }).click();
    await expect(page.getByRole('row', { name: /Add Agreements/ })).toContainText('Not saved');
  });

  it('shows a reader everything and changes nothing', async () => {
    const page = await app.page({ role: 'viewer' });
    await page.goto('/settings/psa');
    await expect(page.getByRole('button', { name: '+ Add PSA' })).toHaveAttribute('aria-disabled', 'true');
    await expect(page.getByRole('radio', { name: 'Paused' })).toBeDisabled();
    await openWizard(page, 'tickets');
    await expect(page.getByText(/^Only administrators can do this/)).toBeVisible();
    await expect(page.getByRole('combobox', { name: 'Ticket Queue' })).toBeDisabled();
  });

  it('fits a narrow phone, page by page', async () => {
    const page = await app.page({ viewport: { width: 360, height: 740 } });
    for (const path of [
      '',
      '/add',
      ...['credentials', 'contracts', 'finish'].map((step) => `/${connectionId}?step=${step}`),
    ]) {
      await page.goto(`/settings/psa${path}`);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await page.waitForLoadState('networkidle');
      const [wide, seen] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        window.innerWidth,
      ]);
      expect(wide, path).toBeLessThanOrEqual(seen ?? 0);
    }
  });

  it('renames, and removes with the number of what is given up', async () => {
    const id = await makeConnection(app.api, {
      name: 'Second',
      credentials: simulatorCredentials,
      catchAllAccountId: '0',
    });
    const page = await app.page();
    await page.goto('/settings/psa');
    await page.getByRole('button', { name: 'More for Second' }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Branch office');
    await page.keyboard.press('Enter');
    await expect(page.getByText('It was renamed to Branch office.')).toBeVisible();
    await page.getByRole('button', { name: 'More for Branch office' }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await page
      .getByRole('dialog', { name: 'Remove Branch office?' })
      .getByRole('button', { name: 'Remove' })
      .click();
    await expect(page.getByText('Branch office was removed.')).toBeVisible();
    await expect(app.api('GET', `/psa/connections/${id}`)).rejects.toThrow('404');
  });
});

const alertOf = (n: number) => ({
  source: 'edr',
  externalId: `held-${n}`,
  title: 'Impossible travel',
  severity: 'high',
  user: { email: `user${n}@northwind.example` },
  organization: { externalId: 'org-17' },
});

async function noSeriousFinding(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const places = serious.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  expect(places).toEqual([]);
}
