/** The work list: what needs a person by its cause, put back in line or discarded for all at once. */
import { expect } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';
import { looksWell, phone } from './support/looks.ts';
import { connectPsa, reaches, refuseTickets, sendAlert, takeTickets } from './support/ticketing.ts';

describe.skipIf(!hasBrowser)('deliveries', () => {
  let app: App;
  beforeAll(async () => {
    app = await openApp();
  });
  afterAll(() => app?.close());

  const refuse = async (count: number) => {
    await refuseTickets(app);
    const ids: string[] = [];
    for (let n = 0; n < count; n += 1) ids.push(await sendAlert(app));
    for (const id of ids) await reaches(app, id, 'failed');
    return ids;
  };

  it('teaches while there is none', async () => {
    const page = await app.page();
    await page.goto('/deliveries');
    await expect(page.getByText('Nothing waits for a person.')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Nothing has been delivered yet' })).toBeVisible();
    await looksWell(page);
  });

  it('groups by cause, opens one, and delivers them all once it is mended', async () => {
    await connectPsa(app);
    const ids = await refuse(3);
    const page = await app.page({ role: 'operator' });
    await page.goto('/deliveries');
    const cause = page.getByRole('article', { name: /The queue Tier 2 takes no tickets any more/ });
    await expect(cause.getByText('3 alerts')).toBeVisible();
    await cause.getByRole('link', { name: 'Show the 3' }).click();
    const opened = page.getByRole('table', { name: 'Deliveries of this cause' });
    await expect(opened.getByRole('link', { name: /Impossible travel/ })).toHaveCount(3);
    await page.reload();
    await expect(opened.getByRole('link', { name: /Impossible travel/ })).toHaveCount(3);
    await looksWell(page);
    await takeTickets(app);
    await cause.getByRole('button', { name: 'Deliver the 3' }).focus();
    await page.keyboard.press('Enter');
    const question = page.getByRole('dialog', { name: 'Deliver 3 deliveries?' });
    await expect(question.getByText('They go back in line for Our PSA')).toBeVisible();
    await question.getByRole('button', { name: 'Deliver', exact: true }).click();
    await expect(page.getByText('3 deliveries were put back in line.')).toBeVisible();
    await expect(page.getByText('Nothing waits for a person.')).toBeVisible({ timeout: 15_000 });
    for (const id of ids) await reaches(app, id, 'delivered');
  });

  it('discards a cause only with a reason, which every delivery keeps', async () => {
    await refuse(2);
    const page = await app.page();
    await page.goto('/deliveries');
    await page.getByRole('article').getByRole('button', { name: 'Discard' }).click();
    const question = page.getByRole('dialog', { name: 'Discard 2 deliveries?' });
    await expect(question.getByRole('button', { name: 'Discard' })).toBeDisabled();
    await question.getByLabel('Why').fill('Told by telephone');
    await question.getByRole('button', { name: 'Discard' }).click();
    await expect(page.getByText('2 deliveries were discarded; the log says why.')).toBeVisible();
    await page.getByRole('combobox', { name: 'State' }).selectOption('skipped');
    await expect(page).toHaveURL(/state=skipped/);
    await expect(page.getByText(/Discarded by .*: Told by telephone/)).toHaveCount(2);
  });

  it('says to a viewer, and of what is held, why nothing can be done here', async () => {
    await refuse(1);
    const { items } = await app.api<{ items: { id: string }[] }>('GET', '/psa/connections');
    await app.api('POST', `/psa/connections/${items[0]?.id}/pause`, { reason: 'Maintenance' });
    await reaches(app, await sendAlert(app), 'held');
    const viewer = await app.page({ role: 'viewer' });
    await viewer.goto('/deliveries');
    const failed = viewer.getByRole('article', { name: /takes no tickets/ });
    const locked = failed.getByRole('button', { name: 'Deliver it' });
    await expect(locked).toHaveAttribute('aria-disabled', 'true');
    await locked.focus();
    await expect(viewer.getByRole('tooltip')).toHaveText('Only operators and administrators can do this.');
    const page = await app.page();
    await page.goto('/deliveries');
    const held = page.getByRole('article', { name: /is paused \(Maintenance\)/ });
    await held.getByRole('button', { name: 'Deliver it' }).focus();
    await expect(page.getByRole('tooltip')).toHaveText(/resume the connection/);
  });

  it('fits a phone', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await app.page({ viewport: phone, colorScheme });
      await page.goto('/deliveries');
      await expect(page.getByRole('list', { name: 'All deliveries' })).toBeVisible();
      await looksWell(page);
    }
  });
});
