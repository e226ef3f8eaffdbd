/** The mail of a workspace from acceptance to what became of it, against the database and a mailer of a few lines. */
import { setTimeout as sleep } from 'node:timers/promises';
import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { addRecipient, scriptedMailer, taken } from '../../../test/support/mail.ts';
import { openMailCase, refusedMail } from '../../../test/support/mailCase.ts';
import type { MailOutcome } from '../../smtp/index.ts';

describe('an alert', () => {
  it('is mailed once to each recipient, in the format of its list (req 112–114, decision 15)', async () => {
    const w = await openMailCase(['Team@msp.example', 'both@msp.example']);
    const organizationId = await w.insertOrganization('northwind');
    for (const address of ['owner@northwind.example', 'BOTH@msp.example']) {
      await w.inWorkspace((tx) => addRecipient(tx, w.workspaceId, { address, organizationId }));
    }
    const post = await w.open();
    await w.take({
      title: 'Odd sign-in',
      severity: 'high',
      organization: { externalId: 'northwind' },
    });
    await post.quiet();
    const parsed = await Promise.all(post.mailer.sent.map(({ message }) => simpleParser(message)));
    const subjects = Object.fromEntries(post.mailer.sent.map(({ to }, i) => [to, parsed[i]?.subject]));
    expect(subjects).toEqual({
      'team@msp.example': '[high] Odd sign-in',
      'both@msp.example': 'For you: Odd sign-in',
      'owner@northwind.example': 'For you: Odd sign-in',
    });
    expect((await w.mails()).map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered']);
    const both = (await w.mails()).find(({ target }) => target === 'both@msp.example');
    expect(both?.trace.join(' ')).toContain('one mail, in the format of the organization');
  });

  it('is one thread with those that share its ticket, each with an id of its own', async () => {
    const w = await openMailCase(['a@msp.example']);
    const post = await w.open();
    const same = {
      title: 'Same title',
      user: { email: 'ana@northwind.example' },
      organization: { externalId: 'x' },
    };
    await w.take(same);
    await w.take(same);
    await post.quiet();
    const [one, two] = await Promise.all(post.mailer.sent.map(({ message }) => simpleParser(message)));
    expect(one?.inReplyTo).toBe(two?.inReplyTo);
    expect(one?.messageId).not.toBe(two?.messageId);
  });

  it('is mailed again when its severity changes, as an update', async () => {
    const w = await openMailCase(['a@msp.example']);
    const post = await w.open();
    await w.take({ externalId: 'e1', severity: 'low' });
    await post.quiet();
    await w.take({ externalId: 'e1', severity: 'critical' });
    await post.quiet();
    const subjects = await Promise.all(
      post.mailer.sent.map(async ({ message }) => (await simpleParser(message)).subject),
    );
    expect(subjects[1]).toContain('[UPDATE]');
    expect((await w.mails()).map(({ revision, state }) => [revision, state])).toEqual([
      [1, 'delivered'],
      [2, 'delivered'],
    ]);
  });

  it.each([
    ['organizationOff', 'delivery_enabled'],
    ['emailOff', 'delivery_email'],
  ])('is not mailed when a switch is off: %s, recorded once for all recipients', async (reason, column) => {
    const w = await openMailCase(['a@msp.example', 'b@msp.example']);
    const id = await w.insertOrganization('northwind');
    await w.change((tx) => tx.query(`update organizations set ${column} = false where id = $1`, [id]));
    const post = await w.open();
    await w.take({ organization: { externalId: 'northwind' } });
    await post.quiet();
    expect(post.mailer.sent).toEqual([]);
    expect(await w.mails()).toMatchObject([{ target: '', state: 'skipped', reason }]);
  });

  it('of a severity that nobody wants is skipped, and said', async () => {
    const w = await openMailCase([]);
    await w.inWorkspace((tx) =>
      addRecipient(tx, w.workspaceId, { address: 'a@msp.example', severities: ['critical'] }),
    );
    const post = await w.open();
    await w.take({ severity: 'low' });
    await w.take({ severity: 'critical' });
    await post.quiet();
    expect(await w.mails()).toMatchObject([
      { target: '', state: 'skipped', reason: 'noMailForSeverity' },
      { target: 'a@msp.example', state: 'delivered' },
    ]);
  });
});

describe('what waits when something changes', () => {
  it('is not sent to a recipient that was removed, nor after the switch was thrown', async () => {
    const w = await openMailCase(['a@msp.example', 'b@msp.example']);
    await w.take();
    await w.change((tx) => tx.query(`delete from recipients where address = 'a@msp.example'`));
    const post = await w.open();
    await post.quiet();
    expect(await w.mails()).toMatchObject([
      { target: 'a@msp.example', state: 'skipped', reason: 'recipientRemoved' },
      { target: 'b@msp.example', state: 'delivered' },
    ]);
  });

  it('is held while the servers refuse the login, and goes out by itself when the settings work again', async () => {
    const w = await openMailCase(['a@msp.example']);
    const post = await w.open();
    post.mailer.answer = () =>
      refusedMail({ about: 'server', isFinal: true, reason: 'auth', text: 'Wrong password.' });
    await w.take();
    await post.quiet();
    await w.take();
    await post.quiet();
    expect(post.mailer.sent).toHaveLength(1);
    expect((await w.mails()).map(({ state, reason }) => [state, reason])).toContainEqual([
      'held',
      'credentials',
    ]);
    post.mailer.answer = () => taken;
    await w.change((tx) => tx.query('update mail_settings set attention = null'));
    post.drain.renew({ ...post.drain.channel.transport, revision: 'r2' });
    const states = async () => {
      await post.quiet();
      return (await w.mails()).map(({ state }) => state);
    };
    await expect.poll(states, { timeout: 5_000 }).toEqual(['delivered', 'delivered']);
  });
});

describe('what is known late or decided meanwhile', () => {
  it('that a server took a mail counts although its worker has lost the lease: no copy is sent', async () => {
    const w = await openMailCase(['a@msp.example']);
    const slow = scriptedMailer();
    let answer: (outcome: MailOutcome) => void = () => undefined;
    slow.answer = () => new Promise((resolve) => (answer = resolve));
    const first = await w.open({ mailer: slow });
    await w.take();
    first.drain.wake();
    await expect.poll(() => slow.sent.length).toBe(1);
    const post = await w.open();
    await post.quiet();
    expect(await w.statesOf()).toEqual({ 'a@msp.example': 'uncertain' });
    answer(taken);
    await expect.poll(() => w.statesOf()).toEqual({ 'a@msp.example': 'delivered' });
    expect(await w.rows('select 1 from mail_retries')).toEqual([]);
    expect(post.mailer.sent).toEqual([]);
  });

  it('what a person discards while it waits to be sent again is not sent again', async () => {
    const w = await openMailCase(['a@msp.example']);
    const post = await w.open({ settleMs: 2_000 });
    post.mailer.answer = () => refusedMail();
    await w.take();
    post.drain.wake();
    await expect.poll(() => post.mailer.sent.length).toBe(1);
    await w.inWorkspace((tx) =>
      tx.query(`update deliveries set delivery_state = 'skipped' where target <> ''`),
    );
    await expect.poll(async () => (await w.rows('select 1 from mail_retries')).length).toBe(0);
    expect(post.mailer.sent.length).toBeLessThanOrEqual(2);
  });

  it('rounds do not follow each other while no mail may leave', async () => {
    const w = await openMailCase(['a@msp.example', 'b@msp.example']);
    const post = await w.open({ settleMs: 2_000 });
    post.mailer.answer = () =>
      refusedMail({ about: 'server', isFinal: true, reason: 'auth', text: 'Wrong password.' });
    await w.take();
    await post.quiet();
    await sleep(100);
    const before = post.rounds();
    await sleep(400);
    expect(post.rounds() - before).toBeLessThanOrEqual(2);
  });
});

describe('the way out (promises P4)', () => {
  it('mails a critical alert that its PSA does not take to the global recipients, once, and says why', async () => {
    const w = await openMailCase(['oncall@msp.example']);
    const post = await w.open();
    const { id } = await w.take({ severity: 'critical', title: 'Ransomware' });
    await post.quiet();
    await w.inWorkspace((tx) =>
      tx.query(
        `insert into way_outs (workspace_id, alert_id, connection_id, delivery_id, after_minutes, words)
         select workspace_id, alert_id, channel_id, id, 10, 'Autotask failed with HTTP 503.' from deliveries
          where alert_id = $1 and channel_id <> workspace_id`,
        [id],
      ),
    );
    await post.quiet();
    await post.quiet();
    const last = await simpleParser(post.mailer.sent.at(-1)?.message as Buffer);
    expect(post.mailer.sent).toHaveLength(2);
    expect(last.subject).toContain('[TICKET PENDING]');
    expect(last.text).toContain('Autotask failed with HTTP 503.');
    expect((await w.mails()).map(({ revision, state }) => [revision, state])).toEqual([
      [1, 'delivered'],
      [0, 'delivered'],
    ]);
  });
});
