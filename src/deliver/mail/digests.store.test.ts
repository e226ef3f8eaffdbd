/** Many alerts at once: a few mails to each address, and what becomes of a digest that may not have arrived. */
import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { addRecipient, passTime, taken } from '../../../test/support/mail.ts';
import {
  lostMail,
  type MailCase,
  openMailCase,
  readMails,
  refusedMail,
} from '../../../test/support/mailCase.ts';
import type { MailOutcome } from '../../smtp/index.ts';
import { enterMailboxes, makeMailboxes } from './mailboxes.ts';

describe('a storm (K-11)', () => {
  it('of 1,000 alerts is a handful of mails to each address, and nothing is missing', async () => {
    const w = await openMailCase(['a@msp.example', 'b@msp.example']);
    const ids: string[] = [];
    for (let i = 0; i < 1_000; i++) ids.push((await w.take({ title: `Storm ${i}` })).id);
    const post = await w.open();
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
    expect(new Set((await w.mails()).map(({ state }) => state))).toEqual(new Set(['delivered']));
  }, 60_000);

  it('is told to many in several rounds, so that no round holds all of it', async () => {
    const addresses = Array.from({ length: 8 }, (_, i) => `r${i}@msp.example`);
    const w = await openMailCase(addresses);
    for (let i = 0; i < 1_000; i++) await w.take({ title: `Storm ${i}` });
    // As after hours without a server: everything waits in its mailbox.
    await w.inWorkspace(async (tx) => {
      await makeMailboxes(tx, w.workspaceId, 8_000);
      await enterMailboxes(tx, w.workspaceId, 8_000);
    });
    const post = await w.open();
    await post.quiet();
    expect(post.mailer.sent).toHaveLength(8);
    const rounds = await w.rows(
      'select count(*)::int as mails from attempts group by started_at order by started_at',
    );
    expect(rounds).toEqual([{ mails: 5 }, { mails: 3 }]);
    expect(new Set((await w.mails()).map(({ state }) => state))).toEqual(new Set(['delivered']));
  }, 60_000);

  it('stays within the set rate', async () => {
    const addresses = Array.from({ length: 30 }, (_, i) => `r${i}@msp.example`);
    const w = await openMailCase(addresses);
    const post = await w.open({ perMinute: 10 });
    await w.take();
    await post.quiet();
    expect(post.mailer.sent).toHaveLength(10);
  });
});

describe('why one gets a digest', () => {
  const address = 'a@msp.example';

  /** More alerts than are mailed singly, of these organizations in turn; answers the text of the digest. */
  async function digestOf(names: readonly string[], listedBy: readonly string[], isGlobal = false) {
    const w = await openMailCase(isGlobal ? [address] : []);
    for (const name of names) {
      const organizationId = await w.insertOrganization(name);
      if (listedBy.includes(name))
        await w.inWorkspace((tx) => addRecipient(tx, w.workspaceId, { address, organizationId }));
    }
    for (let i = 0; i < 8; i++)
      await w.take({ organization: { externalId: names[i % names.length] as string } });
    const post = await w.open();
    await post.quiet();
    expect(post.mailer.sent).toHaveLength(1);
    return (await readMails(post.mailer.sent))[0]?.text ?? '';
  }

  it('is one organization, several of them, or the global list', async () => {
    const one = await digestOf(['Northwind'], ['Northwind']);
    expect(one).toContain('a recipient of Northwind in Herald.');
    expect(one).toMatch(/Who gets which mails: \S+\/organizations\/[-0-9a-f]{36}\?tab=settings/);
    const several = await digestOf(['Northwind', 'Contoso'], ['Northwind', 'Contoso']);
    expect(several).toContain('a recipient of 2 organizations in Herald.');
    expect(several).toMatch(/Who gets which mails: \S+\/settings\/psa/);
    const both = await digestOf(['Northwind', 'Contoso'], ['Northwind'], true);
    expect(both).toContain('a global recipient in Herald.');
  });
});

