/**
 * Promise I-14 and U1 on every page: whatever texts the server holds, they are shown as texts. Each answer of the API is
 * given to the page with hostile words behind every text for people in it, as if all names and words were an attacker's.
 */
import { expect, type Page, type Route } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';
import { filledSimulator } from './support/filled.ts';
import { type Mailbox, openMailbox } from './support/mailbox.ts';
import { fillAll, places, type There } from './support/places.ts';

const canary = 'http://canary.invalid/';
const hostile = [
  '<script>window.ran=1</script>',
  `<img src="${canary}x" onerror="window.ran=1">`,
  '<svg onload="window.ran=1">',
  '</textarea></title></style><script>window.ran=1</script>',
  `<style>*{background:url(${canary}y)}</style>`,
  '<math><mtext></form><form><mglyph><style></math><img src onerror="window.ran=1">',
  '[click](javascript:window.ran=1)',
  '\u202Egnp.exe\u200B',
].join(' ');

/** Texts for people: what has a blank in it, and what these members hold. Ids, times and states stay what they are. */
const forPeople = new Set(
  (
    'name title words text note owner problem reason evidence description label help subject preheader ' +
    'organizationName connectionName accountName alertTitle by actor lookProblem recommendedAction'
  ).split(' '),
);

/** A mail as HTML is escaped by the server; what it does with hostile alerts is tested there (src/mail). */
const isMarkup = (key: string): boolean => key === 'html';

function infect(value: unknown, key = ''): unknown {
  if (isMarkup(key)) return value;
  if (typeof value === 'string')
    return forPeople.has(key) || value.includes(' ') ? `${value} ${hostile}` : value;
  if (Array.isArray(value)) return value.map((one) => infect(one, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([member, held]) => [member, infect(held, member)]));
}

/** Templates are written by operators and compiled by the screen; a broken one would only be refused. */
const isTemplate = (path: string): boolean => path.endsWith('/email/settings');

async function answer(route: Route): Promise<void> {
  const response = await route.fetch();
  const isJson = response.headers()['content-type']?.includes('json') ?? false;
  if (!isJson || isTemplate(new URL(route.request().url()).pathname)) return route.fulfill({ response });
  await route.fulfill({ response, json: infect(await response.json()) });
}

describe.skipIf(!hasBrowser)('hostile texts', () => {
  let app: App;
  let mailbox: Mailbox;
  let there: There;
  beforeAll(async () => {
    app = await openApp({ simulator: filledSimulator });
    mailbox = await openMailbox();
    there = await fillAll(app, mailbox);
  }, 120_000);
  afterAll(async () => {
    await app?.close();
    await mailbox?.close();
  });

  async function openWithCare(role?: 'nobody'): Promise<{ page: Page; bad: string[] }> {
    const page = await app.page(role ? { role } : {});
    const bad: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(app.url) && !request.url().startsWith('data:')) bad.push(request.url());
    });
    page.on('dialog', (dialog) => void bad.push(dialog.message()));
    page.on('pageerror', (error) => void bad.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) bad.push(message.text());
    });
    await page.route(`${app.url}/api/**`, answer);
    return { page, bad };
  }

  it.each(places.map(({ name }) => name))('stay texts on the page %s', async (name) => {
    const place = places.find((one) => one.name === name);
    if (!place) throw new Error(`there is no place ${name}`);
    const { page, bad } = await openWithCare(place.isOutside ? 'nobody' : undefined);
    await page.goto(place.address(there));
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible({ timeout: 15_000 });
    await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'hidden' });
    // The last answers too: one that is still under way when the page closes would be nobody's.
    await page.unrouteAll({ behavior: 'wait' });
    await expect(page.locator('a[href^="javascript:" i]')).toHaveCount(0);
    expect(await page.evaluate(() => 'ran' in window)).toBe(false);
    expect(bad).toEqual([]);
    await page.context().close();
  });
});
