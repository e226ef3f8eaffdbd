/** The list of alerts: in the order in which they first came in, and views of it that people save under names. */
import { expect, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';
import { looksWell, phone } from './support/looks.ts';
import { connectPsa, sendAlert } from './support/ticketing.ts';

describe.skipIf(!hasBrowser)('the list of alerts', () => {
  let app: App;
  beforeAll(async () => {
    app = await openApp();
    await connectPsa(app);
  });
  afterAll(() => app?.close());

  const rows = (page: Page) =>
    page
      .getByRole('table', { name: 'Alerts' })
      .getByRole('row')
      .filter({ has: page.getByRole('cell') });

  it('is in the order in which they first came in, and says when one was changed later', async () => {
    const source = 'again';
    const first = { source, externalId: 'again-1', title: 'Sent again', severity: 'informational' };
    const id = await sendAlert(app, first);
    await sendAlert(app, { source, title: 'Sent once', severity: 'informational' });
    await sendAlert(app, { ...first, description: 'There is more now.' });
    const { items } = await app.api<{ items: { id: string; firstReceivedAt: string; receivedAt: string }[] }>(
      'GET',
      `/alerts?source=${source}`,
    );
    const again = items.find((one) => one.id === id);
    const page = await app.page();
    await page.goto(`/alerts?source=${source}`);
    await expect(rows(page)).toHaveCount(2);
    await expect(rows(page).nth(0)).not.toContainText('changed');
    const row = rows(page).nth(1);
    await expect(row).toContainText('changed');
    await expect(row.locator('time').nth(0)).toHaveAttribute('datetime', again?.firstReceivedAt ?? '');
    await expect(row.locator('time').nth(1)).toHaveAttribute('datetime', again?.receivedAt ?? '');
    const shown = await page
      .locator('tbody td:first-child > time')
      .evaluateAll((times) => times.map((time) => time.getAttribute('datetime')));
    expect(shown).toEqual([...shown].sort().reverse());
    await expect(page.getByRole('button', { name: 'Received or changed' })).toBeVisible();
  });

  describe('saved views', () => {
    const menu = (page: Page) => page.getByRole('dialog', { name: 'Saved views' });
    const own = (page: Page) => menu(page).getByRole('link', { name: 'Mine' });

    async function openMenu(page: Page): Promise<void> {
      await page.getByRole('button', { name: 'Saved views' }).press('Enter');
      await expect(menu(page)).toBeVisible();
    }

    it('teach while there is none, and two are always there', async () => {
      const page = await app.page();
      await page.goto('/alerts');
      await openMenu(page);
      await expect(menu(page).getByText('None of your own yet.')).toBeVisible();
      await expect(menu(page).getByRole('button', { name: 'Save' })).toHaveAttribute('aria-disabled', 'true');
      await looksWell(page);
      await menu(page).getByRole('link', { name: 'Critical and high' }).press('Enter');
      await expect(menu(page)).toBeHidden();
      await expect(page).toHaveURL(/severity=critical(%2C|,)high/);
      await expect(page).toHaveURL(/state=/);
      await openMenu(page);
      await expect(menu(page).getByRole('link', { name: 'Critical and high' })).toHaveAttribute(
        'aria-current',
        'page',
      );
      await expect(menu(page).getByRole('link', { name: 'Failed' })).not.toHaveAttribute('aria-current');
    });

    it('are saved, chosen and deleted by keyboard, on a phone too, for this person alone', async () => {
      const page = await app.page({ viewport: phone });
      await page.goto('/alerts?severity=low&q=New');
      await openMenu(page);
      await menu(page).getByLabel('Save the present filters as').fill('Mine');
      await page.keyboard.press('Enter');
      await expect(own(page)).toBeVisible();
      await menu(page).getByLabel('Save the present filters as').fill('mine');
      await page.keyboard.press('Enter');
      await expect(menu(page).getByText('There is a view of this name')).toBeVisible();
      await looksWell(page);
      await page.goto('/alerts');
      await openMenu(page);
      await own(page).press('Enter');
      await expect(page).toHaveURL(/severity=low/);
      await expect(page).toHaveURL(/q=New/);
      // Somebody else who uses this browser has a place of their own.
      const [place, kept] = await page.evaluate(async () => {
        const { signedIn } = await (await fetch('/api/session')).json();
        return [
          `herald.views.${signedIn.user.id}.${signedIn.workspace.id}`,
          Object.keys(localStorage).filter((name) => name.startsWith('herald.views.')),
        ] as const;
      });
      expect(kept).toEqual([place]);
      await openMenu(page);
      await menu(page).getByRole('button', { name: 'Delete the view Mine' }).press('Enter');
      await expect(own(page)).toHaveCount(0);
      await expect(menu(page).getByRole('link', { name: 'Failed' })).toBeFocused();
    });

    it('that a browser cannot keep or read are no trouble', async () => {
      const page = await app.page();
      await page.addInitScript(() => {
        const { getItem } = Storage.prototype;
        Storage.prototype.getItem = function get(name: string) {
          return name.startsWith('herald.views.')
            ? '[{"name":7},{"name":"Odd","filter":{"state":"no"}},'
            : getItem.call(this, name);
        };
        Storage.prototype.setItem = () => {
          throw new Error('full');
        };
      });
      await page.goto('/alerts?state=failed');
      await openMenu(page);
      await menu(page).getByLabel('Save the present filters as').fill('Mine');
      await page.keyboard.press('Enter');
      await expect(menu(page).getByText('This browser keeps nothing.')).toBeVisible();
      await expect(own(page)).toHaveCount(0);
    });
  });
});
