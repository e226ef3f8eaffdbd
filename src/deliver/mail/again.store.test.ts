/** Mails that are sent again: deferred ones, and those of which nobody knows. */
import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { passTime, scriptedMailer, taken } from '../../../test/support/mail.ts';
import { lostMail, type MailCase, openMailCase, refusedMail } from '../../../test/support/mailCase.ts';
import type { MailOutcome } from '../../smtp/index.ts';

describe('a mail that is deferred (K-1)', () => {
  it('is sent again as it was, with the same Message-ID, and delivered once', async () => {
    const w = await openMailCase(['a@msp.example']);
    const post = await w.open({ settleMs: 2_000 });
    let tries = 0;
    post.mailer.answer = () => (++tries < 3 ? refusedMail() : taken);
    await w.take();
    post.drain.wake();
    await expect.poll(() => w.statesOf(), { timeout: 10_000 }).toEqual({ 'a@msp.example': 'delivered' });
    expect(new Set(post.mailer.sent.map(({ message }) => message.toString()))).toHaveLength(1);
    const attempts = await w.rows('select attempt_state from attempts order by n');
    expect(attempts.map(({ attempt_state }) => attempt_state)).toEqual(['refused', 'refused', 'confirmed']);
    expect(await w.rows('select 1 from mail_retries')).toEqual([]);
  });

  it('leaves other addresses alone, and its own next mails wait and go together', async () => {
    const w = await openMailCase(['slow@msp.example', 'b@msp.example']);
    const post = await w.open();
    post.mailer.answer = ({ to }) => (to.startsWith('slow') ? refusedMail() : taken);
    await w.take();
    await post.quiet();
    await w.take();
    await w.take();
    await post.quiet();
    expect(post.mailer.sent.filter(({ to }) => to.startsWith('slow'))).toHaveLength(1);
    expect(
      (await w.mails()).filter(({ target }) => target.startsWith('b')).map(({ state }) => state),
    ).toEqual(['delivered', 'delivered', 'delivered']);
  });

  it('and is not wanted any more is not sent again', async () => {
    const w = await openMailCase(['a@msp.example']);
    const post = await w.open({ settleMs: 2_000 });
    post.mailer.answer = () => refusedMail();
    await w.take();
    await post.quiet();
    await w.change((tx) => tx.query('delete from recipients'));
    const before = post.mailer.sent.length;
    await expect.poll(() => w.statesOf(), { timeout: 10_000 }).toEqual({ 'a@msp.example': 'skipped' });
    expect(post.mailer.sent.length - before).toBeLessThanOrEqual(1);
    expect(await w.rows('select 1 from mail_retries')).toEqual([]);
  });
});

describe('a mail that is lost after its last byte (K-4)', () => {
  it('is sent once more with the same Message-ID, and flagged', async () => {
    const w = await openMailCase(['a@msp.example']);
    const post = await w.open({ settleMs: 2_000 });
    let tries = 0;
    post.mailer.answer = () => (++tries === 1 ? lostMail : taken);
    await w.take();
    post.drain.wake();
    await expect.poll(() => w.statesOf(), { timeout: 10_000 }).toEqual({ 'a@msp.example': 'delivered' });
    const ids = await Promise.all(
      post.mailer.sent.map(async ({ message }) => (await simpleParser(message)).messageId),
    );
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
    expect((await w.mails())[0]?.problem).toContain('possible duplicate');
    // That the first one was not taken nobody knows.
    const attempts = await w.rows('select attempt_state from attempts order by n');
    expect(attempts.map(({ attempt_state }) => attempt_state)).toEqual(['givenUp', 'confirmed']);
  });

  it('again and again is sent twice, then a person decides', async () => {
    const w = await openMailCase(['a@msp.example']);
    const post = await w.open({ settleMs: 2_000 });
    post.mailer.answer = () => lostMail;
    await w.take();
    post.drain.wake();
    await expect.poll(() => w.statesOf(), { timeout: 10_000 }).toEqual({ 'a@msp.example': 'failed' });
    expect(post.mailer.sent).toHaveLength(2);
    expect((await w.mails())[0]).toMatchObject({ reason: 'unclear' });
  });

  it('because its worker ended is taken over by the next one', async () => {
    const w = await openMailCase(['a@msp.example']);
    const dead = scriptedMailer();
    dead.answer = () => new Promise(() => undefined);
    const first = await w.open({ mailer: dead, settleMs: 2_000 });
    await w.take();
    first.drain.wake();
    await expect.poll(() => dead.sent.length).toBe(1);
    const post = await w.open({ settleMs: 2_000 });
    post.drain.sweep();
    await expect.poll(() => w.statesOf(), { timeout: 10_000 }).toEqual({ 'a@msp.example': 'delivered' });
    const [one, two] = [dead.sent[0], post.mailer.sent[0]];
    expect(two?.message.equals(one?.message as Buffer)).toBe(true);
  });
});

