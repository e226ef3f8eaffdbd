/** The mail of a workspace from acceptance to what became of it, against the database and a mailer of a few lines. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { simpleParser } from 'mailparser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addRecipient,
  changed,
  type MailPost,
  openPost,
  scriptedMailer,
  setUpMail,
  taken,
} from '../../../test/support/mail.ts';
import { openWorkspace, type Workspace } from '../../../test/support/workspace.ts';
import type { Tx } from '../../db/database.ts';
import type { MailOutcome, MailRefusal } from '../../smtp/index.ts';

let workspace: Workspace;
let post: MailPost;

beforeEach(async () => {
  workspace = await openWorkspace();
});
afterEach(async () => {
  await post?.stop();
  await workspace.close();
});

const refused = (members: Partial<MailRefusal>): MailRefusal => ({
  kind: 'refused',
  about: 'recipient',
  isFinal: false,
  reason: 'reply',
  text: '450 4.2.0 later',
  ...members,
});

/** All mail deliveries, oldest first. */
const mails = () =>
  workspace.rows(
    `select alert_id, target, delivery_state as state, reason, problem, trace, tries, revision from deliveries
      where channel_id = workspace_id order by id`,
  );

const statesOf = async () => Object.fromEntries((await mails()).map(({ target, state }) => [target, state]));

async function insertOrganization(name: string, email = true): Promise<string> {
  const { db, workspaceId } = workspace;
  const id = randomUUID();
  await db.inWorkspace(workspaceId, async (tx) => {
    await tx.query(
      `insert into organizations (workspace_id, id, name, delivery_enabled, delivery_tickets, delivery_email)
       values ($1, $2, $3, true, true, $4)`,
      [workspaceId, id, name, email],
    );
    await tx.query(
      `insert into organization_references (workspace_id, organization_id, ordinal, kind, value) values ($1, $2, 0, 'id', $3)`,
      [workspaceId, id, name],
    );
    await changed(tx, workspaceId);
  });
  return id;
}

const inWorkspace = <T>(work: (tx: Tx) => Promise<T>) =>
  workspace.db.inWorkspace(workspace.workspaceId, work);

