/** Mails of alerts: they arrive, a switch or a dead address stops them, and the screens say so (req 17-19, 24, 112-114). */
import { expect } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { hasBrowser } from './support/chromium.ts';
import { looksWell } from './support/looks.ts';
import { type MailApp, openMailApp } from './support/mailApp.ts';
import { sendAlert } from './support/ticketing.ts';

describe.skipIf(!hasBrowser)('mails', () => {
  let m: MailApp;
  beforeAll(async () => {
    m = await openMailApp({ isSetUp: true });
    await m.app.api('POST', '/email/recipients', { address: 'soc@msp.example' });
    const it = { address: 'it@northwind.example', severities: ['critical', 'medium'] };
    await m.app.api('POST', `/organizations/${m.organizationId}/recipients`, it);
  });
  afterAll(() => m?.close());

  it('an alert is mailed to both, each in its own format, and its page explains it', async () => {
    const alertId = await sendAlert(m.app, { title: 'Impossible travel', severity: 'critical' });
    await m.arrives('soc@msp.example', 1);
    await m.arrives('it@northwind.example', 1);
    expect(m.mailbox.to('soc@msp.example')[0]?.subject).toBe('[critical] Northwind: Impossible travel');
    expect(m.mailbox.to('it@northwind.example')[0]?.subject).toBe('[critical] Impossible travel');
    const page = await m.open(`/alerts/${alertId}`);
    const story = page.locator('.story');
    await expect(story.getByText('E-mail to it@northwind.example, a recipient of Northwind.')).toBeVisible();
    await expect(story.getByText(/in the format of recipients of the organization/)).toBeVisible();
    await expect(story.getByText('250 OK: message queued').first()).toBeVisible();
    await expect(
      story.getByText('A mail server has it. Whether it was read nobody knows.').first(),
    ).toBeVisible();
    const messageId = m.mailbox.to('it@northwind.example')[0]?.messageId ?? 'none';
    await expect(story.getByText(messageId)).toBeVisible();
    await looksWell(page);
  });

  it('the switch of an organization stops its mail and nothing else; what was skipped is not sent later (req 17–19)', async () => {
    const page = await m.open(m.organizationPage);
    await page.getByLabel('Why (optional)').fill('They moved away');
    await page.getByRole('switch', { name: 'PSA & email' }).click({ force: true });
    await expect(page.getByText('PSA & email is off for Northwind. Tickets, notes and mails')).toBeVisible();
    const outlook = page.getByRole('list', { name: 'What would happen right now' });
    await expect(outlook.getByRole('listitem')).toHaveCount(1);
    await expect(outlook).toContainText(/PSA & email is off/);
    const skipped = await sendAlert(m.app, { severity: 'critical' });
    const { severity } = await m.app.api<{ severity: string }>('GET', `/alerts/${skipped}`);
    expect(severity).toBe('critical');
    expect(Object.values(await m.mailsOf(skipped)).filter((state) => state !== 'skipped')).toEqual([]);
    await page.getByRole('switch', { name: 'PSA & email' }).click({ force: true });
    await expect(page.getByText('PSA & email is on for Northwind.')).toBeVisible();
    await sendAlert(m.app, { severity: 'critical' });
    await m.arrives('soc@msp.example', 2);
    expect(Object.values(await m.mailsOf(skipped)).filter((state) => state !== 'skipped')).toEqual([]);
    const { items } = await m.app.api<{ items: { reason: string | null }[] }>(
      'GET',
      `/audit?targetKind=organization&targetId=${m.organizationId}`,
    );
    expect(items.map(({ reason }) => reason)).toContain('They moved away');
  });

  it('an address that is refused again and again is stopped, and a person lets mail go there again', async () => {
    m.mailbox.refused.add('gone@msp.example');
    await m.app.api('POST', '/email/recipients', {
      address: 'gone@msp.example',
      reviewOn: '2026-01-31',
      note: 'Old',
    });
    for (let n = 0; n < 5; n += 1) {
      const id = await sendAlert(m.app);
      await expect
        .poll(async () => (await m.mailsOf(id))['gone@msp.example'], { timeout: 20_000 })
        .toBe('failed');
    }
    const page = await m.open('/settings/psa/recipients?stopped=true');
    const row = page.getByRole('row', { name: /gone@msp\.example/ });
    await expect(row).toContainText('Stopped');
    await expect(row).toContainText('There is no such mailbox here');
    await expect(page.getByRole('row', { name: /soc@msp/ })).toHaveCount(0);
    const organization = await m.open(m.organizationPage);
    const outlook = organization.getByRole('region', { name: 'What would happen right now' });
    const stopped = 'No mail goes to gone@msp.example any more: it was refused again and again.';
    await expect(outlook.getByText(stopped).first()).toBeVisible();
    await expect(outlook.getByRole('link', { name: 'Look at the stopped address' }).first()).toHaveAttribute(
      'href',
      '/settings/psa/recipients?stopped=true',
    );
    await looksWell(organization);
    await row.getByRole('button', { name: 'Send to gone@msp.example again' }).click();
    await page.getByLabel('Why (optional)').fill('The mailbox is back');
    await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click();
    await expect(page.getByText('Mail goes to gone@msp.example again.')).toBeVisible();
    await expect(page.getByText('No recipient fits these filters')).toBeVisible();
    const deliveries = await m.open('/deliveries');
    const cause = deliveries
      .getByRole('article')
      .filter({ hasText: 'There is no such mailbox here' })
      .first();
    const mending = '/settings/psa/recipients';
    await expect(cause.getByRole('link', { name: 'E-mail' })).toHaveAttribute('href', mending);
    await cause.getByRole('link', { name: /^Show/ }).click();
    await expect(cause.getByRole('cell', { name: 'gone@msp.example', exact: true }).first()).toBeVisible();
  });

  it('the dashboard has a row for e-mail, the deliveries their addresses', async () => {
    const dashboard = await m.open('/');
    await expect(dashboard.getByRole('row', { name: /E-mail/ })).toContainText('Active');
    const page = await m.open('/deliveries');
    await page.getByLabel('Way').selectOption('E-mail');
    await expect(page.getByRole('row', { name: /it@northwind\.example/ }).first()).toBeVisible();
  });
});
