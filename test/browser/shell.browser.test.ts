/** The frame of all pages: where one can go, what a wrong address says, and that the policy for content is kept. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@playwright/test';
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