describe('an alert', () => {
  it('is mailed once to each recipient, in the format of its list (req 112–114, decision 15)', async () => {
    await setUpMail(workspace, ['Team@msp.example', 'both@msp.example']);
    const organizationId = await insertOrganization('northwind');
    for (const address of ['owner@northwind.example', 'BOTH@msp.example']) {
      await inWorkspace((tx) => addRecipient(tx, workspace.workspaceId, { address, organizationId }));
    }
    post = await openPost(workspace);
    await workspace.take({
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
    expect((await mails()).map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered']);
    const both = (await mails()).find(({ target }) => target === 'both@msp.example');
    expect(both.trace.join(' ')).toContain('one mail, in the format of the organization');
  });

  it('is one thread with those that share its ticket, each with an id of its own', async () => {
    await setUpMail(workspace, ['a@msp.example']);
    post = await openPost(workspace);
    const same = {
      title: 'Same title',
      user: { email: 'ana@northwind.example' },
      organization: { externalId: 'x' },
    };
    await workspace.take(same);
    await workspace.take(same);
    await post.quiet();
    const [one, two] = await Promise.all(post.mailer.sent.map(({ message }) => simpleParser(message)));
    expect(one?.inReplyTo).toBe(two?.inReplyTo);
    expect(one?.messageId).not.toBe(two?.messageId);
  });

  it('is mailed again when its severity changes, as an update', async () => {
    await setUpMail(workspace, ['a@msp.example']);
    post = await openPost(workspace);
    await workspace.take({ externalId: 'e1', severity: 'low' });
    await post.quiet();
    await workspace.take({ externalId: 'e1', severity: 'critical' });
    await post.quiet();
    const subjects = await Promise.all(
      post.mailer.sent.map(async ({ message }) => (await simpleParser(message)).subject),
    );
    expect(subjects[1]).toContain('[UPDATE]');
    expect((await mails()).map(({ revision, state }) => [revision, state])).toEqual([
      [1, 'delivered'],
      [2, 'delivered'],
    ]);
  });

  it.each([
    ['organizationOff', 'delivery_enabled'],
    ['emailOff', 'delivery_email'],
  ])('is not mailed when a switch is off: %s, recorded once for all recipients', async (reason, column) => {
    await setUpMail(workspace, ['a@msp.example', 'b@msp.example']);
    const id = await insertOrganization('northwind');
    await inWorkspace((tx) => tx.query(`update organizations set ${column} = false where id = $1`, [id]));
    await inWorkspace((tx) => changed(tx, workspace.workspaceId));
    post = await openPost(workspace);
    await workspace.take({ organization: { externalId: 'northwind' } });
    await post.quiet();
    expect(post.mailer.sent).toEqual([]);
    expect(await mails()).toMatchObject([{ target: '', state: 'skipped', reason }]);
  });

  it('of a severity that nobody wants is skipped, and said', async () => {
    await setUpMail(workspace, []);
    await inWorkspace((tx) =>
      addRecipient(tx, workspace.workspaceId, { address: 'a@msp.example', severities: ['critical'] }),
    );
    post = await openPost(workspace);
    await workspace.take({ severity: 'low' });
    await workspace.take({ severity: 'critical' });
    await post.quiet();
    expect(await mails()).toMatchObject([
      { target: '', state: 'skipped', reason: 'noMailForSeverity' },
      { target: 'a@msp.example', state: 'delivered' },
    ]);
  });
});

describe('what waits when something changes', () => {
  it('is not sent to a recipient that was removed, nor after the switch was thrown', async () => {
    await setUpMail(workspace, ['a@msp.example', 'b@msp.example']);
    await workspace.take();
    await inWorkspace((tx) => tx.query(`delete from recipients where address = 'a@msp.example'`));
    await inWorkspace((tx) => changed(tx, workspace.workspaceId));
    post = await openPost(workspace);
    await post.quiet();
    expect(await mails()).toMatchObject([
      { target: 'a@msp.example', state: 'skipped', reason: 'recipientRemoved' },
      { target: 'b@msp.example', state: 'delivered' },
    ]);
  });

  it('is held while the servers refuse the login, and goes out by itself when the settings work again', async () => {
    await setUpMail(workspace, ['a@msp.example']);
    post = await openPost(workspace);
    post.mailer.answer = () =>
      refused({ about: 'server', isFinal: true, reason: 'auth', text: 'Wrong password.' });
    await workspace.take();
    await post.quiet();
    await workspace.take();
    await post.quiet();
    expect(post.mailer.sent).toHaveLength(1);
    expect((await mails()).map(({ state, reason }) => [state, reason])).toContainEqual([
      'held',
      'credentials',
    ]);
    post.mailer.answer = () => taken;
    await inWorkspace((tx) => tx.query('update mail_settings set attention = null'));
    await inWorkspace((tx) => changed(tx, workspace.workspaceId));
    post.drain.renew({ ...post.drain.channel.transport, revision: 'r2' });
    const states = async () => {
      await post.quiet();
      return (await mails()).map(({ state }) => state);
    };
    await expect.poll(states, { timeout: 5_000 }).toEqual(['delivered', 'delivered']);
  });
});

describe('one of three addresses (K-2)', () => {
  it('that is refused fails alone, with the text; the others get their mail once', async () => {
    await setUpMail(workspace, ['a@msp.example', 'gone@msp.example', 'c@msp.example']);
    post = await openPost(workspace);
    post.mailer.answer = ({ to }): MailOutcome =>
      to.startsWith('gone') ? refused({ isFinal: true, code: 550, text: '550 5.1.1 no such user' }) : taken;
    await workspace.take();
    await post.quiet();
    await post.quiet();
    expect(await statesOf()).toEqual({
      'a@msp.example': 'delivered',
      'gone@msp.example': 'failed',
      'c@msp.example': 'delivered',
    });
    expect((await mails()).find(({ state }) => state === 'failed')).toMatchObject({
      reason: 'refused',
      problem: '550 5.1.1 no such user',
    });
    expect(post.mailer.sent).toHaveLength(3);
  });

  it('is stopped after five refusals in a row, and what comes then waits for a person', async () => {
    await setUpMail(workspace, ['gone@msp.example']);
    post = await openPost(workspace);
    post.mailer.answer = () => refused({ isFinal: true, text: '550 no such user' });
    for (let i = 0; i < 5; i++) {
      await workspace.take();
      await post.quiet();
    }
    await workspace.take();
    await post.quiet();
    expect(post.mailer.sent).toHaveLength(5);
    expect((await mails()).at(-1)).toMatchObject({ state: 'failed', reason: 'addressStopped' });
    const [box] = await workspace.rows('select refusals, stopped_at, refusal from mailboxes');
    expect(box).toMatchObject({ refusals: 5, stopped_at: expect.any(Date), refusal: '550 no such user' });
  });
});

describe('a mail that is deferred (K-1)', () => {
  it('is sent again as it was, with the same Message-ID, and delivered once', async () => {
    await setUpMail(workspace, ['a@msp.example']);
    post = await openPost(workspace, { settleMs: 2_000 });
    let tries = 0;
    post.mailer.answer = () => (++tries < 3 ? refused({}) : taken);
    await workspace.take();
    post.drain.wake();
    await expect.poll(() => statesOf(), { timeout: 10_000 }).toEqual({ 'a@msp.example': 'delivered' });
    expect(new Set(post.mailer.sent.map(({ message }) => message.toString()))).toHaveLength(1);
    const attempts = await workspace.rows('select attempt_state from attempts order by n');
    expect(attempts.map(({ attempt_state }) => attempt_state)).toEqual(['refused', 'refused', 'confirmed']);
    expect(await workspace.rows('select 1 from mail_retries')).toEqual([]);
  });

  it('leaves other addresses alone, and its own next mails wait and go together', async () => {
    await setUpMail(workspace, ['slow@msp.example', 'b@msp.example']);
    post = await openPost(workspace);
    post.mailer.answer = ({ to }) => (to.startsWith('slow') ? refused({}) : taken);
    await workspace.take();
    await post.quiet();
    await workspace.take();
    await workspace.take();
    await post.quiet();
    expect(post.mailer.sent.filter(({ to }) => to.startsWith('slow'))).toHaveLength(1);
    expect((await mails()).filter(({ target }) => target.startsWith('b')).map(({ state }) => state)).toEqual([
      'delivered',
      'delivered',
      'delivered',
    ]);
  });

  it('and is not wanted any more is not sent again', async () => {
    await setUpMail(workspace, ['a@msp.example']);
    post = await openPost(workspace, { settleMs: 2_000 });
    post.mailer.answer = () => refused({});
    await workspace.take();
    await post.quiet();
    await inWorkspace((tx) => tx.query('delete from recipients'));
    await inWorkspace((tx) => changed(tx, workspace.workspaceId));
    const before = post.mailer.sent.length;
    await expect.poll(() => statesOf(), { timeout: 10_000 }).toEqual({ 'a@msp.example': 'skipped' });
    expect(post.mailer.sent.length - before).toBeLessThanOrEqual(1);
    expect(await workspace.rows('select 1 from mail_retries')).toEqual([]);
  });
});

describe('a mail that is lost after its last byte (K-4)', () => {
  const lost: MailOutcome = { kind: 'uncertain', evidence: 'The line broke.' };

  it('is sent once more with the same Message-ID, and flagged', async () => {
    await setUpMail(workspace, ['a@msp.example']);
    post = await openPost(workspace, { settleMs: 2_000 });
    let tries = 0;
    post.mailer.answer = () => (++tries === 1 ? lost : taken);
    await workspace.take();
    post.drain.wake();
    await expect.poll(() => statesOf(), { timeout: 10_000 }).toEqual({ 'a@msp.example': 'delivered' });
    const ids = await Promise.all(
      post.mailer.sent.map(async ({ message }) => (await simpleParser(message)).messageId),
    );
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
    expect((await mails())[0].problem).toContain('possible duplicate');
  });

  it('again and again is sent twice, then a person decides', async () => {
    await setUpMail(workspace, ['a@msp.example']);
    post = await openPost(workspace, { settleMs: 2_000 });
    post.mailer.answer = () => lost;
    await workspace.take();
    post.drain.wake();
    await expect.poll(() => statesOf(), { timeout: 10_000 }).toEqual({ 'a@msp.example': 'failed' });
    expect(post.mailer.sent).toHaveLength(2);
    expect((await mails())[0]).toMatchObject({ reason: 'unclear' });
  });

  it('because its worker ended is taken over by the next one', async () => {
    await setUpMail(workspace, ['a@msp.example']);
    const dead = scriptedMailer();
    dead.answer = () => new Promise(() => undefined);
    const first = await openPost(workspace, { mailer: dead, settleMs: 2_000 });
    await workspace.take();
    first.drain.wake();
    await expect.poll(() => dead.sent.length).toBe(1);
    post = await openPost(workspace, { settleMs: 2_000 });
    post.drain.sweep();
    await expect.poll(() => statesOf(), { timeout: 10_000 }).toEqual({ 'a@msp.example': 'delivered' });
    const [one, two] = [dead.sent[0], post.mailer.sent[0]];
    expect(two?.message.equals(one?.message as Buffer)).toBe(true);
    await first.stop();
  });
});

describe('what is known late or decided meanwhile', () => {
  it('that a server took a mail counts although its worker has lost the lease: no copy is sent', async () => {
    await setUpMail(workspace, ['a@msp.example']);
    const slow = scriptedMailer();
    let answer: (outcome: MailOutcome) => void = () => undefined;
    slow.answer = () => new Promise((resolve) => (answer = resolve));
    const first = await openPost(workspace, { mailer: slow });
    await workspace.take();
    first.drain.wake();
    await expect.poll(() => slow.sent.length).toBe(1);
    post = await openPost(workspace);
    await post.quiet();
    expect(await statesOf()).toEqual({ 'a@msp.example': 'uncertain' });
    answer(taken);
    await expect.poll(() => statesOf()).toEqual({ 'a@msp.example': 'delivered' });
    expect(await workspace.rows('select 1 from mail_retries')).toEqual([]);
    expect(post.mailer.sent).toEqual([]);
    await first.stop();
  });

  it('what a person discards while it waits to be sent again is not sent again', async () => {
    await setUpMail(workspace, ['a@msp.example']);
    post = await openPost(workspace, { settleMs: 2_000 });
    post.mailer.answer = () => refused({});
    await workspace.take();
    post.drain.wake();
    await expect.poll(() => post.mailer.sent.length).toBe(1);
    await inWorkspace((tx) =>
      tx.query(`update deliveries set delivery_state = 'skipped' where target <> ''`),
    );
    await expect.poll(async () => (await workspace.rows('select 1 from mail_retries')).length).toBe(0);
    expect(post.mailer.sent.length).toBeLessThanOrEqual(2);
  });

  it('rounds do not follow each other while no mail may leave', async () => {
    await setUpMail(workspace, ['a@msp.example', 'b@msp.example']);
    post = await openPost(workspace, { settleMs: 2_000 });
    post.mailer.answer = () =>
      refused({ about: 'server', isFinal: true, reason: 'auth', text: 'Wrong password.' });
    await workspace.take();
    await post.quiet();
    await sleep(100);
    const before = post.rounds();
    await sleep(400);
    expect(post.rounds() - before).toBeLessThanOrEqual(2);
  });
});

describe('a storm (K-11)', () => {
  it('of 1,000 alerts is a handful of mails to each address, and nothing is missing', async () => {
    await setUpMail(workspace, ['a@msp.example', 'b@msp.example']);
    const ids: string[] = [];
    for (let i = 0; i < 1_000; i++) ids.push((await workspace.take({ title: `Storm ${i}` })).id);
    post = await openPost(workspace);
    await post.quiet();
    for (const address of ['a@msp.example', 'b@msp.example']) {
      const own = post.mailer.sent.filter(({ to }) => to === address);
      expect(own.length).toBeLessThanOrEqual(5);
      const text = (
        await Promise.all(own.map(async ({ message }) => (await simpleParser(message)).text))
      ).join('\n');
      const missing = ids.filter((_, i) => !new RegExp(`Storm ${i}\\b`).test(text));
      expect(missing).toEqual([]);
    }
    expect(new Set((await mails()).map(({ state }) => state))).toEqual(new Set(['delivered']));
  }, 60_000);

  it('stays within the set rate', async () => {
    const addresses = Array.from({ length: 30 }, (_, i) => `r${i}@msp.example`);
    await setUpMail(workspace, addresses);
    post = await openPost(workspace, { perMinute: 10 });
    await workspace.take();
    await post.quiet();
    expect(post.mailer.sent).toHaveLength(10);
  });
});

describe('the way out (promises P4)', () => {
  it('mails a critical alert that its PSA does not take to the global recipients, once, and says why', async () => {
    await setUpMail(workspace, ['oncall@msp.example']);
    post = await openPost(workspace);
    const { id } = await workspace.take({ severity: 'critical', title: 'Ransomware' });
    await post.quiet();
    await inWorkspace((tx) =>
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
    expect((await mails()).map(({ revision, state }) => [revision, state])).toEqual([
      [1, 'delivered'],
      [0, 'delivered'],
    ]);
  });
});
