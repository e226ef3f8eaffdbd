/** Ways out that come together, and those that nobody needs any more by the time their mail could leave. */
import { describe, expect, it } from 'vitest';
import { type MailCase, openMailCase, readMails, refusedMail } from '../../../test/support/mailCase.ts';

/** A critical alert whose usual mail has left, and of which it was decided that people must be told; or so many. */
async function decide(w: MailCase, count = 1): Promise<void> {
  for (let n = 1; n <= count; n += 1) await w.take({ severity: 'critical', title: `Ransomware ${n}` });
  await w.rows(`update deliveries set delivery_state = 'delivered' where channel_id = workspace_id`);
  await w.rows(
    `insert into way_outs (workspace_id, alert_id, connection_id, delivery_id, after_minutes, words)
     select workspace_id, alert_id, channel_id, id, 10, 'Autotask failed with HTTP 503.' from deliveries
      where channel_id <> workspace_id`,
  );
}

const psaDelivery = (w: MailCase, state: string) =>
  w.rows(`update deliveries set delivery_state = '${state}' where channel_id <> workspace_id`);

describe('many ways out at once', () => {
  it('come as one mail that says so in its subject, and how many it is about', async () => {
    const w = await openMailCase(['oncall@msp.example']);
    await decide(w, 8);
    await w.take({ severity: 'low', title: 'Not of this kind' });
    const post = await w.open();
    await post.quiet();
    const [mail, ...others] = await readMails(post.mailer.sent);
    expect(others).toEqual([]);
    expect(mail?.subject).toBe('[TICKET PENDING] 9 alerts: 8 critical, 1 low');
    expect(mail?.text).toContain('The tickets of 8 of them are pending: the PSA has not taken them yet.');
  });

  it('are not named where there are none', async () => {
    const w = await openMailCase(['oncall@msp.example']);
    for (let n = 1; n <= 8; n += 1) await w.take({ severity: 'critical', title: `Ransomware ${n}` });
    const post = await w.open();
    await post.quiet();
    const [mail] = await readMails(post.mailer.sent);
    expect(mail?.subject).toBe('8 alerts: 8 critical');
    expect(mail?.text).not.toContain('no ticket');
  });
});

const wayOut = async (w: MailCase) => (await w.mails()).find(({ revision }) => revision === 0);

describe('a way out', () => {
  it.each(['delivered', 'skipped'])('is not even planned when its ticket is %s', async (state) => {
    const w = await openMailCase(['oncall@msp.example']);
    await decide(w);
    await psaDelivery(w, state);
    const post = await w.open();
    await post.quiet();
    expect([post.mailer.sent, await wayOut(w)]).toEqual([[], undefined]);
  });

  it.each(['delivered', 'skipped'])(
    'that is deferred is not sent again when its ticket is %s',
    async (state) => {
      const w = await openMailCase(['oncall@msp.example']);
      await decide(w);
      const post = await w.open({ settleMs: 2_000 });
      post.mailer.answer = () => refusedMail();
      post.drain.wake();
      await expect.poll(() => post.mailer.sent.length, { timeout: 10_000 }).toBeGreaterThan(0);
      await psaDelivery(w, state);
      await expect.poll(async () => (await wayOut(w))?.state, { timeout: 10_000 }).toBe('skipped');
      expect((await wayOut(w))?.problem).toBe(
        'No e-mail: before it could leave, the ticket was no longer pending.',
      );
    },
  );

  it.each(['uncertain', 'held', 'failed', 'sending'])('is sent when its ticket is %s', async (state) => {
    const w = await openMailCase(['oncall@msp.example']);
    await decide(w);
    await psaDelivery(w, state);
    const post = await w.open();
    await post.quiet();
    expect((await wayOut(w))?.state).toBe('delivered');
  });

  it('that waits in its mailbox is skipped when the ticket was made meanwhile', async () => {
    const w = await openMailCase(['oncall@msp.example']);
    await decide(w);
    await w.rows(
      `insert into deliveries (workspace_id, id, alert_id, revision, channel_id, target, delivery_state, severity,
                               settings_version, trace, update_purpose)
       select workspace_id, nextval('delivery_ids'), alert_id, 0, workspace_id, 'oncall@msp.example', 'pending', 4,
              settings_version, '[]', 'wayOut'
         from deliveries where channel_id <> workspace_id`,
    );
    await psaDelivery(w, 'delivered');
    const post = await w.open();
    await post.quiet();
    expect(post.mailer.sent).toEqual([]);
    expect(await wayOut(w)).toMatchObject({ state: 'skipped', reason: 'ticketNotPending' });
  });
});