describe('the 72 hours of a mail (promises P12)', () => {
  const hour = 3_600_000;
  const unreachable = refusedMail({
    about: 'server',
    reason: 'network',
    text: 'mx.example refuses connections.',
    retryAfterMs: 15 * 60_000,
  });

  /** One mail that no server could be reached for, and a way to let hours pass and see what the next tries come to. */
  async function openOne() {
    const w = await openMailCase(['a@msp.example']);
    const post = await w.open();
    let answers: MailOutcome[] = [];
    post.mailer.answer = () => answers.shift() ?? unreachable;
    const next = async (hours: number, ...outcomes: MailOutcome[]) => {
      answers = [...outcomes];
      const before = post.mailer.sent.length;
      await passTime(w, hours * hour);
      // The rest of the servers is over as well.
      post.drain.renew(post.drain.channel.transport);
      await post.quiet();
      expect(post.mailer.sent.length - before).toBe(outcomes.length);
      return lastOf(w);
    };
    await w.take();
    await post.quiet();
    expect(post.mailer.sent).toHaveLength(1);
    return { w, post, next };
  }

  const lastOf = async (w: MailCase) => {
    const [{ state, reason, problem, tries } = {}] = await w.mails();
    return { state, reason, problem, tries };
  };

  it('do not run while no server can be reached, and then count from the first try that one answered', async () => {
    const { next } = await openOne();
    for (const hours of [30, 60, 100])
      expect(await next(hours, unreachable)).toMatchObject({ state: 'pending', tries: 0 });
    expect(await next(1, refusedMail())).toMatchObject({ state: 'pending', tries: 1 });
    expect(await next(71, refusedMail())).toMatchObject({ state: 'pending', tries: 2 });
    expect(await next(2, refusedMail())).toMatchObject({
      state: 'failed',
      reason: 'refused',
      problem: 'Not taken for 72 hours. 450 4.2.0 later',
    });
  });

  it('do not stand still when servers are away in between', async () => {
    const { w, post, next } = await openOne();
    expect(await next(1, refusedMail())).toMatchObject({ state: 'pending', tries: 1 });
    expect(await next(80, unreachable)).toMatchObject({ state: 'pending', tries: 1 });
    expect(await next(1, refusedMail())).toMatchObject({ state: 'failed' });
    const sent = post.mailer.sent.length;
    await passTime(w, 100 * hour);
    await post.quiet();
    expect(post.mailer.sent).toHaveLength(sent);
  });

  it('are the same for a worker that takes over', async () => {
    const { w, next } = await openOne();
    expect(await next(100, refusedMail())).toMatchObject({ state: 'pending', tries: 1 });
    const second = await w.open();
    second.mailer.answer = () => refusedMail();
    await passTime(w, 71 * hour);
    await second.quiet();
    expect(await lastOf(w)).toMatchObject({ state: 'pending', tries: 2 });
    await passTime(w, 2 * hour);
    await second.quiet();
    expect(await lastOf(w)).toMatchObject({ state: 'failed' });
  });

  it('do not begin with a mail whose permit ran out', async () => {
    const { next } = await openOne();
    const late = refusedMail({ about: 'message', reason: 'permit', text: 'Its time was over.' });
    expect(await next(1, late, late, unreachable)).toMatchObject({ state: 'pending', tries: 0 });
    expect(await next(80, refusedMail())).toMatchObject({ state: 'pending', tries: 1 });
  });
});
