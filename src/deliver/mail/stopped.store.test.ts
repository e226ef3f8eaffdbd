/** Addresses that refuse mail for good: one mail fails alone, and after five no more goes there. */
import { describe, expect, it } from 'vitest';
import { passTime, taken } from '../../../test/support/mail.ts';
import { type MailCase, openMailCase, readMails, refusedMail } from '../../../test/support/mailCase.ts';
import { allowAddress } from '../../email/recipientStore.ts';
import type { MailOutcome } from '../../smtp/index.ts';

describe('one of three addresses (K-2)', () => {
  it('that is refused fails alone, with the text; the others get their mail once', async () => {
    const w = await openMailCase(['a@msp.example', 'gone@msp.example', 'c@msp.example']);
    const post = await w.open();
    post.mailer.answer = ({ to }): MailOutcome =>
      to.startsWith('gone')
        ? refusedMail({ isFinal: true, code: 550, text: '550 5.1.1 no such user' })
        : taken;
    await w.take();
    await post.quiet();
    await post.quiet();
    expect(await w.statesOf()).toEqual({
      'a@msp.example': 'delivered',
      'gone@msp.example': 'failed',
      'c@msp.example': 'delivered',
    });
    expect((await w.mails()).find(({ state }) => state === 'failed')).toMatchObject({
      reason: 'refused',
      problem: '550 5.1.1 no such user',
    });
    expect(post.mailer.sent).toHaveLength(3);
  });

  it('is stopped after five refusals in a row, and what comes then waits for a person', async () => {
    const w = await openMailCase(['gone@msp.example']);
    const post = await w.open();
    post.mailer.answer = () => refusedMail({ isFinal: true, text: '550 no such user' });
    for (let i = 0; i < 5; i++) {
      await w.take();
      await post.quiet();
    }
    await w.take();
    await post.quiet();
    expect(post.mailer.sent).toHaveLength(5);
    expect((await w.mails()).at(-1)).toMatchObject({ state: 'failed', reason: 'addressStopped' });
    const [box] = await w.rows('select refusals, stopped_at, refusal from mailboxes');
    expect(box).toMatchObject({ refusals: 5, stopped_at: expect.any(Date), refusal: '550 no such user' });
  });
});

describe('refusals in a row', () => {
  it('end with a mail that was taken, also when both answers are settled together', async () => {
    const w = await openMailCase(['a@msp.example', 'some@msp.example']);
    const post = await w.open();
    await w.take();
    await post.quiet();
    await w.rows(`update mailboxes set refusals = 4, refusal = '550 full' where address like 'some%'`);
    const refused = refusedMail({ isFinal: true, text: '550 full' });
    const asked: { to: string; answer(outcome: MailOutcome): void }[] = [];
    post.mailer.answer = ({ to }) =>
      new Promise((answer) => {
        asked.push({ to, answer });
        if (asked.length < 4) return;
        // The first answer begins a round; those that come meanwhile are settled by the next one.
        asked.sort((one, other) => one.to.localeCompare(other.to));
        for (const [i, outcome] of [taken, taken, taken, refused].entries()) asked[i]?.answer(outcome);
      });
    await w.take();
    await w.take();
    await post.quiet();
    const [box] = await w.rows(
      `select refusals, refusal, stopped_at from mailboxes where address like 'some%'`,
    );
    expect(box).toEqual({ refusals: 1, refusal: '550 full', stopped_at: null });
  });
});

