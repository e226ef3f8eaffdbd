/** The dashboard: three steps on a fresh Herald, then whether every alert is accounted for and what needs a person. */
import { expect } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';
import { looksWell, phone } from './support/looks.ts';
import { connectPsa, reaches, refuseTickets, sendAlert } from './support/ticketing.ts';

describe.skipIf(!hasBrowser)('the dashboard', () => {
  let app: App;
  beforeAll(async () => {
    app = await openApp();
  });
  afterAll(() => app?.close());

  it('leads a fresh Herald to its first ticket in three steps', async () => {
    const page = await app.page();
    await page.goto('/');
    const steps = page.getByRole('region', { name: 'Three steps to the first ticket' });
    await expect(steps.getByRole('listitem')).toHaveCount(3);
    await expect(steps.getByText(`curl ${app.url}/api/v1/alerts`)).toBeVisible();
    await looksWell(page);
    await connectPsa(app);
    await page.reload();
    await expect(steps.getByText('✓ done')).toHaveCount(2);
    await sendAlert(app);
    await expect(page.getByText('The one alert of the last 24 hours is accounted for.')).toBeVisible({
      timeout: 20_000,
    });
    await expect(steps).toHaveCount(0);
  });

  it('says that all alerts are accounted for, and leads to what needs a person', async () => {
    await refuseTickets(app);
    await reaches(app, await sendAlert(app), 'failed');
    await sendAlert(app, { organization: { externalId: 'nobody-knows' }, severity: 'informational' });
    const page = await app.page();
    const refused: string[] = [];
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) refused.push(message.text());
    });
    await page.goto('/');
    await expect(page.getByText('All 3 alerts of the last 24 hours are accounted for.')).toBeVisible();
    await expect(page.getByText(/Delivered 1 · Skipped 1 · Waiting 0 · Held 0 · Failed 1/)).toBeVisible();
    await expect(page.getByText('from alert to ticket, median')).toBeVisible();
    await expect(page.getByRole('table', { name: 'Connections' }).getByText('Our PSA')).toBeVisible();
    await looksWell(page);
    await page.getByText('7 days').click();
    await expect(page).toHaveURL(/hours=(%22)?168/);
    await expect(page.getByText('All 3 alerts of the last 7 days are accounted for.')).toBeVisible();
    await expect(page.getByRole('link', { name: '1 unassigned reference' })).toHaveAttribute(
      'href',
      '/organizations/unassigned',
    );
    await page.getByRole('link', { name: '1 delivery' }).click();
    await expect(page).toHaveURL(/\/deliveries\?state=failed/);
    expect(refused).toEqual([]);
  });

  it('says in red how many alerts are not accounted for, and what to do', async () => {
    const page = await app.page();
    await page.route('**/api/v1/dashboard?*', async (route) => {
      const answer = await route.fetch();
      const json = (await answer.json()) as object;
      await route.fulfill({
        response: answer,
        json: { ...json, accounted: { alerts: 1_204, unaccounted: 2 } },
      });
    });
    await page.goto('/');
    await expect(
      page.getByText(/^2 of 1,204 alerts of the last 24 hours are not accounted for\./),
    ).toBeVisible();
    await looksWell(page);
  });

  it('says which PSA does not answer', async () => {
    const page = await app.page();
    await page.route('**/api/v1/dashboard?*', async (route) => {
      const answer = await route.fetch();
      const json = (await answer.json()) as { connections: object[] };
      const words =
        'Autotask cannot be reached, or does not answer clearly; it is tried again at 14:05:30 UTC.';
      const at = '2026-11-20T14:00:00Z';
      const waits = { for: 'away', words, since: at, until: at };
      await route.fulfill({
        response: answer,
        json: { ...json, connections: json.connections.map((one) => ({ ...one, waits })) },
      });
    });
    await page.goto('/');
    const row = page.getByRole('row', { name: /does not answer/i });
    await expect(row).toContainText('it is tried again at 14:05:30 UTC');
    await expect(row.getByText('Does not answer', { exact: true })).toBeVisible();
    await looksWell(page);
    await page.setViewportSize(phone);
    await expect(page.getByText('it is tried again at 14:05:30 UTC')).toBeVisible();
    await looksWell(page);
  });

  it('fits a phone', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await app.page({ viewport: phone, colorScheme });
      await page.goto('/');
      await expect(page.getByText(/by the hour in which/)).toBeVisible();
      await looksWell(page);
    }
  });
});
