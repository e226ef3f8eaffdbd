/** Who gets mail: recipients of both kinds, many at once, and when somebody looks at them again (req 21-25, 109-111, 119, 120). */
import { expect } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { makeConnection } from '../harness/connection.ts';
import { simulatorCredentials } from '../support/steps.ts';
import { hasBrowser } from './support/chromium.ts';
import { isFit, looksWell } from './support/looks.ts';
import { type MailApp, openMailApp, typeRecipient } from './support/mailApp.ts';

describe.skipIf(!hasBrowser)('recipients', () => {
  let m: MailApp;
  beforeAll(async () => {
    m = await openMailApp({ isSetUp: true });
  });
  afterAll(() => m?.close());

  it('a recipient is added by keyboard; the confirmation claims no more than that (req 110, 111)', async () => {
    const page = await m.open('/settings/psa');
    await page.getByRole('button', { name: '+ Add Email' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('textbox', { name: 'E-mail address' })).toBeFocused();
    await page.keyboard.type('soc@msp.example');
    await page.keyboard.press('Enter');
    const told = page.getByRole('alert').filter({ hasText: 'The e-mail soc@msp.example was added.' });
    await expect(told).toContainText('neither that the address can be reached nor that an alert was sent');
    await expect(page.getByRole('row', { name: /soc@msp\.example/ })).toContainText('All alerts');
    await expect(page).not.toHaveURL(/recipient=/);
  });

  it('why one is added or changed is asked, in a field as wide as the others, and stands in the audit (req 119)', async () => {
    for (const address of ['/settings/psa', m.organizationPage]) {
      const page = await m.open(address);
      const dialog = await typeRecipient(page, 'why@msp.example');
      const why = dialog.getByLabel('Why this change');
      await why.fill('They asked for it');
      expect((await why.boundingBox())?.width).toBe(
        (await dialog.getByLabel('Why it gets mail').boundingBox())?.width,
      );
      await dialog.getByRole('button', { name: 'Add', exact: true }).click();
      await expect(page.getByText(/^The e-mail why@msp\.example was added/)).toBeVisible();
      await page.getByRole('button', { name: 'Remove why@msp.example' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
      await expect(page.getByText('why@msp.example was removed.')).toBeVisible();
    }
    const { items } = await m.app.api<{ items: { action: string; reason: string | null }[] }>(
      'GET',
      '/audit?targetKind=recipient',
    );
    const added = items.filter(({ action }) => action === 'recipient.create').slice(0, 2);
    expect(added.map(({ reason }) => reason)).toEqual(['They asked for it', 'They asked for it']);
  });

  it('an address that cannot be used is named, and what was typed stays; twice the same is refused', async () => {
    const page = await m.open('/settings/psa');
    const dialog = await typeRecipient(page, 'two@@msp.example');
    await dialog.getByLabel('Why it gets mail').fill('Asked for it');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(dialog.getByText('“two@@msp.example” cannot be used.')).toBeVisible();
    await expect(dialog.getByLabel('Why it gets mail')).toHaveValue('Asked for it');
    await dialog.getByRole('textbox', { name: 'E-mail address' }).fill('SOC@msp.example');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(dialog.getByText(/is a global recipient already/)).toBeVisible();
  });

  it('an organization has recipients of its own, for some severities (req 21–25)', async () => {
    const page = await m.open(m.organizationPage);
    const dialog = await typeRecipient(page, 'it@northwind.example');
    await expect(dialog.getByText(/alerts of Northwind only/)).toBeVisible();
    for (const name of ['High', 'Low', 'Info']) await dialog.getByLabel(name, { exact: true }).uncheck();
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(page.getByRole('row', { name: /it@northwind\.example/ })).toContainText('CriticalMedium');
    const outlook = page.getByRole('list', { name: 'What would happen right now' });
    await expect(outlook.getByRole('listitem').filter({ hasText: 'Critical' })).toContainText(
      'it@northwind.example (in the format of the organization)',
    );
    await expect(outlook.getByRole('listitem').filter({ hasText: 'High' })).not.toContainText('it@northwind');
    const global = await m.app.api<{ items: unknown[] }>('GET', '/email/recipients');
    expect(global.items).toHaveLength(1);
  });

  it('whoever saves a recipient second is told what the first one changed', async () => {
    const page = await m.open('/settings/psa');
    await page.getByRole('button', { name: 'Edit soc@msp.example' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change soc@msp.example' });
    await dialog.getByLabel('Why it gets mail').fill('Mine');
    const { items } = await m.app.api<{ items: { id: string; address: string }[] }>(
      'GET',
      '/email/recipients?q=soc',
    );
    await m.app.api('PATCH', `/email/recipients/${items[0]?.id}`, { note: 'Theirs' });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog.getByRole('alert')).toContainText('The note is “Theirs” now.');
    await expect(dialog.getByLabel('Why it gets mail')).toHaveValue('Mine');
    await dialog.getByRole('button', { name: 'Save mine instead' }).click();
    await expect(page.getByText('soc@msp.example was saved.')).toBeVisible();
    await expect(page.getByRole('row', { name: /soc@msp/ })).toContainText('Mine');
  });

  it('blanks around a pasted address do not matter; a name beside it is refused in words that help', async () => {
    const page = await m.open('/settings/psa');
    const dialog = await typeRecipient(page, 'Pat Lima <pasted@msp.example>');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(dialog.getByText(/Enter only the address, without a name/)).toBeVisible();
    await dialog.getByRole('textbox', { name: 'E-mail address' }).fill(' pasted@msp.example ');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(page.getByText(/^The e-mail pasted@msp\.example was added/)).toBeVisible();
  });

  it('whoever changes a recipient that somebody else removes is told, and what was typed stays', async () => {
    const path = '/email/recipients';
    const { id } = await m.app.api<{ id: string }>('POST', path, { address: 'leaves@msp.example' });
    const page = await m.open(`/settings/psa?recipient=${id}`);
    const dialog = page.getByRole('dialog', { name: 'Change leaves@msp.example' });
    await dialog.getByLabel('Why it gets mail').fill('Typed for long');
    const other = await m.open('/settings/psa');
    await other.getByRole('button', { name: 'Remove leaves@msp.example' }).click();
    await other.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await expect(other.getByText('leaves@msp.example was removed.')).toBeVisible();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog.getByRole('alert')).toContainText('There is no such recipient.');
    await expect(dialog.getByLabel('Why it gets mail')).toHaveValue('Typed for long');
  });

  it('a table adds many: first what would happen, then the real thing; removing says what will change', async () => {
    const page = await m.open('/settings/psa/recipients/import');
    await page
      .getByLabel('Table (CSV)')
      .fill('address,organization\none@msp.example,\ntwo@northwind.example,Northwind\nthree@@msp.example,\n');
    await page.getByRole('button', { name: 'See what would happen' }).click();
    await expect(page.getByText('2 new, 0 to change, 1 refused')).toBeVisible();
    await expect(page.getByRole('row', { name: /three@@msp/ })).toContainText('cannot be used');
    await page.getByRole('button', { name: 'Make 2' }).click();
    await expect(page.getByText('2 made, 0 changed, 1 refused').last()).toBeVisible();
    await page.goto('/settings/psa/recipients?list=organization');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    expect((await download).suggestedFilename()).toBe('herald-recipients.csv');
    await page.getByRole('button', { name: 'Remove two@northwind.example' }).click();
    await expect(page.getByRole('dialog')).toContainText('Global recipients stay as they are.');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await expect(page.getByText('two@northwind.example was removed.')).toBeVisible();
  });

  it('what is to be reviewed is counted in the settings, and leads to where it is changed', async () => {
    const recipient = { address: 'gone@msp.example', reviewOn: '2026-01-31', note: 'Old' };
    await m.app.api('POST', '/email/recipients', recipient);
    const page = await m.open('/settings/psa');
    await page.getByRole('link', { name: 'Reviews (1 due)' }).click();
    await page.getByRole('link', { name: 'gone@msp.example' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change gone@msp.example' });
    await dialog.getByLabel('Look at it again on').fill('2099-01-31');
    await dialog.getByLabel('Why this change').fill('Looked at it');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('gone@msp.example was saved.')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Reviews', exact: true })).toBeVisible();
  });

  it('a mapping carries a note and a review date, which lead back to it', async () => {
    const credentials = simulatorCredentials;
    const id = await makeConnection(m.app.api, { name: 'Our PSA', credentials, catchAllAccountId: '0' });
    const { items } = await m.app.api<{ items: { id: string }[] }>(
      'GET',
      `/psa/connections/${id}/accounts?limit=1`,
    );
    const mappings = [{ organizationId: m.organizationId, accountId: items[0]?.id }];
    await m.app.api('PUT', `/psa/connections/${id}/mappings`, { mappings });
    const page = await m.open(`/settings/psa/${id}?step=accounts`);
    await page.getByRole('button', { name: 'Add a note on Northwind' }).click();
    const note = page.getByRole('dialog', { name: 'Note on Northwind' });
    await note.getByLabel('Why it goes there').fill('They share a contract');
    await note.getByLabel('Look at it again on').fill('2026-02-28');
    await note.getByRole('button', { name: 'Keep' }).click();
    await expect(page.getByText('All mappings are saved.')).toBeVisible();
    await page.goto('/settings/reviews');
    await expect(page.getByRole('row', { name: /They share a contract/ })).toContainText('is mapped to');
    await page.getByRole('link', { name: 'Northwind' }).click();
    await expect(
      page.getByRole('button', { name: /^Note on Northwind: They share a contract/ }),
    ).toBeVisible();
    await looksWell(page);
  });

  it('a viewer sees all of it and changes none of it', async () => {
    const page = await m.open('/settings/psa', { role: 'viewer' });
    for (const name of ['+ Add Email', 'Edit soc@msp.example', 'Remove soc@msp.example']) {
      await expect(page.getByRole('button', { name })).toHaveAttribute('aria-disabled', 'true');
    }
    await page.goto('/settings/psa?recipient=new');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('dialog')).toHaveCount(0);
  });

  it.each([
    '/settings/psa',
    '/settings/psa?recipient=new',
    '/settings/psa/recipients',
    '/settings/psa/recipients/import',
    '/settings/reviews',
    'organization',
  ])('%s is fit for everybody, and for a phone', async (address) => {
    await isFit(m, address === 'organization' ? m.organizationPage : address);
  });
});
