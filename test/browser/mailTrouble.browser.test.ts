/**
 * Mails in trouble, as a technician sees them: refused, deferred, perhaps there twice, and those that tell of an outage
 * (promises K-1, K-2, K-4, P4).
 */
import { expect, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { decideFor } from '../../src/wake/wayOuts.ts';
import { makeConnection } from '../harness/connection.ts';
import { simulatorCredentials } from '../support/steps.ts';
import { hasBrowser } from './support/chromium.ts';
import { looksWell } from './support/looks.ts';
import { type MailApp, openMailApp } from './support/mailApp.ts';
import { endTickets, sendAlert, takeTickets } from './support/ticketing.ts';

/** Waits are long enough to be seen: the five minutes after a mail without an answer take fourteen seconds. */
const settleSeconds = 20;
const soon = { timeout: 30_000 };

describe.skipIf(!hasBrowser)('a mail in trouble', () => {
  let m: MailApp;
  beforeAll(async () => {
    m = await openMailApp({ isSetUp: true, settleSeconds });
  });
  afterAll(() => m?.close());

  const getsOnly = (severity: string, address: string) =>
    m.app.api('POST', '/email/recipients', { address, severities: [severity] });
  const becomes = (alertId: string, address: string, state: string) =>
    expect.poll(async () => (await m.mailsOf(alertId))[address], soon).toBe(state);
  /** Of the page of an alert, the part about one address. */
  const storyOf = (page: Page, address: string) =>
    page.locator('.story > *').filter({ hasText: `E-mail to ${address}` });
  const rowOf = (page: Page, address: string) =>
    page
      .getByRole('table', { name: 'Deliveries' })
      .getByRole('row', { name: new RegExp(address) })
      .first();

  it('refused: says what the server said and whom to ask, and leads to the recipient', async () => {
    await getsOnly('low', 'gone@msp.example');
    m.mailbox.refused.add('gone@msp.example');
    const id = await sendAlert(m.app, { severity: 'low' });
    await becomes(id, 'gone@msp.example', 'failed');
    const page = await m.open(`/alerts/${id}`);
    const story = storyOf(page, 'gone@msp.example');
    await expect(
      story.getByText(/^Needs a person: .*550 5\.1\.1 There is no such mailbox here$/),
    ).toBeVisible();
    await expect(story.getByText('It was not taken.')).toBeVisible();
    await expect(story.getByText(/If the address is right, ask who runs its mail server/)).toBeVisible();
    await looksWell(page);
    await story.getByRole('link', { name: 'Look at this recipient' }).click();
    await expect(page.getByRole('row', { name: /gone@msp\.example/ })).toBeVisible();
    const deliveries = await m.open('/deliveries');
    const cause = deliveries.getByRole('article', { name: /There is no such mailbox here/ });
    await expect(cause.getByRole('link', { name: 'E-mail' })).toHaveAttribute(
      'href',
      '/settings/psa/recipients',
    );
  });

  it('deferred: says when it is tried again and for how long, and the next one names what it waits behind', async () => {
    const address = 'slow@msp.example';
    await getsOnly('medium', address);
    m.mailbox.deferred.add(address);
    const first = await sendAlert(m.app, { severity: 'medium' });
    const triesOf = async () => {
      type Tried = { deliveries: { address: string; tries: number }[] };
      const { deliveries } = await m.app.api<Tried>('GET', `/alerts/${first}`);
      return deliveries.find((one) => one.address === address)?.tries;
    };
    await expect.poll(triesOf, soon).toBeGreaterThan(0);
    await postpone(m, '10 minutes');
    const second = await sendAlert(m.app, { severity: 'medium' });
    const [page, behind] = await Promise.all([m.open(`/alerts/${first}`), m.open(`/alerts/${second}`)]);
    const story = storyOf(page, address);
    await expect(story.getByText('Was not taken yet.')).toBeVisible();
    await expect(story).toContainText(
      /Next Is tried again at \d\d:\d\d UTC, and so on for 72 hours at most\./,
    );
    await expect(story).toContainText(/Last answer: .*Greylisted: come back in a while \(in \d+ min\.\)/);
    await expect(storyOf(behind, address)).toContainText(
      'Waits behind an earlier mail to this address that was not taken yet.',
    );
    const deliveries = await m.open('/deliveries?state=pending');
    await expect(deliveries.getByText('Was not taken yet.').first()).toBeVisible();
    await looksWell(page);
    m.mailbox.deferred.delete(address);
    await postpone(m, '-10 minutes');
    // Whatever is mailed next wakes whoever sends.
    await sendAlert(m.app, { severity: 'low' });
    await becomes(first, address, 'delivered');
    await becomes(second, address, 'delivered');
    await expect(story.getByText(`Was mailed to ${address}: a mail server took it.`)).toBeVisible();
  });

  it('without an answer: it goes once more as the same mail, and a possible duplicate is called one', async () => {
    const [once, never] = ['lost@msp.example', 'void@msp.example'];
    for (const address of [once, never]) {
      await getsOnly('high', address);
      m.mailbox.broken.add(address);
    }
    const id = await sendAlert(m.app, { severity: 'high' });
    await becomes(id, once, 'uncertain');
    const page = await m.open(`/alerts/${id}`);
    const story = storyOf(page, once);
    await expect(story.getByText('Was sent, but no answer came: it may have arrived.')).toBeVisible();
    await expect(story.getByText(/^Next It is sent once more, with the same Message-ID/)).toBeVisible();
    await expect(story.getByText('No answer came. Nobody knows whether it arrived.')).toBeVisible();
    await expect(story.getByRole('button', { name: 'Discard' })).toHaveCount(0);
    const [sent] = m.mailbox.to(once);
    await expect(story.getByText(sent?.messageId ?? 'none')).toBeVisible();
    await looksWell(page);

    m.mailbox.broken.delete(once);
    await becomes(id, once, 'delivered');
    await expect(story.getByText(/^Possible duplicate: was mailed to lost@msp\.example/)).toBeVisible();
    await expect(story.getByRole('group', { name: 'Attempt 1' })).toContainText(
      'Nobody knows whether it arrived.',
    );
    await expect(story.getByRole('group', { name: 'Attempt 2' })).toContainText('A mail server has it.');
    const copies = m.mailbox.to(once).map(({ messageId }) => messageId);
    expect(copies).toEqual([sent?.messageId, sent?.messageId]);

    await becomes(id, never, 'failed');
    const lost = storyOf(page, never);
    await expect(lost.getByText(/^Needs a person: It was sent 2 times without an answer/)).toBeVisible();
    await expect(lost).toContainText('Ask the recipient whether it arrived');
    await expect(lost.getByText(m.mailbox.to(never)[0]?.messageId ?? 'none')).toBeVisible();
    await lost.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('dialog')).toContainText('then its recipient gets a second mail');
    const deliveries = await m.open('/deliveries');
    await expect(rowOf(deliveries, once)).toContainText('Possible duplicate');
  });

  it('the way out: a critical alert that its PSA does not take is mailed, and both sides say why', async () => {
    const address = 'on-call@msp.example';
    const connection = { name: 'Our PSA', credentials: simulatorCredentials, catchAllAccountId: '0' };
    const connectionId = await makeConnection(m.app.api, connection);
    await m.app.api('POST', `/psa/connections/${connectionId}/finish`, { confirmUnmapped: true });
    await getsOnly('informational', address);
    await endTickets(m.app);
    const id = await sendAlert(m.app, { severity: 'critical', title: 'Stolen session' });
    await becomesLate(m, id);
    // Whatever mail is sent next takes it along.
    await sendAlert(m.app, { severity: 'low' });
    await m.arrives(address, 1);
    expect(m.mailbox.to(address)[0]?.subject).toMatch(/^\[TICKET PENDING\] .*Stolen session/);
    const page = await m.open(`/alerts/${id}`);
    await expect(page.getByText(/^The PSA has not taken this critical alert for 10 minutes/)).toBeVisible();
    const story = storyOf(page, address);
    await expect(story.getByText(`E-mail to ${address}, because its ticket is late`)).toBeVisible();
    await expect(story.getByText(/that its ticket is pending: a mail server took it\.$/)).toBeVisible();
    await story.getByRole('button', { name: `How it went: ${address}` }).click();
    await expect(story.getByText(/^E-mail, because Our PSA has not taken this critical alert/)).toBeVisible();
    await looksWell(page);
    const deliveries = await m.open('/deliveries');
    await expect(rowOf(deliveries, address)).toContainText('that its ticket is pending');
    await takeTickets(m.app);
  });
});

