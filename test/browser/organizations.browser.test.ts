/** Organizations: the list and its switches, one organization, unassigned references, the import (req 10-20). */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { makeConnection } from '../harness/connection.ts';
import { simulatorCredentials, ticketsStep } from '../support/steps.ts';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';

interface Organization {
  id: string;
  name: string;
  externalRefs: { kind: string; value: string; source?: string }[];
  delivery: { enabled: boolean };
}

const phone = { viewport: { width: 360, height: 740 } };

describe.skipIf(!hasBrowser)('organizations', () => {
  let app: App;
  const ids: Record<string, string> = {};
  beforeAll(async () => {
    app = await openApp();
    const credentials = simulatorCredentials;
    const connectionId = await makeConnection(app.api, { name: 'PSA', credentials, catchAllAccountId: '0' });
    for (const name of ['Northwind', 'Contoso', 'Fabrikam']) {
      const externalRefs = [name.toLowerCase()];
      ids[name] = (await app.api<Organization>('POST', '/organizations', { name, externalRefs })).id;
    }
    const path = `/psa/connections/${connectionId}`;
    const accounts = await app.api<{ items: { id: string }[] }>('GET', `${path}/accounts?limit=5`);
    const mapping = { organizationId: ids.Northwind, accountId: accounts.items[2]?.id };
    await app.api('PUT', `${path}/mappings`, { mappings: [mapping] });
    await app.api('POST', `${path}/finish`, { confirmUnmapped: 2 });
    for (const id of ['stranger-1', 'stranger-2']) await sendAlert(id, id);
  });
  afterAll(() => app?.close());

  const sendAlert = (externalId: string, reference: string) =>
    app.api('POST', '/alerts', {
      source: 'edr',
      externalId,
      title: 'Impossible travel',
      severity: 'low',
      organization: { externalId: reference },
    });
  const read = (name: string) => app.api<Organization>('GET', `/organizations/${ids[name]}`);
  const readyPage = async (address: string, options: Parameters<App['page']>[0] = {}) => {
    const page = await app.page(options);
    await page.goto(address);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    return page;
  };

  it('lists where tickets go; a switch is turned by one click, and turned back by one', async () => {
    const page = await readyPage('/organizations');
    const row = page.getByRole('row', { name: /Contoso/ });
    await expect(row).toContainText('Not mapped:');
    await expect(page.getByRole('row', { name: /Northwind/ })).not.toContainText('Not mapped');
    await page.getByRole('switch', { name: 'PSA & email for Contoso' }).click({ force: true });
    await expect(page.getByText('PSA & email is off for Contoso.')).toBeVisible();
    expect((await read('Contoso')).delivery.enabled).toBe(false);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByText('PSA & email is on for Contoso.')).toBeVisible();
    expect((await read('Contoso')).delivery.enabled).toBe(true);
  });

  it('each switch that is turned off says what it skips, also of what waits (decision 1)', async () => {
    const page = await readyPage(`/organizations/${ids.Fabrikam}?tab=settings`);
    for (const [name, goods] of [
      ['E-mail', 'Mails'],
      ['Tickets', 'Tickets and notes'],
      ['PSA & email', 'Tickets, notes and mails'],
    ] as const) {
      await page.getByRole('switch', { name: new RegExp(`^${name}`) }).click({ force: true });
      const words = `${name} is off for Fabrikam. ${goods} due while it is off are skipped for good, also those that wait now.`;
      await expect(page.getByText(words)).toBeVisible();
    }
    const delivery = { enabled: true, tickets: true, email: true };
    await app.api('PATCH', `/organizations/${ids.Fabrikam}`, { delivery });
  });

  it('the search stands in the address and finds references', async () => {
    const page = await readyPage('/organizations');
    await page.keyboard.press('/');
    await page.keyboard.type('fabri');
    await expect(page).toHaveURL(/q=fabri/);
    await expect(page.getByText('1 in all')).toBeVisible();
    await page.reload();
    await expect(page.getByRole('link', { name: 'Fabrikam' })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Northwind' })).toHaveCount(0);
  });

  it('one is added by keyboard alone, and its page follows', async () => {
    const page = await readyPage('/organizations');
    await page.getByRole('button', { name: '+ Add organization' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog').getByLabel('Name')).toBeFocused();
    await page.keyboard.type('Litware');
    await page.keyboard.press('Tab');
    await page.keyboard.type('org-24');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: 'Litware' })).toBeVisible();
    await expect(page.getByRole('textbox', { name: 'Reference 1', exact: true })).toHaveValue('org-24');
  });

  it('a reference that is refused is told at its row, and what was typed stays', async () => {
    const page = await readyPage(`/organizations/${ids.Fabrikam}`);
    await page.getByRole('button', { name: '+ Add reference' }).click();
    await page.getByRole('textbox', { name: 'Reference 1', exact: true }).fill('fab-1');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('textbox', { name: 'Reference 2', exact: true })).toHaveAttribute(
      'aria-invalid',
      'true',
    );
    await expect(page.getByRole('textbox', { name: 'Reference 1', exact: true })).toHaveValue('fab-1');
    await page.getByRole('textbox', { name: 'Reference 2', exact: true }).fill('fab.example');
    await page.getByLabel('Kind of reference 2').selectOption('domain');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Fabrikam was saved.')).toBeVisible();
    expect((await read('Fabrikam')).externalRefs).toEqual([
      { kind: 'id', value: 'fab-1' },
      { kind: 'domain', value: 'fab.example' },
    ]);
  });

  it('whoever saves second is told what the first one changed, and loses nothing', async () => {
    const page = await readyPage(`/organizations/${ids.Contoso}`);
    await page.getByLabel('Name').fill('Contoso Legal');
    await app.api('PATCH', `/organizations/${ids.Contoso}`, { name: 'Contoso Ltd' });
    await page.getByRole('button', { name: 'Save' }).click();
    const alert = page.getByRole('alert').filter({ hasText: 'Somebody else' });
    await expect(alert).toContainText('It is named “Contoso Ltd” now.');
    await expect(alert).toContainText(/The last change here is by .+, (now|\d+ sec\. ago)\./);
    await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Contoso Legal');
    expect((await read('Contoso')).name).toBe('Contoso Ltd');
    await alert.getByRole('button', { name: 'Load the other state' }).click();
    await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Contoso Ltd');
    await expect(page.getByRole('heading', { level: 1, name: 'Contoso Ltd' })).toBeVisible();
    await expect(alert).toHaveCount(0);
  });

  it('a change of something else does not stand in the way', async () => {
    const page = await readyPage(`/organizations/${ids.Contoso}`);
    await page.getByLabel('Name').fill('Contoso');
    await app.api('PATCH', `/organizations/${ids.Contoso}`, { delivery: { email: false } });
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Contoso was saved.')).toBeVisible();
  });

  it('the settings say in a sentence what they mean right now (req 15-18)', async () => {
    const page = await readyPage(`/organizations/${ids.Northwind}?tab=settings`);
    const meaning = page.getByRole('region', { name: 'What would happen right now' });
    const now = meaning.getByRole('status').filter({ hasText: /\w/ });
    await expect(now).toContainText('New alerts become tickets in PSA');
    await page.getByRole('switch', { name: 'PSA & email' }).click({ force: true });
    await expect(now).toContainText('Nothing goes out for this organization.');
    await expect(page.getByText(/To have fewer alerts, use the power filters/)).toBeVisible();
    await page.getByRole('switch', { name: 'PSA & email' }).click({ force: true });
    await expect(now).toContainText('New alerts become tickets');
  });

  it('while its connection is paused, the settings do not promise tickets (req 36)', async () => {
    const { items } = await app.api<{ items: { id: string }[] }>('GET', '/psa/connections');
    const connection = `/psa/connections/${items[0]?.id}`;
    await app.api('POST', `${connection}/pause`, {});
    const page = await readyPage(`/organizations/${ids.Northwind}?tab=settings`);
    const meaning = page.getByRole('region', { name: 'What would happen right now' });
    await expect(meaning.getByText(/Tickets are held now\. Once PSA takes them again/)).toBeVisible();
    await expect(meaning.getByText(/New alerts become tickets/)).toHaveCount(0);
    await app.api('POST', `${connection}/resume`, { held: 'deliver' });
  });

  it('while no severity becomes a ticket, the settings do not promise any (decision 11)', async () => {
    const { items } = await app.api<{ items: { id: string }[] }>('GET', '/psa/connections');
    const step = `/psa/connections/${items[0]?.id}/steps/tickets`;
    const priorities = { informational: null, low: null, medium: null, high: null, critical: null };
    await app.api('PUT', step, { ...ticketsStep, priorities });
    const page = await readyPage(`/organizations/${ids.Northwind}?tab=settings`);
    const meaning = page.getByRole('region', { name: 'What would happen right now' });
    await expect(meaning.getByText('No severity becomes a ticket in PSA now.')).toBeVisible();
    await expect(meaning.getByText(/New alerts become tickets/)).toHaveCount(0);
    await app.api('PUT', step, ticketsStep);
    await page.reload();
    await expect(meaning.getByText(/New alerts become tickets in PSA/)).toBeVisible();
  });

  it('an unassigned reference is given to an organization, or makes one (decision 22)', async () => {
    const page = await readyPage('/organizations/unassigned');
    await page
      .getByRole('row', { name: /stranger-1/ })
      .getByRole('button', { name: 'Assign…' })
      .click();
    await expect(page.getByText(/their tickets are not moved/)).toBeVisible();
    await page.getByRole('combobox', { name: 'Organization' }).fill('North');
    await page.getByRole('option', { name: 'Northwind' }).click();
    await page.getByRole('button', { name: 'Assign', exact: true }).click();
    await expect(page.getByText('stranger-1 means Northwind from now on.')).toBeVisible();
    await expect(page.getByRole('row', { name: /stranger-1/ })).toHaveCount(0);
    expect((await read('Northwind')).externalRefs).toContainEqual({
      kind: 'id',
      value: 'stranger-1',
      source: 'edr',
    });
    await page
      .getByRole('row', { name: /stranger-2/ })
      .getByRole('button', { name: 'Assign…' })
      .click();
    await page.getByRole('tab', { name: 'A new one' }).click();
    await page.getByLabel('Name').fill('Tailspin');
    await page.getByRole('button', { name: 'Make it' }).click();
    await expect(page.getByRole('heading', { name: 'Nothing is unassigned' })).toBeVisible();
  });

  it('an import shows what would happen to each row before it does anything', async () => {
    const page = await readyPage('/organizations/import');
    const table = 'name,refs,enabled\nWingtip,org-23,off\nFabrikam,fab-9,\nTrey,id:x,maybe\n';
    await page.getByLabel('Table (CSV)').fill(table);
    await page.getByRole('button', { name: 'See what would happen' }).click();
    await expect(page.getByText('1 new, 1 to change, 1 refused')).toBeVisible();
    await expect(page.getByRole('row', { name: /Trey/ })).toContainText('maybe');
    const { items } = await app.api<{ items: unknown[] }>('GET', '/organizations?q=Wingtip');
    expect(items).toEqual([]);
    await page.getByRole('button', { name: 'Make 1 and change 1' }).click();
    await expect(page.getByText('1 made, 1 changed, 1 refused', { exact: true })).toBeVisible();
    await expect(page.getByLabel('Table (CSV)')).toHaveValue(table);
    expect((await read('Fabrikam')).externalRefs).toEqual([{ kind: 'id', value: 'fab-9' }]);
  });

  it('a table that cannot be read stays, with what is wrong beside it', async () => {
    const page = await readyPage('/organizations/import');
    await page.getByLabel('Table (CSV)').fill('name,colour\nWingtip,red\n');
    await page.getByRole('button', { name: 'See what would happen' }).click();
    await expect(page.getByText(/Column "colour" is not known/)).toBeVisible();
    await expect(page.getByLabel('Table (CSV)')).toHaveValue('name,colour\nWingtip,red\n');
  });

  it('whoever may only look sees why nothing can be turned', async () => {
    const page = await readyPage('/organizations', { role: 'viewer' });
    const turned = page.getByRole('switch', { name: 'PSA & email for Northwind' });
    await expect(turned).toHaveAttribute('aria-description', 'Only administrators can do this.');
    await turned.click({ force: true });
    await expect(turned).toBeChecked();
    await page.getByRole('button', { name: '+ Add organization' }).focus();
    await expect(page.getByText('Only administrators can do this.')).toBeVisible();
  });

  it('is removed after a question that says what goes with it', async () => {
    const gone = await app.api<Organization>('POST', '/organizations', { name: 'Gone', externalRefs: ['g'] });
    const page = await readyPage(`/organizations/${gone.id}`);
    await page.getByRole('button', { name: 'Remove…' }).click();
    await expect(page.getByRole('dialog')).toContainText('count as unassigned');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await expect(page).toHaveURL(/\/organizations$/);
    await expect(page.getByRole('link', { name: 'Gone' })).toHaveCount(0);
  });

  it('axe finds nothing serious, and a phone needs no sideways scrolling', async () => {
    const addresses = [
      '/organizations',
      '/organizations?add=yes',
      '/organizations/unassigned',
      '/organizations/import',
      `/organizations/${ids.Northwind}`,
      `/organizations/${ids.Northwind}?tab=settings`,
    ];
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const address of addresses) await expectSound(await readyPage(address, { ...phone, colorScheme }));
    }
  }, 180_000);
});

async function expectSound(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => [page.url(), id, nodes[0]?.html])).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  await page.context().close();
}
