/** The wizard's step contracts: which contract belongs to which organization (req 91–106). */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { makeConnection } from '../harness/connection.ts';
import { simulatorCredentials } from '../support/steps.ts';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';

const odd = '<b>שלום</b> 🦊 & Söhne';
const managed = 29_683_701;
const project = 29_683_702;
const ended = 29_683_703;
const moved = 29_683_704;

const sample = [
  {
    id: 501,
    companyName: 'Northwind Dental',
    contracts: [
      { id: managed, contractName: 'Managed services', contractNumber: 'MS-1' },
      { id: project, contractName: `Project ${odd}`, contractType: 3 },
      { id: ended, contractName: 'Last year', endDate: '2026-01-31' },
    ],
  },
  { id: 502, companyName: 'Contoso Limited', contracts: [{ id: moved, contractName: 'Managed security' }] },
  { id: 503, companyName: 'Bare Ltd', contracts: [] },
];

/** Organization and account, by name as the table has them. */
const mapped = [
  ['Bare', '503'],
  ['Contoso', '502'],
  ['Northwind', '501'],
] as const;

describe.skipIf(!hasBrowser)('the step contracts of the wizard', () => {
  let app: App;
  const organizationIds = new Map<string, string>();
  beforeAll(async () => {
    app = await openApp({ simulator: { sample, companies: 10 } });
    const others = Array.from({ length: 60 }, (_, at) => `Other ${String(at).padStart(2, '0')}`);
    for (const name of [...mapped.map(([one]) => one), ...others]) {
      const { id } = await app.api<{ id: string }>('POST', '/organizations', { name, externalRefs: [name] });
      organizationIds.set(name, id);
    }
  });
  afterAll(() => app?.close());

  const put = (id: string, more: string, body: object) =>
    app.api('PUT', `/psa/connections/${id}${more}`, body);
  const row = (name: string, accountId: string, more: object = {}) => ({
    organizationId: organizationIds.get(name),
    accountId,
    ...more,
  });

  /** A connection that lacks nothing, with three organizations mapped. */
  async function draft(): Promise<string> {
    const wanted = { name: 'PSA', credentials: simulatorCredentials, catchAllAccountId: '0' };
    const id = await makeConnection(app.api, wanted);
    await put(id, '/mappings', { mappings: mapped.map(([name, account]) => row(name, account)) });
    return id;
  }

  async function open(id: string, options = {}): Promise<Page> {
    const page = await app.page(options);
    await page.goto(`/settings/psa/${id}?step=contracts`);
    await expect(page.getByRole('heading', { level: 2, name: 'Contracts' })).toBeVisible();
    return page;
  }

  interface Stored {
    organizationName: string;
    contractId: string | null;
    serviceId: string | null;
    addService: boolean | null;
    unitCost: string | null;
    unitPrice: string | null;
  }

  async function stored(id: string, name: string): Promise<Stored | undefined> {
    const { mappings } = await app.api<{ mappings: Stored[] }>('GET', `/psa/connections/${id}/mappings`);
    return mappings.find(({ organizationName }) => organizationName === name);
  }
  const storedContract = async (id: string, name: string) => (await stored(id, name))?.contractId;

  const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });
  const chooseFor = async (page: Page, name: string, contract: RegExp | string) => {
    await rowOf(page, name)
      .getByRole('button', { name: /^Contract of/ })
      .click();
    await page.getByRole('option', { name: contract }).click();
  };
  const switchOf = (page: Page, name: RegExp) => page.getByRole('switch', { name });
  const patience = { timeout: 15_000 };

  async function noSeriousFinding(page: Page): Promise<void> {
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('\n')}`)).toEqual([]);
  }

  it('shows nothing more than is needed: no table without a switch, no service without the sync (req 92)', async () => {
    const page = await open(await draft());
    await expect(page.getByRole('grid')).toHaveCount(0);
    await switchOf(page, /Add Agreements/).click();
    await expect(page.getByText('0 with a contract, 3 without')).toBeVisible();
    await expect(page.getByRole('columnheader', { name: 'Service', exact: true })).toHaveCount(0);
    await expect(page.getByLabel('User Sync Day')).toHaveCount(0);
    await switchOf(page, /Sync Billable/).click();
    await expect(page.getByText(/Counts are not sent yet/)).toBeVisible();
    await expect(page.getByRole('columnheader', { name: 'Service', exact: true })).toBeVisible();
  });

  it('takes a contract by keyboard, saves it by itself, and still has it after a reload', async () => {
    const id = await draft();
    await put(id, '/steps/contracts', { addContracts: true, syncUsers: false });
    const page = await open(id);
    await rowOf(page, 'Bare').focus();
    await page.keyboard.press('j');
    await expect(rowOf(page, 'Contoso')).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await expect(rowOf(page, 'Northwind')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('option')).toHaveText([
      'No contract',
      'Managed services (MS-1, until 2030-12-31)',
      `Project ${odd} (until 2030-12-31)`,
    ]);
    await page.keyboard.type('ms-1');
    await expect(page.getByRole('option')).toHaveCount(1);
    await page.keyboard.press('Enter');
    await expect(rowOf(page, 'Northwind')).toBeFocused();
    await expect.poll(() => storedContract(id, 'Northwind'), patience).toBe(String(managed));
    await expect(page.getByText('All contracts are saved.')).toBeVisible();
    await page.reload();
    await expect(rowOf(page, 'Northwind')).toContainText('Managed services');
    await expect(page.getByText('1 with a contract, 2 without')).toBeVisible();
    await page.getByText(/^Without a contract 2$/).click();
    await expect(page).toHaveURL(/show=open/);
    await expect(rowOf(page, 'Northwind')).toHaveCount(0);
    await page.getByText(/^All 3$/).click();
    await page.getByRole('searchbox').fill('managed');
    await expect(rowOf(page, 'Northwind')).toBeVisible();
    await expect(rowOf(page, 'Contoso')).toHaveCount(0);
    await noSeriousFinding(page);
    await rowOf(page, 'Northwind')
      .getByRole('button', { name: /^Remove/ })
      .click();
    await expect.poll(() => storedContract(id, 'Northwind'), patience).toBeNull();
  });

  it('says in the row why a contract is not taken, keeps it there, and stores the other rows', async () => {
    const id = await draft();
    await put(id, '/steps/contracts', { addContracts: true, syncUsers: false });
    const page = await open(id);
    const { Contracts } = app.simulator.state.tables;
    await rowOf(page, 'Contoso')
      .getByRole('button', { name: /^Contract of/ })
      .click();
    await expect(page.getByRole('option', { name: /Managed security/ })).toBeVisible();
    Contracts.update(moved, { companyID: 503 });
    await page.getByRole('option', { name: /Managed security/ }).click();
    await expect(rowOf(page, 'Contoso')).toContainText('belongs to another account');
    await chooseFor(page, 'Northwind', /Managed services/);
    await expect.poll(() => storedContract(id, 'Northwind'), patience).toBe(String(managed));
    expect(await storedContract(id, 'Contoso')).toBeNull();
    await expect(page.getByRole('button', { name: 'Next' })).toHaveAttribute('aria-disabled', 'true');
    await noSeriousFinding(page);
    await rowOf(page, 'Contoso').getByRole('button', { name: /^Undo/ }).click();
    await expect(page.getByText('All contracts are saved.')).toBeVisible();
    Contracts.update(moved, { companyID: 502 });
  });

  it('with the sync on takes day, service and prices; the finish says what is set (req 97–103)', async () => {
    const id = await draft();
    const page = await open(id);
    await switchOf(page, /Sync Billable/).click();
    await page.getByLabel('User Sync Day').fill('31');
    await expect(page.getByText(/Default Contract Service is required/)).toBeVisible();
    await page.getByRole('combobox', { name: 'Default Contract Service' }).click();
    await expect(page.getByRole('option')).toHaveText([
      /Protected user/,
      /Protected device/,
      /mailbox/,
      /awareness/,
    ]);
    await page.getByRole('option', { name: 'Protected user (4.5)' }).click();
    await expect(page.getByText('Everything is saved')).toBeVisible();

    await chooseFor(page, 'Northwind', /Managed services/);
    const northwind = rowOf(page, 'Northwind');
    await northwind.getByRole('checkbox').check();
    await expect(northwind.getByLabel('Unit price for Northwind')).toHaveAttribute('placeholder', '4.5');
    await northwind.getByRole('button', { name: /^Service for/ }).click();
    await page.getByRole('option', { name: 'Protected device' }).click();
    await expect(northwind.getByLabel('Unit price for Northwind')).toHaveAttribute('placeholder', '6');
    await northwind.getByLabel('Unit cost for Northwind').fill('1,5');
    await page.keyboard.press('Enter');
    await expect(northwind).toContainText('Unit cost "1,5" cannot be used: write a number such as 4.5');
    await expect(page.getByText(/^(All contracts are|Everything is) saved/)).toHaveCount(0);
    const next = page.getByRole('button', { name: 'Next' });
    await expect(next).toHaveAttribute('aria-disabled', 'true');
    await noSeriousFinding(page);
    await page.getByRole('searchbox').fill('contoso');
    await expect(northwind).toHaveCount(0);
    await page.getByRole('button', { name: 'Go to the row' }).click();
    await expect(northwind.getByLabel('Unit cost for Northwind')).toBeFocused();
    await northwind.getByLabel('Unit cost for Northwind').fill('1.5');
    await northwind.getByLabel('Unit price for Northwind').fill('5.25');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => stored(id, 'Northwind'), patience)
      .toMatchObject({
        contractId: String(managed),
        addService: true,
        serviceId: '12',
        unitCost: '1.5',
        unitPrice: '5.25',
      });
    await chooseFor(page, 'Northwind', /^Project/);
    await expect(northwind.getByRole('checkbox')).toBeDisabled();
    await noSeriousFinding(page);

    await page.getByRole('button', { name: 'Next' }).click();
    const summary = page.getByRole('table', { name: 'Contracts' });
    await expect(summary).toContainText('Protected user');
    await expect(summary).toContainText('1 with a contract, 2 mapped without one.');
    await expect(summary).toContainText('Counts of users are not sent yet');
  });

  it('of two people who choose at once nobody undoes the other', async () => {
    const id = await draft();
    await put(id, '/steps/contracts', { addContracts: true, syncUsers: false });
    const [mine, theirs] = [await open(id), await open(id)];
    await chooseFor(theirs, 'Contoso', /Managed security/);
    await expect.poll(() => storedContract(id, 'Contoso'), patience).toBe(String(moved));
    await chooseFor(mine, 'Northwind', /Managed services/);
    await expect.poll(() => storedContract(id, 'Northwind'), patience).toBe(String(managed));
    expect(await storedContract(id, 'Contoso')).toBe(String(moved));
    await expect(rowOf(mine, 'Contoso')).toContainText('Managed security');
  });

  it('in use, keeps what is chosen in the browser until it is saved; the finish says so (req 108)', async () => {
    const id = await draft();
    await put(id, '/steps/contracts', { addContracts: true, syncUsers: false });
    await put(id, '/mappings', { mappings: [row('Northwind', '501', { contractId: String(managed) })] });
    await app.api('POST', `/psa/connections/${id}/finish`, { confirmUnmapped: true });
    app.simulator.state.tables.Contracts.update(managed, { status: 0 });
    const page = await open(id);
    await chooseFor(page, 'Northwind', /^Project/);
    await expect(page.getByText('1 row is not saved; kept in this browser until you save.')).toBeVisible();
    expect(await storedContract(id, 'Northwind')).toBe(String(managed));
    await page.getByRole('link', { name: 'Finish' }).click();
    await expect(page.getByText('1 contract is changed in this browser only.')).toBeVisible();
    const steps = page.getByRole('navigation', { name: 'Steps' });
    await steps.getByRole('link', { name: /Contracts/ }).click();
    await page.getByRole('button', { name: 'Save 1 row' }).click();
    await expect.poll(() => storedContract(id, 'Northwind'), patience).toBe(String(project));
    app.simulator.state.tables.Contracts.update(managed, { status: 1 });
  });

  it('says what is missing when the API user may not read contracts', async () => {
    const id = await draft();
    await put(id, '/steps/contracts', { addContracts: true, syncUsers: false });
    const page = await open(id);
    app.simulator.state.change({ rights: { Contracts: { query: false } } });
    await rowOf(page, 'Northwind')
      .getByRole('button', { name: /^Contract of/ })
      .click();
    await expect(rowOf(page, 'Northwind')).toContainText('security level', patience);
    app.simulator.state.change({ rights: {} });
  });

  it('draws only what is seen, shows a reader everything and changes nothing', async () => {
    const id = await draft();
    await put(id, '/steps/contracts', { addContracts: true, syncUsers: false });
    const all = [...organizationIds.keys()].map((name) => row(name, '501'));
    await put(id, '/mappings', { mappings: all });
    const page = await open(id, { role: 'viewer' });
    await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', String(all.length + 1));
    expect(await page.getByRole('row').count()).toBeLessThan(40);
    await expect(
      rowOf(page, 'Bare').getByRole('button', { name: 'Contract of Bare: No contract' }),
    ).toBeDisabled();
    await page.keyboard.press('j');
    await expect(rowOf(page, 'Bare')).toBeFocused();
    await page.keyboard.press('End');
    await expect(rowOf(page, 'Other 59')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('option')).toHaveCount(0);
  });

  it('fits a narrow phone, where everything can be chosen too', async () => {
    const id = await draft();
    await put(id, '/steps/contracts', {
      addContracts: true,
      syncUsers: true,
      syncDay: 1,
      defaultServiceId: '11',
    });
    const page = await open(id, { viewport: { width: 360, height: 740 } });
    await chooseFor(page, 'Northwind', /Managed services/);
    await rowOf(page, 'Northwind').getByLabel('Unit price for Northwind').fill('7');
    await page.keyboard.press('Enter');
    await expect.poll(() => stored(id, 'Northwind'), patience).toMatchObject({ unitPrice: '7' });
    const isWider = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
    expect(isWider).toBe(false);
    await noSeriousFinding(page);
  });
});
