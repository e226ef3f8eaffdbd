/** The step tickets of the wizard: what they look like (req 68–90). */
import { expect } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { accountsStep, ticketsStep } from '../support/steps.ts';
import { hasBrowser } from './support/chromium.ts';
import { input, openWizard, type Wizard } from './support/wizard.ts';

describe.skipIf(!hasBrowser)('the step tickets of the wizard', () => {
  let wizard: Wizard;
  beforeAll(async () => {
    wizard = await openWizard();
  });
  afterAll(() => wizard?.app.close());

  it('asks for every value of a ticket, suggests no ticket for what is harmless, and preselects no priority', async () => {
    const id = await wizard.draft();
    const page = await wizard.open(id, 'tickets');
    await expect(input(page, 'Priority for low')).toHaveValue('');
    await page.getByRole('button', { name: 'Accept' }).click();
    await expect(input(page, 'Priority for low')).toHaveValue('No ticket');
    await expect(input(page, 'Priority for informational')).toHaveValue('No ticket');
    await expect(input(page, 'Priority for critical')).toHaveValue('');
    await input(page, 'Priority for critical').click();
    await page.getByRole('option', { name: /^Critical/ }).click();
    await expect(page.getByRole('button', { name: 'Next' })).toHaveAttribute('aria-disabled', 'true');
    await page.reload();
    await expect(input(page, 'Priority for critical')).toHaveValue('Critical');
  });

  it('points at the character of a wrong subject, puts fields in by chips, and says what is grouped', async () => {
    const id = await wizard.draft();
    await wizard.app.api('PUT', `/psa/connections/${id}/steps/accounts`, accountsStep);
    await wizard.app.api('PUT', `/psa/connections/${id}/steps/tickets`, ticketsStep);
    const page = await wizard.open(id, 'tickets');
    const subject = page.getByRole('textbox', { name: 'Ticket Subject' });
    await subject.fill('About {{ alert.usr }}');
    await expect(page.getByText(/Character 10: There is no field alert\.usr/)).toBeVisible();
    await expect(page.locator('mark')).toHaveText('alert.usr');
    await page.getByRole('button', { name: 'Go there' }).click();
    expect(await subject.evaluate((area: HTMLTextAreaElement) => area.selectionStart)).toBe(9);
    await subject.fill('About ');
    await page
      .getByRole('group', { name: 'Put into Ticket Subject' })
      .getByRole('button', { name: 'user', exact: true })
      .click();
    await expect(subject).toHaveValue('About {{ alert.user.email }}');
    await expect(page.getByText(/the same user \(ana@northwind\.example\) share a ticket/)).toBeVisible();
    await page.getByRole('button', { name: 'Presets …' }).first().click();
    await page.getByRole('menuitem', { name: /By organization/ }).click();
    await expect(page.getByText(/All alerts of Northwind Dental share a ticket/)).toBeVisible();
    await page.getByRole('button', { name: 'Put it back' }).click();
    await expect(subject).toHaveValue('About {{ alert.user.email }}');
  });

  it('refuses a half-filled row of the overrides in its words, and offers only sub-issue types of its issue type', async () => {
    const id = await wizard.draft();
    await wizard.app.api('PUT', `/psa/connections/${id}/steps/accounts`, accountsStep);
    await wizard.app.api('PUT', `/psa/connections/${id}/steps/tickets`, ticketsStep);
    const page = await wizard.open(id, 'tickets');
    const table = page.getByRole('group', { name: 'Issue types by event type' });
    await expect(table).toContainText('Empty is fine');
    await table.getByRole('button', { name: 'Add a row' }).click();
    await input(table, 'Event type, row 1').fill('iam.outside_location');
    await expect(table).toContainText(
      'Issue types by event type: row 1 is half filled. Complete it, or leave it out.',
    );
    await expect(page.getByRole('article', { name: 'The ticket' })).toContainText('no row matches');
    await expect(page.getByRole('button', { name: 'Next' })).toHaveAttribute('aria-disabled', 'true');
    await input(table, 'Issue Type, row 1').click();
    await page.getByRole('option', { name: 'E-mail & Identity' }).click();
    await input(table, 'Sub-Issue Type, row 1').click();
    await expect(page.getByRole('option', { name: 'Malware' })).toHaveCount(0);
    await page.getByRole('option', { name: 'Suspicious sign-in' }).click();
    const ticket = page.getByRole('article', { name: 'The ticket' });
    await expect(ticket).toContainText('the row for event type iam.outside_location');
    await expect(ticket).toContainText('E-mail & Identity');
    await expect(ticket).toContainText('Suspicious sign-in');
    const stored = async () =>
      (
        await wizard.app.api<{ steps: { tickets: { alertOverrides?: unknown } } }>(
          'GET',
          `/psa/connections/${id}`,
        )
      ).steps.tickets.alertOverrides;
    await expect
      .poll(stored)
      .toEqual([{ eventType: 'iam.outside_location', issueType: '11', subIssueType: '140' }]);

    await page.getByRole('link', { name: 'Finish' }).click();
    const row = page.getByRole('table', { name: 'Tickets' }).getByRole('row');
    await expect(row.filter({ hasText: 'Issue types by event type' })).toContainText(
      /iam\.outside_location.*Issue Type: E-mail & Identity.*Sub-Issue Type: Suspicious sign-in/,
    );
    await expect(row.filter({ hasText: 'When the ticket is closed' })).toContainText(
      'a new ticket · by default',
    );
    await expect(row.filter({ hasText: 'Brake' })).not.toContainText('by default');
    await expect(page.getByRole('navigation', { name: 'Steps' })).toContainText(
      /Catch-all: .+ · 0 of 4 mapped/,
    );
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/finish.png`, fullPage: true });
  });

  it('says nothing of saving while nobody has typed, keeps one alert in the preview, and keeps a subject that is too long', async () => {
    const id = await wizard.draft();
    const page = await wizard.app.page();
    await page.clock.install();
    await page.goto(`/settings/psa/${id}?step=tickets`);
    await expect(input(page, 'Note Visibility')).toHaveValue(/Internal/);
    await expect(page.getByText(/is required/).first()).toBeVisible();
    await expect(page.getByText(/Not saved yet|Saving/)).toHaveCount(0);

    const shown = input(page, 'Made of this alert');
    await expect(shown).toHaveValue(/^Sign-in from elsewhere/);
    await wizard.app.api('POST', '/alerts', {
      source: 'tests',
      externalId: 'newer',
      title: 'A newer one',
      severity: 'low',
    });
    await page.clock.fastForward(61_000);
    const table = page.getByRole('group', { name: 'Issue types by event type' });
    const newest = page.waitForResponse((answer) => answer.url().includes('/alerts?limit=30'));
    await table.getByRole('button', { name: 'Add a row' }).click();
    await newest;
    await shown.click();
    await expect(page.getByRole('option', { name: 'A newer one' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(shown).toHaveValue(/^Sign-in from elsewhere/);

    const subject = page.getByRole('textbox', { name: 'Ticket Subject' });
    await subject.fill('x'.repeat(600));
    await expect(subject).toHaveValue('x'.repeat(600));
    await expect(
      page.getByText('Character 501: The template is longer than 500 characters.', { exact: true }),
    ).toBeVisible();
    await expect(page.getByText('Not saved yet; kept in this browser')).toBeVisible();
  });

  it('begins with notes that the client cannot read, and asks before it can', async () => {
    const id = await wizard.draft();
    const page = await wizard.open(id, 'tickets');
    const visibility = input(page, 'Note Visibility');
    await expect(visibility).toHaveValue(/Internal/);
    await visibility.click();
    await page.getByRole('option', { name: /All Autotask Users/ }).click();
    await expect(page.getByRole('dialog')).toContainText('the client sees each note');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(visibility).toHaveValue(/Internal/);
    await visibility.click();
    await page.getByRole('option', { name: /All Autotask Users/ }).click();
    await page.getByRole('button', { name: 'Let the client read them' }).click();
    await expect(visibility).toHaveValue(/All Autotask Users/);
    await expect(page.getByText('The client reads these notes')).toBeVisible();
  });
});