/** In the database of the workspace. */
async function inDatabase({ app }: MailApp, work: (db: Database, workspaceId: string) => Promise<void>) {
  const { id } = await app.api<{ id: string }>('GET', '/workspaces/current');
  const db = openDatabase({ url: app.database.url, poolSize: 1 });
  try {
    await work(db, id);
  } finally {
    await db.close();
  }
}

/** Mails that were deferred come so much later: long enough to be looked at. */
const postpone = (m: MailApp, time: string): Promise<void> =>
  inDatabase(m, (db, workspaceId) =>
    db.inWorkspace(workspaceId, async (tx) => {
      await tx.query(`update mail_retries set due_at = due_at + $1::interval`, [time]);
      await tx.query(`update mailboxes set blocked_until = blocked_until + $1::interval`, [time]);
    }),
  );

/** An alert has waited for its ticket for longer than the workspace has set, and a worker has seen it. */
const becomesLate = (m: MailApp, alertId: string): Promise<void> =>
  inDatabase(m, async (db, workspaceId) => {
    await db.inWorkspace(workspaceId, async (tx) => {
      const late = `now() - interval '20 minutes'`;
      await tx.query(`update alerts set received_at = ${late} where id = $1`, [alertId]);
      await tx.query(`update deliveries set owed_since = ${late} where alert_id = $1`, [alertId]);
    });
    expect(await decideFor(db, workspaceId)).toBe(1);
  });