describe('a digest that is lost after its last byte (K-4)', () => {
  const titles = ['One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight'];
  const minute = 60_000;
  const address = 'a@msp.example';

  /** More at once than an address takes singly; what its mails come to is `outcomes`, one after the other, then taken. */
  async function lose(outcomes: MailOutcome[], members: (i: number) => object = () => ({})) {
    const w = await openMailCase([address]);
    for (const [i, title] of titles.entries()) await w.take({ title, ...members(i) });
    const post = await w.open();
    post.mailer.answer = () => outcomes.shift() ?? taken;
    await post.quiet();
    return { w, post };
  }

  /** Far beyond anything that could send it once more. */
  async function longAfter(w: MailCase, post: Awaited<ReturnType<typeof lose>>['post']) {
    for (const minutes of [10, 4 * 24 * 60]) {
      await passTime(w, minutes * minute);
      await post.quiet();
    }
  }

  const fates = async (w: MailCase) =>
    (await w.mails()).map(({ state, reason, problem }) => ({ state, reason, problem }));

  it('waits as a whole to be sent once more, and says so of each alert', async () => {
    const { w, post } = await lose([lostMail]);
    expect(post.mailer.sent).toHaveLength(1);
    const problem = expect.stringContaining('sent once more, with the same Message-ID');
    expect(await fates(w)).toEqual(titles.map(() => ({ state: 'uncertain', reason: null, problem })));
    await passTime(w, 4 * minute);
    await post.quiet();
    expect(post.mailer.sent).toHaveLength(1);
  });

  it('is sent once more as it was; all is delivered, and each says once that it may be there twice', async () => {
    const { w, post } = await lose([lostMail]);
    await longAfter(w, post);
    const [one, two, ...more] = post.mailer.sent;
    expect(more).toEqual([]);
    expect(two?.message.equals(one?.message as Buffer)).toBe(true);
    const [read] = await readMails(post.mailer.sent);
    for (const title of titles) expect(read?.text).toContain(title);
    expect(read?.messageId).toBeTruthy();
    const mails = await fates(w);
    expect(mails.map(({ state }) => state)).toEqual(titles.map(() => 'delivered'));
    for (const { problem } of mails) expect(problem?.match(/possible duplicate/g)).toHaveLength(1);
    expect(await w.rows('select 1 from mail_retries')).toEqual([]);
  });

  it('twice is sent no third time: each of its alerts waits for a person', async () => {
    const { w, post } = await lose([lostMail, lostMail]);
    await longAfter(w, post);
    expect(post.mailer.sent).toHaveLength(2);
    const problem = expect.stringContaining('sent 2 times without an answer');
    expect(await fates(w)).toEqual(titles.map(() => ({ state: 'failed', reason: 'unclear', problem })));
  });

  it('or not taken for now is not in the way of others once an alert of it was discarded and removed', async () => {
    const { w, post } = await lose([refusedMail()]);
    const [one] = await w.mails();
    await w.rows(`update deliveries set delivery_state = 'skipped' where id = ${one?.id}`);
    await w.rows(`delete from deliveries where id = ${one?.id}`);
    await longAfter(w, post);
    expect((await fates(w)).map(({ state }) => state)).toEqual(Array(7).fill('delivered'));
    const [, second] = await readMails(post.mailer.sent);
    expect(second?.text).toContain('Eight');
    expect(second?.text).not.toMatch(/\bOne\b/);
  });

  it('leaves what comes meanwhile to a mail of its own', async () => {
    const { w, post } = await lose([lostMail]);
    await w.take({ title: 'Nine' });
    await longAfter(w, post);
    const ids = (await readMails(post.mailer.sent)).map(({ messageId }) => messageId);
    expect([ids.length, new Set(ids).size]).toEqual([3, 2]);
    const nine = (await fates(w)).at(-1);
    expect(nine).toMatchObject({ state: 'delivered', problem: '' });
    const [third] = await readMails(
      post.mailer.sent.filter((_, i) => ids.indexOf(ids[i]) === ids.lastIndexOf(ids[i])),
    );
    expect(third?.text).toContain('Nine');
    expect(third?.text).not.toContain('Eight');
  });

  it('is not sent again when an alert of it may not go any more: the others wait for a person, none is lost', async () => {
    const { w, post } = await lose([lostMail], (i) =>
      i < 3 ? { organization: { externalId: 'northwind' } } : {},
    );
    const id = await w.insertOrganization('northwind');
    await w.change((tx) =>
      tx.query(
        `update alerts set organization_id = $1 where body -> 'organization' ->> 'externalId' = 'northwind'`,
        [id],
      ),
    );
    await w.change((tx) => tx.query('update organizations set delivery_email = false where id = $1', [id]));
    await longAfter(w, post);
    expect(post.mailer.sent).toHaveLength(1);
    const mails = await fates(w);
    for (const mail of mails.slice(0, 3)) {
      const problem = expect.stringContaining('may have arrived');
      expect(mail).toEqual({ state: 'skipped', reason: 'emailOff', problem });
    }
    for (const mail of mails.slice(3)) {
      const problem = expect.stringContaining('may have arrived');
      expect(mail).toEqual({ state: 'failed', reason: 'unclear', problem });
    }
    expect(await w.rows('select 1 from mail_retries')).toEqual([]);
  });
});
