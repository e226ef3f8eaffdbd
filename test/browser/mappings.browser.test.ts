/** The mapping table with several people and several changes at once, and what is not saved of it (req 62–67). */
import { expect, type Page, type Route } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { accountsStep, simulatorCredentials, ticketsStep } from '../support/steps.ts';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';

const sample = [
  {
    id: 501,
    companyName: 'Northwind Dental',
    contacts: [{ id: 31_001, firstName: 'Ana', lastName: 'Lima', emailAddress: 'ana@northwind.example' }],
  },
  { id: 502, companyName: 'Nobody There LLC', contacts: [] },
  { id: 504, companyName: 'Contoso Limited', contacts: [] },
];

describe.skipIf(!hasBrowser)('mappings that are changed at the same time', () => {
  let app: App;
  beforeAll(async () => {
    app = await openApp({ simulator: { sample, companies: 30 } });
    for (const name of ['Northwind Dental', 'Lonely Law', 'Third Party'])
      await app.api('POST', '/organizations', { name });
  });
  afterAll(() => app?.close());

  /** A draft that lacks nothing but mappings. */
  async function complete(accounts: object = accountsStep): Promise<string> {
    const { id } = await app.api<{ id: string }>('POST', '/psa/connections', { kind: 'autotask' });
    const put = (step: string, body: object) => app.api('PUT', `/psa/connections/${id}/steps/${step}`, body);
    await put('credentials', simulatorCredentials);
    const state = async () =>
      (await app.api<{ directory: { state: string } }>('GET', `/psa/connections/${id}`)).directory.state;
    await expect.poll(state, { timeout: 30_000 }).toBe('ready');
    await put('accounts', accounts);
    await put('tickets', ticketsStep);
    await put('contracts', {});
    return id;
  }

  async function open(id: string, step = 'accounts'): Promise<Page> {
    const page = await app.page();
    await page.goto(`/settings/psa/${id}?step=${step}`);
    await expect(page.getByRole('heading', { level: 2 }).first()).toBeVisible();
    return page;
  }

  async function stored(id: string): Promise<Record<string, string>> {
    const { mappings } = await app.api<{
      mappings: { organizationName: string; accountId: string }[];
    }>('GET', `/psa/connections/${id}/mappings`);
    return Object.fromEntries(mappings.map((one) => [one.organizationName, one.accountId]));
  }

  const eventually = (id: string) => expect.poll(() => stored(id), { timeout: 15_000 });

  const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });

  async function choose(page: Page, organization: string, account: string): Promise<void> {
    await rowOf(page, organization).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type(account);
    await page.getByRole('option', { name: new RegExp(account) }).click();
  }

  /** Holds the first save of a page back until it is let go; counts all of them. */
  async function holdFirstSave(page: Page) {
    const held = Promise.withResolvers<Route>();
    const saves = { count: 0 };
    await page.route('**/mappings', async (route) => {
      if (route.request().method() !== 'PUT') return route.continue();
      saves.count += 1;
      if (saves.count > 1) return route.continue();
      held.resolve(route);
    });
    return { saves, held: held.promise };
  }

  it('are both stored when two people change different rows', async () => {
    const id = await complete();
    const [one, other] = [await open(id), await open(id)];
    const { held } = await holdFirstSave(one);
    await choose(one, 'Lonely Law', 'Nobody There');
    const save = await held;
    await choose(other, 'Third Party', 'Contoso');
    await eventually(id).toEqual({ 'Third Party': '504' });
    await save.continue();
    await eventually(id).toEqual({ 'Lonely Law': '502', 'Third Party': '504' });
    await expect(rowOf(one, 'Third Party')).toContainText('Contoso Limited');
    await expect(one.getByText('All mappings are saved.')).toBeVisible();
  });

  it('are a conflict when two people change the same row: nothing of either is lost', async () => {
    const id = await complete();
    const [one, other] = [await open(id), await open(id)];
    const { held } = await holdFirstSave(one);
    await choose(one, 'Lonely Law', 'Nobody There');
    await choose(one, 'Northwind Dental', 'Northwind');
    const save = await held;
    await choose(other, 'Lonely Law', 'Contoso');
    await eventually(id).toEqual({ 'Lonely Law': '504' });
    await save.continue();
    const row = rowOf(one, 'Lonely Law');
    await expect(row).toContainText('Somebody else mapped it to Contoso Limited meanwhile.');
    await expect(row).toContainText('The last change of the mappings is by Administrator.');
    await expect(row).toContainText('Nobody There LLC');
    await eventually(id).toEqual({ 'Lonely Law': '504', 'Northwind Dental': '501' });
    await choose(one, 'Lonely Law', 'Nobody There');
    await eventually(id).toEqual({ 'Lonely Law': '502', 'Northwind Dental': '501' });
    await expect(row).not.toContainText('Somebody else');
  });

  it('are saved one after the other in one tab, also when one leaves the step at once', async () => {
    const id = await complete();
    const page = await open(id);
    const { held, saves } = await holdFirstSave(page);
    await choose(page, 'Lonely Law', 'Nobody There');
    const save = await held;
    await choose(page, 'Third Party', 'Contoso');
    // Changed again while its first change is on its way: no conflict with oneself.
    await choose(page, 'Lonely Law', 'Northwind');
    await page.getByRole('link', { name: /^Finish/ }).click();
    await expect(page.getByText('2 mappings are changed in this browser only.')).toBeVisible();
    expect([saves.count, await stored(id)]).toEqual([1, {}]);
    await save.continue();
    await eventually(id).toEqual({ 'Lonely Law': '501', 'Third Party': '504' });
    await expect(page.getByText('in this browser only')).toHaveCount(0);
    await expect(page.getByRole('row', { name: /^Mapping/ })).toContainText('2 mapped');
  });

  it('count as not saved at the finish, which leads to them', async () => {
    const id = await complete({ ...accountsStep, attachContacts: true });
    const page = await open(id);
    await choose(page, 'Lonely Law', 'Nobody There');
    await expect(rowOf(page, 'Lonely Law')).toContainText('has no contact');
    await expect(page.getByText('Everything is saved')).toHaveCount(0);
    await page.getByRole('link', { name: /^Finish/ }).click();
    await expect(page.getByText('1 mapping is changed in this browser only.')).toBeVisible();
    const activate = page.getByRole('button', { name: 'Activate', exact: true });
    await expect(activate).toHaveAttribute('aria-disabled', 'true');
    await page.getByRole('link', { name: 'Go and save it' }).click();
    await rowOf(page, 'Lonely Law').getByRole('button', { name: /^Undo/ }).click();
    await page.getByRole('link', { name: /^Finish/ }).click();
    await expect(activate).not.toHaveAttribute('aria-disabled', 'true');
    await expect(page.getByText('in this browser only')).toHaveCount(0);
  });

  it('keep the mappings when an account is ignored at the same time', async () => {
    const id = await complete();
    const [one, other] = [await open(id), await open(id)];
    const { held } = await holdFirstSave(one);
    await choose(one, 'Lonely Law', 'Nobody There');
    const save = await held;
    await other.getByRole('button', { name: 'Ignored accounts (0)' }).click();
    await other.getByRole('textbox', { name: 'Ignore an account' }).fill('Contoso');
    await other.getByRole('option', { name: /Contoso Limited/ }).click();
    await expect(other.getByRole('list', { name: 'Ignored accounts' })).toContainText('Contoso Limited');
    await save.continue();
    await eventually(id).toEqual({ 'Lonely Law': '502' });
    await expect(one.getByRole('button', { name: 'Ignored accounts (1)' })).toBeVisible();
  });

  it('give the focus back to the row in which one has chosen, or has not', async () => {
    const page = await open(await complete());
    const row = rowOf(page, 'Third Party');
    const chooser = row.getByRole('textbox', { name: 'Account for Third Party' });
    for (const keys of [['Escape'], ['Tab'], ['C', 'o', 'n', 't', 'o', 's', 'o']]) {
      await row.focus();
      await page.keyboard.press('Enter');
      await expect(chooser).toBeFocused();
      for (const key of keys) await page.keyboard.press(key);
      if (keys.length > 1) await page.getByRole('option', { name: /Contoso/ }).click();
      await expect(chooser).toHaveCount(0);
      await expect(row).toBeFocused();
    }
    await expect(row).toContainText('Contoso Limited');
  });

  it('are helped by filters that say how many accounts each choice has', async () => {
    const id = await complete();
    const { facets } = await app.api<{
      facets: { label: string; values: { value: string; count: number }[] }[];
    }>('GET', `/psa/connections/${id}/accounts?facets=true&limit=1`);
    const page = await open(id);
    expect(facets.map(({ label }) => label)).toEqual(['Account type', 'Classification', 'Market segment']);
    for (const { label, values } of facets) {
      const field = page.getByRole('group', { name: 'Accounts that are offered' }).getByLabel(label);
      await field.and(page.locator('input')).click();
      const options = page.getByRole('option').filter({ visible: true });
      await expect(options.filter({ hasText: /\d accounts?$/ }).first()).toBeVisible();
      const told = (await options.allTextContents()).map((text) =>
        Number(/(\d+) accounts?$/.exec(text)?.[1]),
      );
      expect(told.filter((count) => count > 0).sort()).toEqual(values.map(({ count }) => count).sort());
      await page.keyboard.press('Escape');
    }
    const largest = facets[0]?.values[0]?.count;
    await page.getByLabel('Account type').and(page.locator('input')).click();
    await page
      .getByRole('option')
      .filter({ hasText: new RegExp(`${largest} accounts$`) })
      .first()
      .click();
    await expect(page).toHaveURL(/filters=accountType/);
  });
});
