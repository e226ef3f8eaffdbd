/** Why something is changed: asked on the screen where it is changed, and kept by the audit (req 119). */
import { expect, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { makeConnection } from '../harness/connection.ts';
import { simulatorCredentials, ticketsStep } from '../support/steps.ts';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';
import { looksWell, phone } from './support/looks.ts';
import { input, rowOf } from './support/wizard.ts';

const managed = 29_683_701;
const sample = [
  {
    id: 501,
    companyName: 'Northwind Dental',
    contracts: [{ id: managed, contractName: 'Managed services' }],
  },
  { id: 502, companyName: 'Contoso Limited', contracts: [] },
];
const patience = { timeout: 15_000 };

describe.skipIf(!hasBrowser)('why something is changed', () => {
  let app: App;
  const ids = new Map<string, string>();
  beforeAll(async () => {
    app = await openApp({ simulator: { sample, companies: 10 } });
    for (const name of ['Northwind Dental', 'Contoso', 'Fabrikam']) {
      const { id } = await app.api<{ id: string }>('POST', '/organizations', { name });
      ids.set(name, id);
    }
  });
  afterAll(() => app?.close());

  /** A draft that lacks nothing; with `isActive` one that is in use. */
  async function connection(name: string, isActive = false): Promise<string> {
    const id = await makeConnection(app.api, {
      name,
      credentials: simulatorCredentials,
      catchAllAccountId: '0',
    });
    if (isActive) await app.api('POST', `/psa/connections/${id}/finish`, { confirmUnmapped: true });
    return id;
  }

  async function open(address: string, options = {}): Promise<Page> {
    const page = await app.page(options);
    await page.goto(address);
    return page;
  }
  const step = (id: string, name: string) => `/settings/psa/${id}?step=${name}`;

  interface Entry {
    action: string;
    reason: string | null;
  }

  /** Reasons of the entries about this, newest first. */
  async function reasons(filter: string, action?: string): Promise<(string | null)[]> {
    const { items } = await app.api<{ items: Entry[] }>('GET', `/audit?${filter}`);
    return items.filter((one) => action === undefined || one.action === action).map(({ reason }) => reason);
  }
  const ofMappings = (id: string) => reasons(`targetId=${id}`, 'connection.mappings');

  const why = (of: Page) => of.getByLabel(/^Why/).filter({ visible: true });
  const say = (page: Page, text: string) => why(page).fill(text);

  it('goes with every save of the mapping table until the field is emptied, and stands on the page of the audit', async () => {
    const id = await connection('Mapped');
    const page = await open(step(id, 'accounts'));
    const map = async (name: string, account: string) => {
      await rowOf(page, name).focus();
      await page.keyboard.press('Enter');
      await page.keyboard.type(account);
      await page.getByRole('option', { name: new RegExp(account) }).click();
    };
    await say(page, 'Moved to our new tenant');
    await map('Northwind Dental', 'Northwind');
    await expect.poll(() => ofMappings(id), patience).toEqual(['Moved to our new tenant']);
    await map('Contoso', 'Contoso');
    await expect
      .poll(() => ofMappings(id), patience)
      .toEqual(['Moved to our new tenant', 'Moved to our new tenant']);
    await page.getByRole('button', { name: 'Ignored accounts (0)' }).click();
    await input(page, 'Ignore an account').fill('Sample');
    await page.getByRole('option').first().click();
    await expect.poll(async () => (await ofMappings(id)).length, patience).toBe(3);
    expect((await ofMappings(id))[0]).toBe('Moved to our new tenant');
    await say(page, '');
    await map('Fabrikam', 'Contoso');
    await expect
      .poll(() => ofMappings(id), patience)
      .toEqual([null, ...Array(3).fill('Moved to our new tenant')]);

    await page.goto(`/audit?targetKind=connection&targetId=${id}`);
    await expect(page.getByText('“Moved to our new tenant”')).toHaveCount(3);
  });

  it('goes with contracts too, also with those that are saved as one goes on', async () => {
    const id = await connection('Contracted');
    await app.api('PUT', `/psa/connections/${id}/mappings`, {
      mappings: [{ organizationId: ids.get('Northwind Dental'), accountId: '501' }],
    });
    await app.api('PUT', `/psa/connections/${id}/steps/contracts`, { addContracts: true, syncUsers: false });
    const page = await open(step(id, 'contracts'));
    await say(page, 'Renewed in autumn');
    await rowOf(page, 'Northwind Dental')
      .getByRole('button', { name: /^Contract of/ })
      .click();
    await page.getByRole('option', { name: /Managed services/ }).click();
    await page.getByRole('button', { name: 'Back' }).click();
    await expect.poll(() => ofMappings(id), patience).toEqual(['Renewed in autumn', null]);
    await page.getByRole('button', { name: 'Next' }).click();
    await expect(rowOf(page, 'Northwind Dental')).toContainText('Managed services');
    await expect(why(page)).toHaveValue('');
  });

  it('is asked when the ticket settings of a connection in use are saved, and once only', async () => {
    const id = await connection('Used', true);
    const page = await open(step(id, 'tickets'));
    const title = page.getByRole('textbox', { name: 'Note Title' });
    await expect(title).toHaveValue(ticketsStep.noteTitle);
    await expect(why(page)).toHaveCount(0);
    await title.fill('Another title');
    await say(page, 'Asked for by the service desk');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByText('Everything is saved')).toBeVisible();
    await title.fill('A third title');
    await expect(why(page)).toHaveValue('');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByText('Everything is saved')).toBeVisible();
    expect((await reasons(`targetId=${id}`)).slice(0, 2)).toEqual([null, 'Asked for by the service desk']);
  });

  it('is asked when a connection is activated, renamed, made the default and resumed', async () => {
    const id = await connection('Second');
    await connection('Third', true);
    const page = await open(step(id, 'finish'));
    await say(page, 'Tested on Friday');
    await page.getByRole('button', { name: 'Activate' }).click();
    await page.getByRole('button', { name: 'Activate all the same' }).click();
    await expect(page.getByText(/Second was activated, for organizations that choose it/)).toBeVisible();

    await page.goto('/settings/psa');
    const menu = async (name: string, item: string) => {
      await page.getByRole('button', { name: `More for ${name}` }).click();
      await page.getByRole('menuitem', { name: item }).click();
    };
    await menu('Second', 'Make default');
    await say(page, 'The old one ends');
    await page.getByRole('button', { name: 'Make default' }).click();
    await expect(page.getByText(/Second was made the default/)).toBeVisible();
    await menu('Second', 'Rename');
    await page.getByRole('textbox', { name: 'Name' }).fill('Main');
    await say(page, 'As it is called in the contract');
    await page.keyboard.press('Enter');
    await expect(page.getByText('It was renamed to Main.')).toBeVisible();

    await app.api('POST', `/psa/connections/${id}/pause`, {});
    await page.reload();
    await page.getByRole('radiogroup', { name: 'Status of Main' }).getByText('Active').click();
    await say(page, 'The maintenance is over');
    await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
    await expect(page.getByText(/^Main is active/)).toBeVisible();
    expect((await reasons(`targetId=${id}`)).filter((one) => one !== null)).toEqual([
      'The maintenance is over',
      'As it is called in the contract',
      'The old one ends',
      'Tested on Friday',
    ]);
  });

  it('is asked when an organization, the workspace or a role is changed, and before an import', async () => {
    const page = await open(`/organizations/${ids.get('Fabrikam')}`);
    await expect(why(page)).toHaveCount(0);
    await page.getByRole('textbox', { name: 'Name' }).fill('Fabrikam Foods');
    await say(page, 'They have a new name');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Fabrikam Foods was saved.')).toBeVisible();
    expect((await reasons(`targetId=${ids.get('Fabrikam')}`))[0]).toBe('They have a new name');

    await page.goto('/settings/workspace');
    await page.getByRole('textbox', { name: 'Name' }).fill('Acme IT');
    await say(page, 'Merged');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('The workspace was saved.')).toBeVisible();
    expect((await reasons('targetKind=workspace'))[0]).toBe('Merged');

    await page.goto('/organizations/import');
    await page.getByLabel('Table (CSV)').fill('name,refs\nWingtip,w-1\n');
    await page.getByRole('button', { name: 'See what would happen' }).click();
    await say(page, 'The list of November');
    await page.getByRole('button', { name: 'Make 1' }).click();
    await expect(page.getByText(/1 made, 0 changed/).first()).toBeVisible();
    expect((await reasons('targetKind=organization'))[0]).toBe('The list of November');

    // Signs somebody in, so that there is a person whose role can be changed.
    await app.page({ role: 'operator' });
    await page.goto('/settings/access');
    await page.getByRole('combobox', { name: 'Role of operator' }).click();
    await page.getByRole('option', { name: 'Viewer' }).click();
    await say(page, 'Changed teams');
    await page.getByRole('button', { name: 'Change the role' }).click();
    await expect(page.getByText(/operator is a viewer/i)).toBeVisible();
    expect(await reasons('targetKind=user')).toContain('Changed teams');
  });

  it('has no serious finding where it stands, nor needs a phone sideways scrolling', async () => {
    const id = await connection('Looked at', true);
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open(step(id, 'accounts'), { colorScheme, viewport: phone });
      await expect(why(page)).toBeVisible();
      await looksWell(page);
      await page.context().close();
    }
    const page = await open(step(id, 'accounts'), { role: 'viewer' });
    await expect(rowOf(page, 'Contoso')).toBeVisible();
    await expect(why(page)).toHaveCount(0);
  });
});
