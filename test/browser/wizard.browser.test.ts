/** The wizard's steps accounts and tickets: where tickets go, and what they look like (req 52–90). */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';
import pg from 'pg';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { accountsStep, simulatorCredentials, ticketsStep } from '../support/steps.ts';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';

const odd = '<b>שלום</b> 🦊 & Söhne';

/** Company 0 has a contact; of these, one has none. */
const sample = [
  {
    id: 501,
    companyName: 'Northwind Dental',
    contacts: [
      { id: 31_001, firstName: 'Ana', lastName: 'Lima', emailAddress: 'ana@northwind.example' },
      {
        id: 31_002,
        firstName: 'Pia',
        lastName: 'Primary',
        emailAddress: 'pia@northwind.example',
        primaryContact: true,
      },
    ],
  },
  { id: 502, companyName: 'Nobody There LLC', contacts: [] },
  { id: 503, companyName: odd, contacts: [] },
  { id: 504, companyName: 'Contoso Limited', contacts: [] },
];

const names = ['Northwind Dental', 'Lonely Law', odd, 'Contoso'];

describe.skipIf(!hasBrowser)('the steps accounts and tickets of the wizard', () => {
  let app: App;
  beforeAll(async () => {
    app = await openApp({ simulator: { sample, companies: 30 } });
    for (const name of names) await app.api('POST', '/organizations', { name, externalRefs: [name] });
    await app.api('POST', '/alerts', {
      source: 'tests',
      externalId: 'a-1',
      title: `Sign-in from elsewhere ${odd}`,
      severity: 'high',
      eventType: 'iam.outside_location',
      organization: { externalId: 'Northwind Dental' },
      user: { email: 'ana@northwind.example' },
    });
  });
  afterAll(() => app?.close());

  /** A draft whose credentials are right and whose accounts are loaded. */
  async function draft(): Promise<string> {
    const { id } = await app.api<{ id: string }>('POST', '/psa/connections', { kind: 'autotask' });
    await app.api('PUT', `/psa/connections/${id}/steps/credentials`, simulatorCredentials);
    const state = async () =>
      (await app.api<{ directory: { state: string } }>('GET', `/psa/connections/${id}`)).directory.state;
    await expect.poll(state, { timeout: 30_000 }).toBe('ready');
    return id;
  }

  async function open(id: string, step: 'accounts' | 'tickets', options = {}): Promise<Page> {
    const page = await app.page(options);
    await page.goto(`/settings/psa/${id}?step=${step}`);
    await expect(page.getByRole('heading', { level: 2 }).first()).toBeVisible();
    return page;
  }

  async function storedMappings(id: string): Promise<Record<string, string>> {
    const { mappings } = await app.api<{
      mappings: { organizationName: string; accountId: string }[];
    }>('GET', `/psa/connections/${id}/mappings`);
    return Object.fromEntries(mappings.map((one) => [one.organizationName, one.accountId]));
  }

  /** What the simulated PSA is to be like from now on. */
  async function control(change: object): Promise<void> {
    const answer = await fetch(`${app.simulator.url}/control/set`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(change),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }

  async function organizationId(name: string): Promise<string> {
    const { items } = await app.api<{ items: { id: string; name: string }[] }>('GET', '/organizations');
    return items.find((one) => one.name === name)?.id ?? '';
  }

  const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });

  /** What one types into; a list that belongs to it has the same name. */
  const input = (of: Page | Locator, name: string) =>
    of.getByLabel(new RegExp(`^${RegExp.escape(name)}( \\*)?$`)).and(of.locator('input,textarea'));

  async function noSeriousFinding(page: Page): Promise<void> {
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('\n')}`)).toEqual([]);
  }

  const isWider = (page: Page) =>
    page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

  it('takes the catch-all, and maps organizations by suggestion and by search, with the keyboard', async () => {
    const id = await draft();
    const page = await open(id, 'accounts');
    await input(page, 'Catch-All PSA Account').fill('Sample');
    await page.getByRole('option', { name: /Sample MSP/ }).click();

    const northwind = rowOf(page, 'Northwind Dental');
    await expect(northwind).toContainText('same name');
    await northwind.focus();
    await page.keyboard.press('a');
    await expect.poll(() => storedMappings(id), { timeout: 15_000 }).toEqual({ 'Northwind Dental': '501' });

    await rowOf(page, 'Lonely Law').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('nobody');
    await expect(page.getByRole('option')).toHaveText([/Nobody There LLC/]);
    await page.keyboard.press('Enter');
    await expect.poll(() => storedMappings(id), { timeout: 15_000 }).toMatchObject({ 'Lonely Law': '502' });

    await page.reload();
    await expect(rowOf(page, 'Lonely Law')).toContainText('Nobody There LLC');
    await page.getByText(/^Open \d+$/).click();
    await expect(page).toHaveURL(/show=open/);
    await expect(rowOf(page, 'Lonely Law')).toHaveCount(0);
    await expect(page.getByText(/2 mapped, 2 open/)).toBeVisible();
  });

  it('accepts all exact matches at once, and takes that back', async () => {
    const id = await draft();
    const page = await open(id, 'accounts');
    await page.getByRole('button', { name: /Accept \d+ exact matches/ }).click();
    await expect
      .poll(() => storedMappings(id), { timeout: 15_000 })
      .toMatchObject({ 'Northwind Dental': '501', [odd]: '503' });
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await expect.poll(() => storedMappings(id), { timeout: 15_000 }).toEqual({});
  });

  it('refuses an account without contacts in its row while contacts are attached, and stores the other rows', async () => {
    const id = await draft();
    await app.api('PUT', `/psa/connections/${id}/steps/accounts`, { ...accountsStep, attachContacts: true });
    const page = await open(id, 'accounts');
    const map = async (name: string, account: string) => {
      await rowOf(page, name)
        .getByRole('button', { name: /^Choose the account/ })
        .click();
      await input(page, `Account for ${name}`).fill(account);
      await page.getByRole('option', { name: new RegExp(account) }).click();
    };
    await map('Lonely Law', 'Nobody There');
    await expect(rowOf(page, 'Lonely Law')).toContainText('The account Nobody There LLC has no contact.');
    await map('Northwind Dental', 'Northwind');
    await expect.poll(() => storedMappings(id), { timeout: 15_000 }).toEqual({ 'Northwind Dental': '501' });
    await expect(rowOf(page, 'Lonely Law')).toContainText('has no contact');
    await expect(page.getByRole('button', { name: 'Next' })).toHaveAttribute('aria-disabled', 'true');

    await rowOf(page, 'Northwind Dental')
      .getByRole('button', { name: /^Contact for/ })
      .click();
    await expect(page.getByRole('option', { name: 'Default: Pia Primary' })).toBeVisible();
    await page.getByRole('option', { name: /Ana Lima/ }).click();
    await expect(rowOf(page, 'Northwind Dental')).toContainText('Ana Lima');

    await rowOf(page, 'Lonely Law').getByRole('button', { name: /^Undo/ }).click();
    await expect(page.getByRole('button', { name: 'Next' })).not.toHaveAttribute('aria-disabled', 'true');
  });

  it('keeps a row that somebody else has changed meanwhile, and says so', async () => {
    const id = await draft();
    await app.api('PUT', `/psa/connections/${id}/steps/accounts`, accountsStep);
    const page = await open(id, 'accounts');
    await expect(rowOf(page, 'Lonely Law')).toBeVisible();
    const { items } = await app.api<{ items: { id: string; name: string }[] }>('GET', '/organizations');
    const organizationId = items.find(({ name }) => name === 'Lonely Law')?.id;
    await app.api('PUT', `/psa/connections/${id}/mappings`, {
      mappings: [{ organizationId, accountId: '504' }],
    });
    await rowOf(page, 'Lonely Law').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('nobody');
    await page.getByRole('option', { name: /Nobody There LLC/ }).click();
    await expect(rowOf(page, 'Lonely Law')).toContainText(
      'Somebody else mapped it to Contoso Limited meanwhile.',
    );
    expect(await storedMappings(id)).toEqual({ 'Lonely Law': '504' });
  });

  it('offers an ignored account no more', async () => {
    const id = await draft();
    const page = await open(id, 'accounts');
    await page.getByRole('button', { name: 'Ignored accounts (0)' }).click();
    await input(page, 'Ignore an account').fill('Nobody');
    await page.getByRole('option', { name: /Nobody There LLC/ }).click();
    await expect(page.getByRole('list', { name: 'Ignored accounts' })).toContainText('Nobody There LLC');
    await rowOf(page, 'Lonely Law')
      .getByRole('button', { name: /^Choose the account/ })
      .click();
    await page.keyboard.type('nobody');
    await expect(page.getByText('No account is called that.')).toBeVisible();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Offer Nobody There LLC again' }).click();
    await expect(page.getByText('No account is ignored.')).toBeVisible();
  });

  it('shows HTML, right-to-left text and emoji as they are', async () => {
    const id = await draft();
    const page = await open(id, 'accounts');
    await expect(rowOf(page, odd).getByText(odd).first()).toBeVisible();
    await app.api('PUT', `/psa/connections/${id}/steps/accounts`, accountsStep);
    await app.api('PUT', `/psa/connections/${id}/steps/tickets`, ticketsStep);
    await page.goto(`/settings/psa/${id}?step=tickets`);
    const ticket = page.getByRole('article', { name: 'The ticket' });
    await expect(ticket.getByText(`Sign-in from elsewhere ${odd}`).first()).toBeVisible();
    await page.getByRole('textbox', { name: 'Ticket Subject' }).fill(`${odd} {{ alert.user.email }}`);
    await expect(ticket.getByText(`${odd} ana@northwind.example`).first()).toBeVisible();
  });

  it('asks for every value of a ticket, suggests no ticket for what is harmless, and preselects no priority', async () => {
    const id = await draft();
    const page = await open(id, 'tickets');
    await expect(input(page, 'Priority for low')).toHaveValue('');
    await page.getByRole('button', { name: 'Accept' }).click();
    await expect(input(page, 'Priority for low')).toHaveValue('No ticket');
    await expect(input(page, 'Priority for informational')).toHaveValue('No ticket');
    await expect(input(page, 'Priority for critical')).toHaveValue('');
    await input(page, 'Priority for critical').click();
    await page.getByRole('option', { name: /^Critical/ }).click();
    await expect(page.getByRole('button', { name: 'Next' })).toHaveAttribute('aria-disabled', 'true');
    await page.reload();
    await expect(input(page, 'Priority for critical')).toHaveValue('Critical');
  });

  it('points at the character of a wrong subject, puts fields in by chips, and says what is grouped', async () => {
    const id = await draft();
    await app.api('PUT', `/psa/connections/${id}/steps/accounts`, accountsStep);
    await app.api('PUT', `/psa/connections/${id}/steps/tickets`, ticketsStep);
    const page = await open(id, 'tickets');
    const subject = page.getByRole('textbox', { name: 'Ticket Subject' });
    await subject.fill('About {{ alert.usr }}');
    await expect(page.getByText(/Character 10: There is no field alert\.usr/)).toBeVisible();
    await expect(page.locator('mark')).toHaveText('alert.usr');
    await page.getByRole('button', { name: 'Go there' }).click();
    expect(await subject.evaluate((area: HTMLTextAreaElement) => area.selectionStart)).toBe(9);
    await subject.fill('About ');
    await page
      .getByRole('group', { name: 'Put into Ticket Subject' })
      .getByRole('button', { name: 'user', exact: true })
      .click();
    await expect(subject).toHaveValue('About {{ alert.user.email }}');
    await expect(page.getByText(/the same user \(ana@northwind\.example\) share a ticket/)).toBeVisible();
    await page.getByRole('button', { name: 'Presets …' }).first().click();
    await page.getByRole('menuitem', { name: /By organization/ }).click();
    await expect(page.getByText(/All alerts of Northwind Dental share a ticket/)).toBeVisible();
    await page.getByRole('button', { name: 'Put it back' }).click();
    await expect(subject).toHaveValue('About {{ alert.user.email }}');
  });

  it('refuses a half-filled row of the overrides in its words, and offers only sub-issue types of its issue type', async () => {
    const id = await draft();
    await app.api('PUT', `/psa/connections/${id}/steps/accounts`, accountsStep);
    await app.api('PUT', `/psa/connections/${id}/steps/tickets`, ticketsStep);
    const page = await open(id, 'tickets');
    const table = page.getByRole('group', { name: 'Issue types by event type' });
    await expect(table).toContainText('Empty is fine');
    await table.getByRole('button', { name: 'Add a row' }).click();
    await input(table, 'Event type, row 1').fill('iam.outside_location');
    await expect(table).toContainText('Row 1 is half filled: complete it, or leave it out.');
    await expect(page.getByRole('article', { name: 'The ticket' })).toContainText('no row matches');
    await expect(page.getByRole('button', { name: 'Next' })).toHaveAttribute('aria-disabled', 'true');
    await input(table, 'Issue Type, row 1').click();
    await page.getByRole('option', { name: 'E-mail & Identity' }).click();
    await input(table, 'Sub-Issue Type, row 1').click();
    await expect(page.getByRole('option', { name: 'Malware' })).toHaveCount(0);
    await page.getByRole('option', { name: 'Suspicious sign-in' }).click();
    const ticket = page.getByRole('article', { name: 'The ticket' });
    await expect(ticket).toContainText('the row for event type iam.outside_location');
    await expect(ticket).toContainText('E-mail & Identity');
    await expect(ticket).toContainText('Suspicious sign-in');
    const stored = async () =>
      (await app.api<{ steps: { tickets: { alertOverrides?: unknown } } }>('GET', `/psa/connections/${id}`))
        .steps.tickets.alertOverrides;
    await expect
      .poll(stored)
      .toEqual([{ eventType: 'iam.outside_location', issueType: '11', subIssueType: '140' }]);
  });

  it('begins with notes that the client cannot read, and asks before it can', async () => {
    const id = await draft();
    const page = await open(id, 'tickets');
    const visibility = input(page, 'Note Visibility');
    await expect(visibility).toHaveValue(/Internal/);
    await visibility.click();
    await page.getByRole('option', { name: /All Autotask Users/ }).click();
    await expect(page.getByRole('dialog')).toContainText('the client sees each note');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(visibility).toHaveValue(/Internal/);
    await visibility.click();
    await page.getByRole('option', { name: /All Autotask Users/ }).click();
    await page.getByRole('button', { name: 'Let the client read them' }).click();
    await expect(visibility).toHaveValue(/All Autotask Users/);
    await expect(page.getByText('The client reads these notes')).toBeVisible();
  });

  it('marks values and accounts that the PSA has deactivated or lost since they were stored', async () => {
    const id = await draft();
    await app.api('PUT', `/psa/connections/${id}/steps/accounts`, {
      ...accountsStep,
      catchAllAccountId: '504',
    });
    await app.api('PUT', `/psa/connections/${id}/mappings`, {
      mappings: [{ organizationId: await organizationId('Contoso'), accountId: '504' }],
    });
    await control({ picklist: { field: 'queueID', value: 8, isActive: false } });
    await control({ picklist: { field: 'priority', value: 3, isActive: false } });
    await control({ company: { id: 504, isActive: false } });
    // Stored before; one value has been removed altogether since.
    const admin = new pg.Client(app.database.adminUrl);
    await admin.connect();
    await admin.query(
      `update connections set steps = steps || jsonb_build_object('tickets', $2::jsonb) where id = $1`,
      [id, JSON.stringify({ ...ticketsStep, ticketSource: '987' })],
    );
    await admin.end();
    try {
      await app.api('POST', `/psa/connections/${id}/refresh`, {});
      const page = await open(id, 'tickets');
      await expect(input(page, 'Ticket Queue')).toHaveValue(/ \(not usable\)$/, { timeout: 15_000 });
      await expect(input(page, 'Ticket Source')).toHaveValue('987 (not in the PSA)');
      await expect(input(page, 'Ticket Status')).not.toHaveValue(/\(not/);
      await expect(input(page, 'Priority for low')).toHaveValue(/ \(not usable\)$/);
      await noSeriousFinding(page);
      await input(page, 'Ticket Queue').click();
      await expect(page.getByRole('option', { name: /\(not usable\)/ }).first()).toHaveAttribute(
        'data-combobox-disabled',
        'true',
      );

      await expect(async () => {
        await page.goto(`/settings/psa/${id}?step=accounts`);
        await expect(rowOf(page, 'Contoso')).toContainText('not active', { timeout: 2_000 });
      }).toPass({ timeout: 30_000 });
      await expect(page.getByText('This account is no longer active in the PSA.')).toBeVisible();
      await expect(input(page, 'Catch-All PSA Account')).toHaveValue('Contoso Limited');
    } finally {
      await control({ picklist: { field: 'queueID', value: 8, isActive: true } });
      await control({ picklist: { field: 'priority', value: 3, isActive: true } });
      await control({ company: { id: 504, isActive: true } });
    }
  });

  it('has no serious finding, on a desktop and on a phone, where nothing is wider than the screen', {
    timeout: 120_000,
  }, async () => {
    const id = await draft();
    await app.api('PUT', `/psa/connections/${id}/steps/accounts`, { ...accountsStep, attachContacts: true });
    for (const options of [
      { colorScheme: 'light', viewport: { width: 1280, height: 900 } },
      { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
    ] as const) {
      const page = await open(id, 'accounts', options);
      await expect(rowOf(page, 'Lonely Law')).toBeVisible();
      await noSeriousFinding(page);
      expect(await isWider(page)).toBe(false);
      await page.goto(`/settings/psa/${id}?step=tickets`);
      await expect(page.getByRole('article', { name: 'The ticket' })).toBeVisible();
      await noSeriousFinding(page);
      expect(await isWider(page)).toBe(false);
      await page.context().close();
    }
  });

  it('shows a viewer how it is set, and lets him change nothing', async () => {
    const id = await draft();
    await app.api('PUT', `/psa/connections/${id}/steps/accounts`, accountsStep);
    await app.api('PUT', `/psa/connections/${id}/steps/tickets`, ticketsStep);
    const page = await open(id, 'accounts', { role: 'viewer' });
    await expect(page.getByText('Only administrators can do this.').first()).toBeVisible();
    await expect(rowOf(page, 'Lonely Law').getByRole('button', { name: /^Choose/ })).toBeDisabled();
    await rowOf(page, 'Lonely Law').focus();
    await page.keyboard.press('Enter');
    await expect(page.getByPlaceholder('Type a part of its name')).toHaveCount(1);
    await page.goto(`/settings/psa/${id}?step=tickets`);
    await expect(page.getByRole('textbox', { name: 'Ticket Subject' })).toBeDisabled();
    await expect(input(page, 'Priority for low')).toBeDisabled();
    await expect(page.getByRole('button', { name: 'Add a row' })).toHaveCount(0);
  });

  it('changes a connection that is in use only when one saves, and keeps what was changed until then', async () => {
    const id = await draft();
    await app.api('PUT', `/psa/connections/${id}/steps/accounts`, accountsStep);
    await app.api('PUT', `/psa/connections/${id}/steps/tickets`, ticketsStep);
    await app.api('POST', `/psa/connections/${id}/finish`, { confirmUnmapped: true });
    const page = await open(id, 'accounts');
    await expect(rowOf(page, 'Northwind Dental')).toContainText('same name');
    await rowOf(page, 'Northwind Dental').focus();
    await page.keyboard.press('a');
    await expect(
      page.getByText('1 mapping is not saved; kept in this browser until you save.'),
    ).toBeVisible();
    await page.reload();
    await expect(rowOf(page, 'Northwind Dental')).toContainText('not saved');
    await page.getByRole('button', { name: 'Next' }).click();
    await expect(page.getByRole('article', { name: 'The ticket' })).toBeVisible();
    await page.getByRole('button', { name: 'Back' }).click();
    await expect(rowOf(page, 'Northwind Dental')).toContainText('not saved');
    expect(await storedMappings(id)).toEqual({});
    await page.getByRole('button', { name: 'Save 1 mapping' }).click();
    await expect(page.getByText('All mappings are saved.')).toBeVisible();
    expect(await storedMappings(id)).toEqual({ 'Northwind Dental': '501' });
  });

  it('paints what is searched for among 1,000 organizations', { timeout: 180_000 }, async () => {
    const id = await draft();
    for (let from = 0; from < 1_000; from += 25) {
      const make = (at: number) => app.api('POST', '/organizations', { name: `Customer ${at}` });
      await Promise.all(Array.from({ length: 25 }, (_, at) => make(from + at)));
    }
    const page = await open(id, 'accounts');
    await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '1005');
    const search = page.getByLabel('Search organizations and accounts');
    const times: number[] = [];
    for (const [text, rows] of [
      ['customer 77', 11],
      ['lonely', 1],
      ['customer', 1_000],
      ['', 1_004],
    ] as const) {
      times.push(await search.evaluate(timeToPaint, { text, rows }));
    }
    console.log(`search among 1,004 rows, milliseconds to the next paint: ${times.join(', ')}`);
  });
});

/** Types a text as a person does, and answers when the frame with so many rows is painted. Runs in the page. */
function timeToPaint(field: HTMLElement | SVGElement, { text, rows }: { text: string; rows: number }) {
  const begin = performance.now();
  const put = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
  put?.call(field, text);
  field.dispatchEvent(new Event('input', { bubbles: true }));
  return new Promise<number>((resolve) => {
    const look = () => {
      const shown = document.querySelector('[role="grid"]')?.getAttribute('aria-rowcount');
      if (shown === String(rows + 1)) setTimeout(() => resolve(Math.round(performance.now() - begin)));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}
