/** Alerts and one alert: found by filters that stand in the address, read to the end, acted upon; hostile texts stay texts. */
import { expect, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type App, openApp } from './support/app.ts';
import { hasBrowser } from './support/chromium.ts';
import { looksWell, phone } from './support/looks.ts';
import { connectPsa, reaches, refuseTickets, sendAlert, takeTickets } from './support/ticketing.ts';

/** Promise I-14. */
const hostile = [
  '<script>window.ran=1</script>',
  '<img src="http://canary.invalid/x" onerror="window.ran=1">',
  '<svg onload="window.ran=1">',
  'javascript:window.ran=1',
  '[click](javascript:window.ran=1)',
  '</textarea><script>window.ran=1</script>',
  '<style>*{background:url(http://canary.invalid/y)}</style>',
  '<math><mtext></form><form><mglyph><style></math><img src onerror="window.ran=1">',
];

describe.skipIf(!hasBrowser)('alerts', () => {
  let app: App;
  beforeAll(async () => {
    app = await openApp();
  });
  afterAll(() => app?.close());

  const table = (page: Page) => page.getByRole('table', { name: 'Alerts' });
  const rows = (page: Page) =>
    table(page)
      .getByRole('row')
      .filter({ has: page.getByRole('cell') });

  it('teaches while there is none, and shows the first one by itself', async () => {
    const page = await app.page();
    await page.goto('/alerts');
    await expect(page.getByRole('heading', { name: 'No alert has come in yet' })).toBeVisible();
    await expect(page.getByText(`curl ${app.url}/api/v1/alerts`)).toBeVisible();
    await looksWell(page);
    await connectPsa(app);
    await sendAlert(app, { title: 'The very first' });
    await expect(page.getByRole('link', { name: 'The very first' })).toBeVisible({ timeout: 15_000 });
  });

  it('keeps filters in the address, by keyboard alone', async () => {
    await sendAlert(app, { title: 'Mail is forwarded', severity: 'critical' });
    await sendAlert(app, { title: 'New administrator', severity: 'low' });
    const page = await app.page();
    await page.goto('/alerts');
    await expect(page.getByRole('link', { name: 'New administrator' })).toBeVisible();
    await page.getByRole('button', { name: 'Severity' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('checkbox', { name: 'Critical' }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('checkbox', { name: 'High' }).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Escape');
    await expect(page).toHaveURL(/severity=critical(%2C|,)high/);
    await expect(page.getByRole('link', { name: 'New administrator' })).toHaveCount(0);
    await expect(page.getByRole('link', { name: 'Mail is forwarded' })).toBeVisible();
    await page.locator('body').press('/');
    await expect(page.getByRole('searchbox')).toBeFocused();
    await page.keyboard.type('forwarded');
    await expect(page).toHaveURL(/q=forwarded/);
    await expect(rows(page)).toHaveCount(1);
    await page.reload();
    await expect(rows(page)).toHaveCount(1);
    await expect(page.getByRole('searchbox')).toHaveValue('forwarded');
    await looksWell(page);
    await page.getByRole('searchbox').blur();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: 'Mail is forwarded' })).toBeVisible();
    await page.goBack();
    await page.getByRole('button', { name: 'Clear all' }).click();
    await expect(page).toHaveURL(`${app.url}/alerts`);
  });

  it('reads on page by page, and stands still while new alerts come', async () => {
    // No ticket is made of them: so many at once would meet the brake.
    const many = { source: 'many', severity: 'informational' };
    for (let n = 0; n < 52; n += 1) await sendAlert(app, { title: `One of many ${n}`, ...many });
    const page = await app.page();
    await page.goto('/alerts?source=many');
    await expect(rows(page)).toHaveCount(50);
    await page.getByRole('button', { name: 'Show more' }).click();
    await expect(rows(page)).toHaveCount(52);
    await sendAlert(app, { title: 'A newer one', ...many });
    const newer = page.getByRole('button', { name: '1 newer alert' });
    await expect(newer).toBeVisible({ timeout: 15_000 });
    await expect(page.getByRole('link', { name: 'A newer one' })).toHaveCount(0);
    await newer.click();
    await expect(page.getByRole('link', { name: 'A newer one' })).toBeVisible();
    await expect(newer).toHaveCount(0);
  });

  it('tells one alert from what came in to its ticket, with the way into the PSA', async () => {
    const big = { source: 'edr', externalId: 'told', title: 'Told', severity: 'critical' };
    const id = await sendAlert(app, { ...big, description: 'Two sign-ins.', url: 'https://edr.example/1' });
    await reaches(app, id, 'delivered');
    const page = await app.page();
    await page.goto(`/alerts/${id}`);
    await expect(page.getByText('Two sign-ins.')).toBeVisible();
    const story = page.getByRole('region', { name: 'What became of it' });
    await expect(story.getByText('Organization Northwind is known by the id org-17.')).toBeVisible();
    await expect(story.getByText(/^Ticket .* was made\.$/)).toBeVisible();
    const attempt = story.getByRole('group', { name: 'Attempt 1' });
    await expect(attempt.getByText('It arrived.')).toBeVisible();
    await attempt.getByRole('button', { name: 'Show what was sent' }).click();
    await expect(attempt.getByText('Severity: critical')).toBeVisible();
    const ticket = story.getByRole('link', { name: /^(T|id )\d+/ }).first();
    await expect(ticket).toHaveAttribute('href', /^https?:/);
    await expect(ticket).toHaveAttribute('rel', 'noreferrer');
    await expect(ticket).toHaveAttribute('target', '_blank');
    const last = story.locator('.mantine-Timeline-item').last();
    await expect(last).toContainText('Its ticket now');
    await expect(last).toContainText(/Ticket (T|id )[\d.]+ .*is open in Our PSA \(looked at .+\)/);
    await expect(last.getByRole('link')).toHaveAttribute('href', (await ticket.getAttribute('href')) ?? '');
    await page.getByRole('button', { name: 'What would happen now?' }).click();
    const preview = page.getByRole('dialog', { name: 'What would happen now?' });
    await expect(preview.getByText('A ticket goes to Our PSA.')).toBeVisible();
    await looksWell(page);
  });

  it('says what has become of tickets that are not open any more', async () => {
    const { items } = await app.api<{ items: { id: string }[] }>('GET', '/alerts?q=Told&limit=1');
    const page = await app.page();
    const successor = { id: '4711', number: 'T4711', link: null, state: 'open' };
    const states = [
      { state: 'closed', closedAt: new Date().toISOString() },
      { state: 'gone' },
      { state: 'shut', checkedAt: null },
      { state: 'merged', successor },
      { state: 'replaced', successor: { ...successor, state: 'gone' } },
      { state: 'replaced' },
    ];
    await page.route(`**/api/v1/alerts/${items[0]?.id}`, async (route) => {
      const response = await route.fetch();
      const alert = await response.json();
      const tickets = states.map((one, i) => ({ ...alert.tickets[0], id: `${i}`, number: `T${i}`, ...one }));
      await route.fulfill({ response, json: { ...alert, tickets } });
    });
    await page.goto(`/alerts/${items[0]?.id}`);
    const last = page
      .getByRole('region', { name: 'What became of it' })
      .locator('.mantine-Timeline-item')
      .last();
    for (const words of [
      /T0 .*is closed in Our PSA, since now \(looked at/,
      /T1 .*was deleted in Our PSA, or moved to where Herald cannot see it/,
      /T2 .*takes no notes any more in Our PSA \(not looked at since then\)/,
      /T3 .*was merged into ticket T4711, which is open in Our PSA/,
      /T4 .*took no more alerts in Our PSA: later ones go to ticket T4711, which is gone/,
      /T5 .*took no more alerts in Our PSA: later ones go to a new ticket/,
    ]) {
      await expect(last).toContainText(words);
    }
    await expect(last).toContainText('Its tickets now');
    await looksWell(page);
  });

  it('says of one that would become no ticket why not, and shows no ticket', async () => {
    const id = await sendAlert(app, { title: 'Harmless', source: 'quiet', severity: 'informational' });
    await reaches(app, id, 'skipped');
    const page = await app.page();
    await page.goto(`/alerts/${id}`);
    await page.getByRole('button', { name: 'What would happen now?' }).click();
    const preview = page.getByRole('dialog', { name: 'What would happen now?' });
    await expect(preview.getByText('No ticket is made.')).toBeVisible();
    await expect(preview.getByRole('heading', { name: 'The ticket' })).toHaveCount(0);
  });

  it('shows an update as a part of the story, and the first state before it (decision 23)', async () => {
    const members = { source: 'edr', externalId: 'changed', title: 'Changed', severity: 'low' };
    const id = await sendAlert(app, members);
    await reaches(app, id, 'delivered');
    await sendAlert(app, { ...members, severity: 'critical' });
    await reaches(app, id, 'delivered');
    const page = await app.page();
    await page.goto(`/alerts/${id}`);
    const story = page.getByRole('region', { name: 'What became of it' });
    await expect(story.getByText('Sent again with a change')).toBeVisible();
    await expect(story.getByText(/^A note was added to ticket/)).toBeVisible();
  });

  it('shows numbers as they were sent and characters that one would not see (promises I-20)', async () => {
    const number = '12345678901234567890';
    const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
    const title = 'a\u202Egnp.exe';
    const members = { source: 'edr', externalId: 'odd', title, severity: 'high', odd: rawJSON(number) };
    await app.api('POST', '/alerts', members);
    const { items } = await app.api<{ items: { id: string }[] }>('GET', '/alerts?limit=1');
    const page = await app.page();
    await page.goto(`/alerts/${items[0]?.id}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('aU+202Egnp.exe');
    await expect(page).toHaveTitle('a[U+202E]gnp.exe · Herald');
    await page.getByRole('button', { name: 'Show the JSON' }).click();
    await expect(page.getByRole('region', { name: 'The alert as JSON' })).toContainText(number);
  });

  it('lets an operator try again and discard with a reason; a viewer reads why he cannot', async () => {
    await refuseTickets(app);
    const id = await sendAlert(app, { title: 'Refused' });
    await reaches(app, id, 'failed');
    const viewer = await app.page({ role: 'viewer' });
    await viewer.goto(`/alerts/${id}`);
    const locked = viewer.getByRole('button', { name: 'Try again' });
    await expect(locked).toHaveAttribute('aria-disabled', 'true');
    await locked.focus();
    await expect(viewer.getByRole('tooltip')).toHaveText('Only operators and administrators can do this.');
    const page = await app.page({ role: 'operator' });
    await page.goto(`/alerts/${id}`);
    await page.getByRole('button', { name: 'Discard' }).click();
    const question = page.getByRole('dialog');
    await expect(question.getByRole('button', { name: 'Discard' })).toBeDisabled();
    await question.getByLabel('Why').fill('Handled by telephone');
    await question.getByRole('button', { name: 'Discard' }).click();
    await expect(page.getByText(/Discarded by .*: Handled by telephone/).first()).toBeVisible();
    await takeTickets(app);
    await page.getByRole('button', { name: 'Send it after all' }).click();
    await question.getByRole('button', { name: 'Send it' }).click();
    await expect(page.getByText('It was put back in line.')).toBeVisible();
    await expect(page.getByText(/^Ticket .* was made\.$/)).toBeVisible({ timeout: 15_000 });
  });

  it('shows hostile texts as texts: nothing runs, nothing is asked for, the policy is silent (promises I-14)', async () => {
    const page = await app.page();
    const bad: string[] = [];
    page.on('request', (request) => request.url().startsWith(app.url) || bad.push(request.url()));
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) bad.push(message.text());
    });
    for (const text of hostile) {
      const id = await sendAlert(app, {
        title: text,
        description: text,
        user: { email: text, name: text },
        device: { name: text },
        organization: { name: text },
        rule: { name: text, kind: text },
        events: [{ type: text, at: text, summary: text }],
        labels: { [text]: text },
        url: text,
        recommendedAction: text,
        status: text,
        occurredAt: text,
      });
      await reaches(app, id, 'delivered');
      await page.goto(`/alerts/${id}`);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(text);
      await expect(page.locator('a[href^="javascript:" i]')).toHaveCount(0);
      await page.getByRole('button', { name: 'Show the JSON' }).click();
      await page.getByRole('button', { name: 'Show what was sent' }).click();
      await expect(page.getByRole('region', { name: 'The alert as JSON' })).toContainText(text.slice(0, 5));
    }
    for (const path of ['/alerts', '/deliveries', '/']) {
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      if (path !== '/') await expect(page.getByText(hostile[0] ?? '').first()).toBeVisible();
    }
    expect(await page.evaluate(() => 'ran' in window)).toBe(false);
    expect(bad).toEqual([]);
  });

  it('fits a phone', async () => {
    const { items } = await app.api<{ items: { id: string }[] }>('GET', '/alerts?q=Told&limit=1');
    for (const path of ['/alerts', `/alerts/${items[0]?.id}`]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await app.page({ viewport: phone, colorScheme });
        await page.goto(path);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        await expect(page.getByRole('list').or(page.getByText('What became of it')).first()).toBeVisible();
        await looksWell(page);
      }
    }
  });
});
