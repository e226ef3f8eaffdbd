/** The frame of all pages: where one can go, what a wrong address says, and that the policy for content is kept. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@playwright/test';
import pg from 'pg';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';

describe.skipIf(!hasBrowser)('the frame of all pages', () => {
  let app: App;
  beforeAll(async () => {
    app = await openApp();
  });
  afterAll(() => app?.close());

  it('leads everywhere by the navigation, and each place has its address', async () => {
    const page = await app.page();
    await page.goto('/');
    for (const name of ['Alerts', 'Deliveries', 'Organizations', 'Settings', 'Dashboard']) {
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await page.reload();
      await expect(page.getByRole('link', { name })).toHaveAttribute('aria-current', 'page');
    }
  });

  it('leads from one workspace to another, and back when one does not belong there any more', async () => {
    const page = await app.page();
    await page.goto('/');
    const admin = new pg.Client(app.database.adminUrl);
    await admin.connect();
    await admin.query(
      `insert into workspaces
       select (jsonb_populate_record(w, jsonb_build_object('id', gen_random_uuid(), 'name', 'Second MSP'))).*
         from workspaces w`,
    );
    await admin.query(
      `insert into memberships (user_id, workspace_id, role)
       select u.id, w.id, 'viewer' from users u, workspaces w where w.name = 'Second MSP'`,
    );
    const person = page.getByRole('button', { name: 'Administrator' });
    const go = page.getByRole('menuitem', { name: 'Go to Second MSP' });
    await expect(async () => {
      await page.reload();
      await person.click();
      await expect(go).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 15_000 });
    await go.click();
    await person.click();
    await expect(page.getByText('viewer of Second MSP')).toBeVisible();
    await admin.query(`delete from memberships where role = 'viewer'`);
    await admin.end();
    await expect(async () => {
      await page.goto('/');
      await person.click();
      await expect(page.getByText('admin of Default')).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 15_000 });
  });

  it('says that an address leads nowhere', async () => {
    const page = await app.page();
    await page.goto('/nowhere');
    await expect(page.getByRole('heading', { name: 'No such page' })).toBeVisible();
  });

  it('breaks no rule of the policy for content, and axe finds nothing serious', async () => {
    const page = await app.page();
    const refused: string[] = [];
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) refused.push(message.text());
    });
    await page.goto('/');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(refused).toEqual([]);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  });
});
