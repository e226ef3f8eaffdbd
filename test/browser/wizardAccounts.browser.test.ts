/** The step accounts of the wizard: where tickets go (req 52–67). */
import { expect } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { accountsStep, ticketsStep } from '../support/steps.ts';
import { hasBrowser } from './support/chromium.ts';
import { input, odd, openWizard, rowOf, type Wizard } from './support/wizard.ts';

describe.skipIf(!hasBrowser)('the step accounts of the wizard', () => {
  let wizard: Wizard;
  beforeAll(async () => {
    wizard = await openWizard();
  });
  afterAll(() => wizard?.app.close());

  it('takes the catch-all, and maps organizations by suggestion and by search, with the keyboard', async () => {
    const id = await wizard.draft();
    const page = await wizard.open(id, 'accounts');
    await input(page, 'Catch-All PSA Account').fill('Sample');
    await page.getByRole('option', { name: /Sample MSP/ }).click();

    const northwind = rowOf(page, 'Northwind Dental');
    await expect(northwind).toContainText('same name');
    await northwind.focus();
    await page.keyboard.press('a');
    await expect
      .poll(() => wizard.storedMappings(id), { timeout: 15_000 })
      .toEqual({ 'Northwind Dental': '501' });

    await rowOf(page, 'Lonely Law').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('nobody');
    await expect(page.getByRole('option')).toHaveText([/Nobody There LLC/]);
    await page.keyboard.press('Enter');
    await expect
      .poll(() => wizard.storedMappings(id), { timeout: 15_000 })
      .toMatchObject({ 'Lonely Law': '502' });

    await page.reload();
    await expect(rowOf(page, 'Lonely Law')).toContainText('Nobody There LLC');
    await page.getByText(/^Open \d+$/).click();
    await expect(page).toHaveURL(/show=open/);
    await expect(rowOf(page, 'Lonely Law')).toHaveCount(0);
    await expect(page.getByText(/2 mapped, 2 open/)).toBeVisible();
  });

  it('accepts all exact matches at once, and takes that back', async () => {
    const id = await wizard.draft();
    const page = await wizard.open(id, 'accounts');
    await page.getByRole('button', { name: /Accept \d+ exact matches/ }).click();
    await expect
      .poll(() => wizard.storedMappings(id), { timeout: 15_000 })
      .toMatchObject({ 'Northwind Dental': '501', [odd]: '503' });
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await expect.poll(() => wizard.storedMappings(id), { timeout: 15_000 }).toEqual({});
  });

  it('refuses an account without contacts in its row while contacts are attached, and stores the other rows', async () => {
    const id = await wizard.draft();
    await wizard.app.api('PUT', `/psa/connections/${id}/steps/accounts`, {
      ...accountsStep,
      attachContacts: true,
    });
    const page = await wizard.open(id, 'accounts');
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
    await expect
      .poll(() => wizard.storedMappings(id), { timeout: 15_000 })
      .toEqual({ 'Northwind Dental': '501' });
    await expect(rowOf(page, 'Lonely Law')).toContainText('has no contact');
    await expect(page.getByRole('button', { name: 'Next' })).toHaveAttribute('aria-disabled', 'true');

    const contact = rowOf(page, 'Northwind Dental').getByRole('button', { name: /^Contact for/ });
    await contact.click();
    await expect(page.getByRole('option', { name: 'Default: Pia Primary' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(contact).toBeFocused();
    await page.keyboard.press('Enter');
    await page.getByRole('option', { name: /Ana Lima/ }).click();
    await expect(rowOf(page, 'Northwind Dental')).toContainText('Ana Lima');

    await rowOf(page, 'Lonely Law').getByRole('button', { name: /^Undo/ }).click();
    await expect(page.getByRole('button', { name: 'Next' })).not.toHaveAttribute('aria-disabled', 'true');
  });

  it('keeps a row that somebody else has changed meanwhile, and says so', async () => {
    const id = await wizard.draft();
    await wizard.app.api('PUT', `/psa/connections/${id}/steps/accounts`, accountsStep);
    const page = await wizard.open(id, 'accounts');
    await expect(rowOf(page, 'Lonely Law')).toBeVisible();
    const { items } = await wizard.app.api<{ items: { id: string; name: string }[] }>(
      'GET',
      '/organizations',
    );
    const organizationId = items.find(({ name }) => name === 'Lonely Law')?.id;
    await wizard.app.api('PUT', `/psa/connections/${id}/mappings`, {
      mappings: [{ organizationId, accountId: '504' }],
    });
    await rowOf(page, 'Lonely Law').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('nobody');
    await page.getByRole('option', { name: /Nobody There LLC/ }).click();
    await expect(rowOf(page, 'Lonely Law')).toContainText(
      'Somebody else mapped it to Contoso Limited meanwhile.',
    );
    expect(await wizard.storedMappings(id)).toEqual({ 'Lonely Law': '504' });
  });

  it('offers an ignored account no more', async () => {
    const id = await wizard.draft();
    const page = await wizard.open(id, 'accounts');
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

  it('changes a connection that is in use only when one saves, and keeps what was changed until then', async () => {
    const id = await wizard.draft();
    await wizard.app.api('PUT', `/psa/connections/${id}/steps/accounts`, accountsStep);
    await wizard.app.api('PUT', `/psa/connections/${id}/steps/tickets`, ticketsStep);
    await wizard.app.api('POST', `/psa/connections/${id}/finish`, { confirmUnmapped: true });
    const page = await wizard.open(id, 'accounts');
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
    expect(await wizard.storedMappings(id)).toEqual({});
    await page.getByRole('button', { name: 'Save 1 mapping' }).click();
    await expect(page.getByText('All mappings are saved.')).toBeVisible();
    expect(await wizard.storedMappings(id)).toEqual({ 'Northwind Dental': '501' });
  });

  it('paints what is searched for among 1,000 organizations', { timeout: 180_000 }, async () => {
    const id = await wizard.draft();
    for (let from = 0; from < 1_000; from += 25) {
      const make = (at: number) => wizard.app.api('POST', '/organizations', { name: `Customer ${at}` });
      await Promise.all(Array.from({ length: 25 }, (_, at) => make(from + at)));
    }
    const page = await wizard.open(id, 'accounts');
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