describe('stopped addresses', () => {
  const words = 'it was refused again and again. 550 no such user';
  const gone = (count: number) => Array.from({ length: count }, (_, i) => `gone${i}@msp.example`);

  /** As five refusals in a row leave an address. */
  const stop = (w: MailCase) =>
    w.rows(
      `update mailboxes set stopped_at = now(), refusals = 5, refusal = '550 no such user' where address like 'gone%'`,
    );

  /** One alert comes to this at each address; then they are stopped, and another worker begins, with the least room. */
  async function stopAll(w: MailCase, outcome: () => MailOutcome) {
    const first = await w.open();
    first.mailer.answer = outcome;
    await w.take();
    await first.quiet();
    await stop(w);
  }

  const goneOf = async (w: MailCase) => (await w.mails()).filter(({ target }) => target.startsWith('gone'));

  it('take no places of mails that are due again, and those to them fail with words', async () => {
    // More than one round has room for, all due before the one that can go.
    const w = await openMailCase([...gone(60), 'z@msp.example']);
    await stopAll(w, () => refusedMail());
    await w.rows(
      `update mail_retries r set due_at = r.due_at - interval '1 minute' from writes w join mailboxes m on m.id = w.group_id
        where w.id = r.write_id and m.address like 'gone%'`,
    );
    const post = await w.open();
    await passTime(w, 10 * 60_000);
    await post.quiet();
    expect(post.mailer.sent.map(({ to }) => to)).toEqual(['z@msp.example']);
    const stopped = await goneOf(w);
    expect(stopped).toHaveLength(60);
    for (const { state, reason, problem, target } of stopped)
      expect({ state, reason, problem }).toEqual({
        state: 'failed',
        reason: 'addressStopped',
        problem: `No mail goes to ${target} any more: ${words}`,
      });
    expect(await w.rows('select 1 from mail_retries')).toEqual([]);
  });

  it('take no places of mails that go for the first time', async () => {
    const w = await openMailCase([...gone(60), 'z@msp.example']);
    await stopAll(w, () => taken);
    // More than is looked at singly, so that a stopped address is looked at again as well.
    for (let i = 0; i < 7; i++) await w.take({ severity: i === 0 ? 'critical' : 'low' });
    const post = await w.open();
    await post.quiet();
    expect(new Set(post.mailer.sent.map(({ to }) => to))).toEqual(new Set(['z@msp.example']));
    expect(
      (await w.mails()).filter(({ target, state }) => target[0] === 'z' && state === 'delivered'),
    ).toHaveLength(8);
    const stopped = (await goneOf(w)).filter(({ reason }) => reason === 'addressStopped');
    expect(stopped).toHaveLength(420);
    expect(post.rounds()).toBeLessThan(20);
  });

  it('that have used up their ration do not keep their mails waiting for it', async () => {
    const w = await openMailCase(['gone@msp.example']);
    const post = await w.open();
    for (let i = 0; i < 5; i++) {
      await w.take();
      await post.quiet();
    }
    expect(post.mailer.sent).toHaveLength(5);
    await w.take();
    await post.quiet();
    expect((await w.mails()).at(-1)).toMatchObject({ state: 'pending' });
    await stop(w);
    await post.quiet();
    expect((await w.mails()).at(-1)).toMatchObject({ state: 'failed', reason: 'addressStopped' });
  });

  it('that are taken back get what comes then, and what had failed when a person retries it', async () => {
    const w = await openMailCase(['gone@msp.example']);
    const post = await w.open();
    await w.take({ title: 'Before' });
    await post.quiet();
    await stop(w);
    await w.take({ title: 'Failed' });
    await post.quiet();
    await w.inWorkspace((tx) => allowAddress(tx, w.workspaceId, 'Gone@msp.example'));
    await w.take({ title: 'After' });
    await post.quiet();
    expect((await w.mails()).map(({ state }) => state)).toEqual(['delivered', 'failed', 'delivered']);
    await w.retry();
    await post.quiet();
    expect((await w.mails()).map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered']);
    const subjects = (await readMails(post.mailer.sent)).map(({ subject }) => subject);
    expect(subjects).toEqual(['[high] Before', '[high] After', '[high] Failed']);
  });

  it('that are taken back begin anew: a single refusal does not stop them again', async () => {
    const w = await openMailCase(['gone@msp.example']);
    const post = await w.open();
    await w.take();
    await post.quiet();
    await stop(w);
    await w.inWorkspace((tx) => allowAddress(tx, w.workspaceId, 'gone@msp.example'));
    post.mailer.answer = () => refusedMail({ isFinal: true, text: '550 no such user' });
    await w.take();
    await post.quiet();
    const [box] = await w.rows('select refusals, stopped_at from mailboxes');
    expect(box).toEqual({ refusals: 1, stopped_at: null });
  });
});
