/**
 * ASVS 14.2.1, 14.3.3: what a walk through every page leaves behind. Addresses – of pages, of what pages ask for, and in
 * mails – name nobody and open nothing; the browser keeps what is listed here and nothing else.
 */
import { expect, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';
import { filledSimulator } from './support/filled.ts';
import { type Mailbox, openMailbox } from './support/mailbox.ts';
import { dashboard, password } from './support/people.ts';
import { fillAll, places, type There } from './support/places.ts';

const apiKey = 'browser-test-key';
/** People of the workspace, those who get mails, and those of whom alerts tell. */
const addresses = /[\w.+-]+@[\w-]+\.(example|test)/i;

/** What is in the storage of a page, by name. */
const stored = (page: Page) =>
  page.evaluate(async () => ({
    local: { ...localStorage } as Record<string, string>,
    session: { ...sessionStorage } as Record<string, string>,
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await window.caches?.keys(),
    cookies: document.cookie,
  }));

const uuid = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/** Each with what it can be. */
const kept: Record<string, RegExp> = {
  'the colours that were chosen': /^mantine-color-scheme-value$/,
  'how far pages were scrolled, by the number of the visit': /^tsr-scroll-restoration-v\d+_\d+$/,
  'the id of the workspace that was chosen': /^herald\.workspace$/,
  'what was typed into a step of the wizard and is not saved, without its secrets': new RegExp(
    `^herald\\.draft\\.${uuid}\\.${uuid}\\.\\w+$`,
  ),
  'views of the alert list that were saved: their names and filters': new RegExp(
    `^herald\\.views\\.${uuid}\\.${uuid}$`,
  ),
  'rows of a table that were changed and are not saved: ids': new RegExp(
    `^herald\\.(mappings|contracts)\\.${uuid}\\.${uuid}$`,
  ),
};

describe.skipIf(!hasBrowser)('a walk through every page', () => {
  let app: App;
  let mailbox: Mailbox;
  let there: There;
  beforeAll(async () => {
    mailbox = await openMailbox();
    app = await openApp({ simulator: filledSimulator });
    there = await fillAll(app, mailbox);
  }, 120_000);
  afterAll(async () => {
    await app?.close();
    await mailbox?.close();
  });

  /** Every address that the page asks for from now on, as people would read it, and what it says about where it was. */
  function asked(page: Page): string[] {
    const seen: string[] = [];
    page.on('request', (request) => {
      seen.push(decodeURIComponent(request.url()), decodeURIComponent(request.headers().referer ?? ''));
    });
    return seen;
  }

  async function secretsOf(page: Page): Promise<string[]> {
    const cookies = (await page.context().cookies()).map(({ value }) => decodeURIComponent(value));
    const tokens = [there.firstLink, there.invitationLink].map((link) => link.split('/').at(-1) ?? '');
    return [...cookies, ...tokens, password, apiKey].filter((one) => one !== '');
  }

  it('asks for no address with a secret or a person in it, and keeps nothing of them', {
    timeout: 180_000,
  }, async () => {
    const page = await app.page();
    const seen = asked(page);
    for (const { isOutside, address } of places) {
      if (isOutside) continue;
      await page.goto(address(there));
      await page.locator('h1').first().waitFor();
      await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'hidden' });
      seen.push(decodeURIComponent(page.url()));
    }
    expect(seen.length).toBeGreaterThan(200);
    const secrets = await secretsOf(page);
    expect(secrets.length).toBeGreaterThan(4);
    expect(seen.filter((one) => secrets.some((secret) => one.includes(secret)))).toEqual([]);
    expect(seen.filter((one) => addresses.test(one))).toEqual([]);

    await page.goto('/alerts?state=failed');
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByLabel('Save the present filters as').fill('Mine');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('link', { name: 'Mine' })).toBeVisible();

    const { local, session, ...rest } = await stored(page);
    expect(Object.values(local).join()).toContain('"filter":{"state":"failed"}');
    expect(rest).toEqual({ databases: [], caches: expect.anything(), cookies: '' });
    expect(rest.caches ?? []).toEqual([]);
    const names = [...Object.keys(local), ...Object.keys(session)];
    expect(names.filter((name) => !Object.values(kept).some((one) => one.test(name)))).toEqual([]);
    const values = JSON.stringify([local, session]);
    expect(secrets.filter((secret) => values.includes(secret))).toEqual([]);
    expect(values).not.toMatch(addresses);
  });

  it('keeps what was typed and not saved, without the secrets', async () => {
    const page = await app.page();
    await page.goto(`/settings/psa/${there.draftId}?step=credentials`);
    await page.getByLabel('API Username').fill('typed-username');
    await page.getByRole('textbox', { name: 'API Password' }).fill('typed-secret-of-the-psa');
    await page.getByRole('textbox', { name: 'API Tracking Identifier' }).fill('typed-tracking-identifier');
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Alerts' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Alerts' })).toBeVisible();
    await expect.poll(async () => JSON.stringify(await stored(page))).toContain('typed-username');
    const { local, session } = await stored(page);
    expect(JSON.stringify([local, session])).not.toMatch(/typed-(secret|tracking)/);
    for (const name of [...Object.keys(local), ...Object.keys(session)]) {
      expect(
        Object.values(kept).some((one) => one.test(name)),
        name,
      ).toBe(true);
    }
  });

  it('a password that is typed to sign in, and the link of an invitation, stay nowhere', async () => {
    const page = await app.page({ role: 'nobody' });
    const seen = asked(page);
    await page.goto(there.invitationLink);
    const token = there.invitationLink.split('/').at(-1) ?? '';
    await page.getByLabel('Your name').fill('Ben');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Accept the invitation' }).click();
    await expect(dashboard(page)).toBeVisible();
    expect(page.url()).not.toContain(token);
    const own = [there.invitationLink, `${app.url}/api/invitations/${token}`];
    expect(seen.filter((one) => one.includes(token) && !own.includes(one))).toEqual([]);
    expect(seen.filter((one) => one.includes(password) || addresses.test(one))).toEqual([]);
    const cookies = (await page.context().cookies()).map(({ value }) => value);
    const left = JSON.stringify(await stored(page));
    expect([token, password, ...cookies].filter((one) => left.includes(one))).toEqual([]);
    expect(left).not.toMatch(addresses);
  });

  it('links in mails lead to pages by ids, and let nobody in', () => {
    const recipients = ['soc@msp.example', 'on-call@msp.example', 'it@northwind.example'];
    const mails = recipients.flatMap((one) => mailbox.to(one));
    expect(mails.length).toBeGreaterThan(10);
    const own = mails
      .flatMap(({ html, text }) => [...`${html || ''}\n${text ?? ''}`.matchAll(/https?:\/\/[^\s"'<>)]+/g)])
      .map(([link]) => link.replaceAll('&amp;', '&'))
      .filter((link) => link.startsWith(app.url));
    expect(own.length).toBeGreaterThan(20);
    const pages = new RegExp(
      `^(/alerts(/${uuid}|/\\d+)?|/organizations/${uuid}\\?tab=settings|/settings/(psa|reviews)(/recipients)?)$`,
    );
    const places = own.map((link) => link.slice(app.url.length));
    expect(places.filter((place) => !pages.test(place))).toEqual([]);
  });
});
