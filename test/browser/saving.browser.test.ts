/** Saves of the wizard that meet each other: one leaves while it saves, or somebody else is first. */
import { expect, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { accountsStep, simulatorCredentials, ticketsStep } from '../support/steps.ts';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';

describe.skipIf(!hasBrowser)('what is saved by itself', () => {
  let app: App;
  beforeAll(async () => {
    app = await openApp();
  });
  afterAll(() => app?.close());

  const put = (id: string, step: string, values: object) =>
    app.api('PUT', `/psa/connections/${id}/steps/${step}`, values);

  async function draft(): Promise<string> {
    const { id } = await app.api<{ id: string }>('POST', '/psa/connections', { kind: 'autotask' });
    await put(id, 'credentials', simulatorCredentials);
    await put(id, 'accounts', accountsStep);
    await put(id, 'tickets', ticketsStep);
    return id;
  }

  async function open(id: string): Promise<Page> {
    const page = await app.page();
    await page.goto(`/settings/psa/${id}?step=tickets`);
    await expect(subjectOf(page)).toHaveValue(ticketsStep.ticketSubject);
    return page;
  }

  const subjectOf = (page: Page) => page.getByRole('textbox', { name: 'Ticket Subject' });
  const stored = async (id: string) =>
    (await app.api<{ steps: { tickets: { ticketSubject: string } } }>('GET', `/psa/connections/${id}`)).steps
      .tickets.ticketSubject;

  /** Saves of this page wait until they are let go. */
  async function hold(page: Page) {
    const gate = Promise.withResolvers<void>();
    const sent: string[] = [];
    await page.route('**/steps/tickets', async (route) => {
      sent.push(String(route.request().postDataJSON().ticketSubject));
      await gate.promise;
      await route.continue();
    });
    return { sent, letGo: () => gate.resolve() };
  }

  it('a save that ends after one has left the step is no conflict for who comes back', async () => {
    const id = await draft();
    const page = await open(id);
    const { sent, letGo } = await hold(page);
    await subjectOf(page).fill('Typed and left');
    await expect.poll(() => sent.length).toBe(1);
    await page.getByRole('link', { name: /^Credentials/ }).click();
    await expect(page.getByLabel('API Username')).toBeVisible();
    letGo();
    await expect.poll(() => stored(id)).toBe('Typed and left');
    await page.getByRole('link', { name: /^Tickets/ }).click();
    await expect(subjectOf(page)).toHaveValue('Typed and left');
    await expect(page.getByText('Everything is saved')).toBeVisible();
    await expect(page.getByText('Somebody else has changed this')).toHaveCount(0);
  });

  it('what waits behind a save that somebody else has overtaken is not sent until one has decided', async () => {
    const id = await draft();
    const page = await open(id);
    const { sent, letGo } = await hold(page);
    await subjectOf(page).fill('Mine');
    await expect.poll(() => sent.length).toBe(1);
    await put(id, 'tickets', { ...ticketsStep, ticketSubject: 'Theirs' });
    await subjectOf(page).fill('Mine, and more');
    await page.getByRole('button', { name: 'Next' }).click();
    letGo();
    const conflict = page.getByRole('alert').filter({ hasText: 'Somebody else' });
    await expect(conflict).toContainText('Ticket Subject: Theirs.');
    await expect(conflict).toContainText('The last change here is by');
    await expect(subjectOf(page)).toHaveValue('Mine, and more');
    await page.waitForLoadState('networkidle');
    expect(await stored(id)).toBe('Theirs');
    expect(sent).toEqual(['Mine']);
    await conflict.getByRole('button', { name: 'Save mine instead' }).click();
    await expect.poll(() => stored(id)).toBe('Mine, and more');
    await expect(conflict).toHaveCount(0);
  });
});
