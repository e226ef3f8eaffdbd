/** The page of the audit: who did what, filtered, opened, proven, taken away as a file. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@playwright/test';
import pg from 'pg';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';

describe.skipIf(!hasBrowser)('the page of the audit', () => {
  let app: App;
  beforeAll(async () => {
    app = await openApp();
    await app.api('PATCH', '/workspaces/current', { name: 'Night Watch', wayOutMinutes: 25 });
    for (const name of ['Northwind', 'Contoso']) await app.api('POST', '/organizations', { name });
  });
  afterAll(() => app?.close());

  it('says who did what from where, and opens to before and after, by keyboard and by address', async () => {
    const page = await app.page();
    await page.goto('/audit');
    await expect(page.getByText(/^✓ Chain of \d+ entries is whole\. \(checked now\)$/)).toBeVisible();
    const row = page.getByRole('row', { name: /Changed the workspace Night Watch/ });
    await expect(row).toContainText('HERALD_API_KEY (API key)');
    await expect(row).toContainText('127.0.0.1');
    await row.focus();
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog', { name: /^Entry \d+$/ });
    await expect(drawer.getByText('Way out minutes')).toBeVisible();
    await expect(drawer.getByLabel('What changed')).toContainText('10 → 25');
    await expect(drawer).toContainText('No reason was given.');
    await page.reload();
    await expect(drawer.getByLabel('What changed')).toContainText('10 → 25');
    await page.keyboard.press('Escape');
    await expect(drawer).toBeHidden();
    expect(page.url()).not.toContain('entry=');
  });

  it('is filtered by thing and by person, and the address keeps it', async () => {
    const page = await app.page();
    await page.goto('/audit');
    await page.getByRole('row', { name: /Northwind/ }).click();
    await page.getByRole('link', { name: 'All about this' }).click();
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect(page.getByRole('row')).toHaveCount(2);
    await expect(page.getByRole('button', { name: /^Thing: Northwind/ })).toBeVisible();
    await page.reload();
    await expect(page.getByRole('row')).toHaveCount(2);
    await page.getByRole('button', { name: 'Clear all' }).click();
    await page.getByRole('button', { name: 'What', exact: true }).click();
    await page.getByRole('radio', { name: 'Organizations' }).click();
    await expect(page.getByRole('row')).toHaveCount(3);
    await page.getByRole('searchbox').fill('no such thing');
    await expect(page.getByText('No entry fits these filters')).toBeVisible();
  });

  it('can be taken away, and its end proves later that nothing is gone', async () => {
    const page = await app.page();
    await page.goto('/audit?targetKind=organization');
    const taken = async (name: string) => {
      await page.getByRole('button', { name: 'Export', exact: true }).click();
      const download = page.waitForEvent('download');
      await page.getByRole('menuitem', { name }).click();
      return download;
    };
    const table = await taken('As a table (CSV)');
    expect(table.suggestedFilename()).toMatch(/^herald-audit-.*\.csv$/);
    const end = await (await taken('The signed end of the chain')).path();
    const file = page.locator('input[type=file]');
    await file.setInputFiles(end);
    await expect(page.getByText(/It holds the exported end at entry \d+, as it was then/)).toBeVisible();

    const admin = new pg.Client(app.database.adminUrl);
    await admin.connect();
    await admin.query(`update audit_entries set actor_name = 'Somebody else' where n = 1`);
    await admin.end();
    await page.getByRole('button', { name: 'Check again', exact: true }).click();
    await expect(page.getByRole('alert')).toContainText('The chain is broken at entry 1');
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  });

  it('says to those who are no administrators why they cannot export', async () => {
    const page = await app.page({ role: 'viewer' });
    await page.goto('/audit');
    await expect(page.getByRole('button', { name: 'Export', exact: true })).toHaveAttribute(
      'aria-description',
      'Only administrators can do this.',
    );
  });
});
