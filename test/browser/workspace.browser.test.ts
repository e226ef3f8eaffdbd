/** Settings > Workspace: what holds for everybody, saved together. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';

interface Workspace {
  name: string;
  retentionDays: number;
  newOrganizations: { enabled: boolean; tickets: boolean; email: boolean };
}

describe.skipIf(!hasBrowser)('settings of the workspace', () => {
  let app: App;
  beforeAll(async () => {
    app = await openApp();
  });
  afterAll(() => app?.close());

  const read = () => app.api<Workspace>('GET', '/workspaces/current');
  const open = async (options: Parameters<App['page']>[0] = {}) => {
    const page = await app.page(options);
    await page.goto('/settings/workspace');
    await expect(page.getByRole('heading', { level: 1, name: 'Workspace' })).toBeVisible();
    return page;
  };

  it('says what new organizations start with, and keeps it', async () => {
    const page = await open();
    await expect(page.getByRole('button', { name: 'Save' })).toHaveAttribute('aria-disabled', 'true');
    await page.getByRole('switch', { name: 'E-mail' }).click({ force: true });
    await page.getByRole('textbox', { name: 'Name' }).fill('Acme IT');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('The workspace was saved.')).toBeVisible();
    expect(await read()).toMatchObject({
      name: 'Acme IT',
      newOrganizations: { enabled: true, tickets: true, email: false },
    });
  });

  it('asks before alerts are kept for a shorter time, and tells a wrong number at its field', async () => {
    const page = await open();
    const days = page.getByLabel('Days that alerts are kept');
    await days.fill('99999');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(days).toHaveAttribute('aria-invalid', 'true');
    await days.fill('30');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('dialog')).toContainText('settled more than 30 days ago are removed');
    await page.getByRole('dialog').getByRole('button', { name: 'Shorten' }).click();
    await expect(page.getByText('The workspace was saved.')).toBeVisible();
    expect((await read()).retentionDays).toBe(30);
  });

  it('whoever saves second is told, unless something else of the settings was changed', async () => {
    const page = await open();
    const name = page.getByRole('textbox', { name: 'Name' });
    await name.fill('Acme One');
    await app.api('POST', '/organizations', { name: 'Northwind' });
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('The workspace was saved.')).toBeVisible();
    await name.fill('Acme Two');
    await app.api('PATCH', '/workspaces/current', { name: 'Acme Three' });
    await page.getByRole('button', { name: 'Save' }).click();
    const conflict = page.getByRole('alert').filter({ hasText: 'Somebody else' });
    await expect(conflict).toContainText('The name is “Acme Three” now.');
    await expect(conflict).toContainText(/The last change here is by .+, (now|\d+ sec\. ago)\./);
    await conflict.getByRole('button', { name: 'Save mine instead' }).click();
    await expect(conflict).toHaveCount(0);
    await expect.poll(async () => (await read()).name).toBe('Acme Two');
  });

  it('is sound for axe, on a phone, and for those who may only look', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open({ role: 'viewer', viewport: { width: 360, height: 740 }, colorScheme });
      await expect(page.getByRole('button', { name: 'Save' })).toHaveAttribute(
        'aria-description',
        'Only administrators can do this.',
      );
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(serious.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    }
  });
});
