/** The demo as somebody meets it who has just typed `herald demo`: one click, and tickets in the simulated PSA. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, expect } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type Running, runHerald } from '../cli/processes.ts';
import { hasBrowser, openChromium } from './support/chromium.ts';
import { looksWell } from './support/looks.ts';
import { dashboard } from './support/people.ts';

describe.skipIf(!hasBrowser)('the demo', () => {
  let dir: string;
  let demo: Running;
  let browser: Browser;
  let url: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'demo-browser-'));
    // PostgreSQL runs as another user when this runs as root.
    await chmod(dir, 0o755);
    demo = runHerald(['demo', '--rate', '5'], { TMPDIR: dir });
    [, url = ''] = await demo.seen(/Herald +(http:\S+) +the screens/);
    await demo.seen(/→ ticket/);
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    demo?.child.kill('SIGTERM');
    await demo?.ended;
    await rm(dir, { recursive: true, force: true });
  });

  it('lets in by one click, and the ticket of an alert opens in the simulated PSA', async () => {
    const page = await (await browser.newContext({ baseURL: url, reducedMotion: 'reduce' })).newPage();
    await page.goto('/alerts?state=delivered');
    await expect(page.getByRole('heading', { level: 1, name: 'The demo of Herald' })).toBeVisible();
    await looksWell(page);

    const [simulator] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('link', { name: 'the simulated PSA' }).click(),
    ]);
    await expect(simulator.getByRole('heading', { level: 1 })).toBeVisible();

    await page.getByRole('button', { name: 'Enter the demo' }).click();
    // There, and not at the dashboard: the link had been opened before.
    await expect(page.getByRole('heading', { level: 1, name: 'Alerts' })).toBeVisible();
    const ticket = page.getByRole('link', { name: /^T\d{8}\.\d{4}/ }).first();
    const number = (await ticket.textContent())?.match(/T\d{8}\.\d{4}/)?.[0] ?? '';
    const [opened] = await Promise.all([page.waitForEvent('popup'), ticket.click()]);
    await expect(opened.locator('body')).toContainText(number);
    expect(new URL(opened.url()).origin).toBe(new URL(simulator.url()).origin);

    await page.getByRole('link', { name: 'Dashboard' }).click();
    await expect(dashboard(page)).toBeVisible();
    await expect(page.getByRole('button', { name: 'Demo' })).toBeVisible();
    const [box] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'The mailbox' }).click(),
    ]);
    await expect(box.getByRole('heading', { level: 1, name: 'Mails' })).toBeVisible();
    await box
      .getByRole('link', { name: /^\[(critical|high|medium|low)\]/ })
      .first()
      .click();
    const mail = box.frameLocator('iframe');
    await expect(mail.getByRole('link', { name: 'Open the alert in Herald' })).toBeVisible();
    await looksWell(box);
    const beside = page
      .getByRole('navigation', { name: 'Main' })
      .getByRole('link', { name: 'The simulated PSA' });
    await expect(beside).toHaveAttribute('href', new RegExp(`^${new URL(simulator.url()).origin}`));
    await looksWell(page);
  });

  it('shows where the credentials of the simulated PSA stand, so that somebody new can connect it', async () => {
    const page = await (await browser.newContext({ baseURL: url, reducedMotion: 'reduce' })).newPage();
    await page.goto('/settings/psa/add');
    await page.getByRole('button', { name: 'Enter the demo' }).click();
    await page.getByRole('button', { name: 'Connect Autotask' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Autotask 2' })).toBeVisible();
    const [simulator] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('link', { name: 'API user' }).click(),
    ]);
    for (const name of ['API Username', 'API Password', 'API Tracking Identifier']) {
      const value = await simulator.getByRole('row').filter({ hasText: name }).getByRole('cell').innerText();
      await page.getByRole('textbox', { name }).fill(value);
    }
    await page.getByRole('button', { name: 'Check and save' }).click();
    await expect(page.getByText('Autotask takes these credentials')).toBeVisible();
    await looksWell(page);
  });
});
