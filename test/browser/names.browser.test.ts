/** What was decided about an alert is said in the words of the PSA, with its ids in grey behind; a skip says since when. */
import { expect } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';
import { connectPsa, reaches, sendAlert } from './support/ticketing.ts';

describe.skipIf(!hasBrowser)('the words of a decision', () => {
  let app: App;
  let connectionId: string;
  beforeAll(async () => {
    app = await openApp();
    ({ connectionId } = await connectPsa(app));
  });
  afterAll(() => app?.close());

  it('name the priority on the page of the alert, in its preview and at the end of the wizard', async () => {
    const id = await sendAlert(app, { severity: 'medium' });
    await reaches(app, id, 'delivered');
    const page = await app.page();
    await page.goto(`/alerts/${id}`);
    const sentence = /^Severity medium: priority [A-Z]\w+ \(id \d+\), due in 24 hours\.$/;
    const line = page.getByRole('listitem').filter({ hasText: sentence });
    await expect(line).toHaveCount(1);
    await expect(line.locator('.quiet')).toHaveText(/^ ?\(id \d+\)$/);
    await page.getByRole('button', { name: 'What would happen now?' }).click();
    const preview = page.getByRole('dialog', { name: 'What would happen now?' });
    await expect(preview.getByRole('listitem').filter({ hasText: sentence })).toBeVisible();
    await page.goto(`/settings/psa/${connectionId}?step=finish`);
    const words = page.getByRole('listitem').filter({ hasText: sentence });
    await expect(words.locator('.quiet')).toHaveText(/^ ?\(id \d+\)$/);
  });

  it('of a severity without tickets say since when, and by whom', async () => {
    const id = await sendAlert(app, { severity: 'informational' });
    await reaches(app, id, 'skipped');
    const page = await app.page();
    await page.goto(`/alerts/${id}`);
    const since =
      /No ticket: severity informational is set to no ticket in Our PSA \(set on \d+ \w+ \d{4} by .+\)/;
    await expect(page.getByText(since).first()).toBeVisible();
  });
});
