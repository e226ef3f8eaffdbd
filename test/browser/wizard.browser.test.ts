/** The wizard's steps accounts and tickets: how both look, and what becomes of values that the PSA has lost (req 52–90). */
import { expect } from '@playwright/test';
import pg from 'pg';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { accountsStep, ticketsStep } from '../support/steps.ts';
import { hasBrowser } from './support/chromium.ts';
import { looksWell } from './support/looks.ts';
import { input, odd, openWizard, rowOf, type Wizard } from './support/wizard.ts';

describe.skipIf(!hasBrowser)('the steps accounts and tickets of the wizard', () => {
  let wizard: Wizard;
  beforeAll(async () => {
    wizard = await openWizard();
  });
  afterAll(() => wizard?.app.close());

  /** What the simulated PSA is to be like from now on. */
  async function control(change: object): Promise<void> {
    const answer = await fetch(`${wizard.app.simulator.url}/control/set`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(change),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }

  async function organizationId(name: string): Promise<string> {
    const { items } = await wizard.app.api<{ items: { id: string; name: string }[] }>(
      'GET',
      '/organizations',
    );
    return items.find((one) => one.name === name)?.id ?? '';
  }

  it('shows HTML, right-to-left text and emoji as they are', async () => {
    const id = await wizard.draft();
    const page = await wizard.open(id, 'accounts');
    await expect(rowOf(page, odd).getByText(odd).first()).toBeVisible();
    await wizard.app.api('PUT', `/psa/connections/${id}/steps/accounts`, accountsStep);
    await wizard.app.api('PUT', `/psa/connections/${id}/steps/tickets`, ticketsStep);
    await page.goto(`/settings/psa/${id}?step=tickets`);
    const ticket = page.getByRole('article', { name: 'The ticket' });
    await expect(ticket.getByText(`Sign-in from elsewhere ${odd}`).first()).toBeVisible();
    await page.getByRole('textbox', { name: 'Ticket Subject' }).fill(`${odd} {{ alert.user.email }}`);
    await expect(ticket.getByText(`${odd} ana@northwind.example`).first()).toBeVisible();
  });

  it('marks values and accounts that the PSA has deactivated or lost since they were stored', async () => {
    const id = await wizard.draft();
    await wizard.app.api('PUT', `/psa/connections/${id}/steps/accounts`, {
      ...accountsStep,
      catchAllAccountId: '504',
    });
    await wizard.app.api('PUT', `/psa/connections/${id}/mappings`, {
      mappings: [{ organizationId: await organizationId('Contoso'), accountId: '504' }],
    });
    await control({ picklist: { field: 'queueID', value: 8, isActive: false } });
    await control({ picklist: { field: 'priority', value: 3, isActive: false } });
    await control({ company: { id: 504, isActive: false } });
    // Stored before; one value has been removed altogether since.
    const admin = new pg.Client(wizard.app.database.adminUrl);
    await admin.connect();
    await admin.query(
      `update connections set steps = steps || jsonb_build_object('tickets', $2::jsonb) where id = $1`,
      [id, JSON.stringify({ ...ticketsStep, ticketSource: '987' })],
    );
    await admin.end();
    try {
      await wizard.app.api('POST', `/psa/connections/${id}/refresh`, {});
      const page = await wizard.open(id, 'tickets');
      await expect(input(page, 'Ticket Queue')).toHaveValue(/ \(not usable\)$/, { timeout: 15_000 });
      await expect(input(page, 'Ticket Source')).toHaveValue('987 (not in the PSA)');
      await expect(input(page, 'Ticket Status')).not.toHaveValue(/\(not/);
      await expect(input(page, 'Priority for low')).toHaveValue(/ \(not usable\)$/);
      await looksWell(page);
      await input(page, 'Ticket Queue').click();
      await expect(page.getByRole('option', { name: /\(not usable\)/ }).first()).toHaveAttribute(
        'data-combobox-disabled',
        'true',
      );

      await expect(async () => {
        await page.goto(`/settings/psa/${id}?step=accounts`);
        await expect(rowOf(page, 'Contoso')).toContainText('not active', { timeout: 2_000 });
      }).toPass({ timeout: 30_000 });
      await expect(page.getByText('This account is no longer active in the PSA.')).toBeVisible();
      await expect(input(page, 'Catch-All PSA Account')).toHaveValue('Contoso Limited');
    } finally {
      await control({ picklist: { field: 'queueID', value: 8, isActive: true } });
      await control({ picklist: { field: 'priority', value: 3, isActive: true } });
      await control({ company: { id: 504, isActive: true } });
    }
  });

  it('has no serious finding, on a desktop and on a phone, where nothing is wider than the screen', {
    timeout: 120_000,
  }, async () => {
    const id = await wizard.draft();
    await wizard.app.api('PUT', `/psa/connections/${id}/steps/accounts`, {
      ...accountsStep,
      attachContacts: true,
    });
    for (const options of [
      { colorScheme: 'light', viewport: { width: 1280, height: 900 } },
      { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
    ] as const) {
      const page = await wizard.open(id, 'accounts', options);
      await expect(rowOf(page, 'Lonely Law')).toBeVisible();
      await looksWell(page);
      await page.goto(`/settings/psa/${id}?step=tickets`);
      await expect(page.getByRole('article', { name: 'The ticket' })).toBeVisible();
      await looksWell(page);
      await page.context().close();
    }
  });

  it('shows a viewer how it is set, and lets him change nothing', async () => {
    const id = await wizard.draft();
    await wizard.app.api('PUT', `/psa/connections/${id}/steps/accounts`, accountsStep);
    await wizard.app.api('PUT', `/psa/connections/${id}/steps/tickets`, ticketsStep);
    const page = await wizard.open(id, 'accounts', { role: 'viewer' });
    await expect(page.getByText('Only administrators can do this.').first()).toBeVisible();
    await expect(rowOf(page, 'Lonely Law').getByRole('button', { name: /^Choose/ })).toBeDisabled();
    await rowOf(page, 'Lonely Law').focus();
    await page.keyboard.press('Enter');
    await expect(page.getByPlaceholder('Type a part of its name')).toHaveCount(1);
    await page.goto(`/settings/psa/${id}?step=tickets`);
    await expect(page.getByRole('textbox', { name: 'Ticket Subject' })).toBeDisabled();
    await expect(input(page, 'Priority for low')).toBeDisabled();
    await expect(page.getByRole('button', { name: 'Add a row' })).toHaveCount(0);
  });
});
