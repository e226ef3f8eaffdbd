/** What goes over the line, and how much of it (promises K-9 to K-11). */
import { it } from 'vitest';
import { createMailRate } from '../../src/deliver/mail/index.ts';
import { type MailModel, messageOf } from '../../src/mail/index.ts';
import { conclude } from '../harness/conclude.ts';
import { changed } from '../support/mail.ts';
import { judgeMails, type MailWorld, openMailWorld } from '../support/mailWorld.ts';
import { countOf, mostTestMs } from './counts.ts';
import { findings } from './findings.ts';

/** A second mail that a careless server would find in the first one. */
const second =
  'MAIL FROM:<evil@x.example>\r\nRCPT TO:<victim@x.example>\r\nDATA\r\nSubject: evil\r\n\r\nevil';

const hostileTexts: readonly (readonly [string, string])[] = [
  ['dots', '.\n..\n...\n.hidden\n. \n\n.\n'],
  ['a lone LF . LF', `one\n.\n${second.replaceAll('\r\n', '\n')}\n.\ntwo`],
  ['bare CR', `one\r.\r${second.replaceAll('\r\n', '\r')}\r.\rtwo`],
  ['CRLF . CRLF', `one\r\n.\r\n${second}\r\n.\r\ntwo`],
  ['LF . CRLF', `one\n.\r\n${second}\n.\r\ntwo`],
  ['CR . CRLF', `one\r.\r\n${second}`],
  ['a line of 10,000 characters', `${'x'.repeat(10_000)}\n${'y '.repeat(5_000)}`],
  ['NUL', 'a\0b\0\r\n\0.\r\n'],
  ['a final dot at the end', 'the end\r\n.'],
];

it(
  'K-9: no text of an alert ends a mail or begins another',
  async () => {
    const found = findings();
    for (let run = 0; run < countOf('K-9'); run += 1) {
      const w = await openMailWorld({ perMinute: 6_000 });
      for (const [what, text] of hostileTexts) {
        await throughChannel(w, what, text);
        await throughMailer(w, what, text);
      }
      const evil = w.sink.commands.filter((line) => /evil|victim/.test(line));
      found.check(evil.length === 0, `the server was told: ${evil[0]}`);
      const verbs = new Set(w.sink.commands.map((line) => line.split(/[ :]/)[0]?.toUpperCase()));
      for (const verb of ['EHLO', 'MAIL', 'RCPT', 'DATA', 'RSET', 'QUIT']) verbs.delete(verb);
      found.check(verbs.size === 0, `the server was told: ${[...verbs]}`);
      found.judge('K-9', judgeMails(await w.mails(), w.sink.accepted));
      await w.close();
    }
    conclude('K-9', found.all);

    /** As texts of an alert: what arrives is byte by byte the mail that was frozen. */
    async function throughChannel(w: MailWorld, what: string, text: string): Promise<void> {
      const before = w.sink.accepted.length;
      // Intake has replaced NUL (promises I-7): no database holds it.
      const kept = text.replaceAll('\0', '\u2400');
      await w.take({ title: kept, description: kept, recommendedAction: kept, user: { name: kept } });
      await w.later(600_000);
      const arrived = w.sink.accepted.slice(before);
      found.check(arrived.length === 1, `${what}: ${arrived.length} messages arrived`);
      const [row] = await w.rows('select draft from writes order by id desc limit 1');
      const message = await asFrozen(row.draft);
      found.check(arrived[0]?.equals(message) === true, `${what}: not the mail that was frozen`);
      const raw = arrived[0]?.toString('latin1') ?? '';
      found.check(!/[^\r]\n|\r[^\n]|\0/.test(raw), `${what}: a bare line end, or a NUL`);
      found.check(Math.max(...raw.split('\r\n').map(({ length }) => length)) <= 998, `${what}: a long line`);
    }

    /** As a message: line ends become CRLF, and the rest stays as it is. */
    async function throughMailer(w: MailWorld, what: string, text: string): Promise<void> {
      const wanted = `Subject: x\r\n\r\n${text.replace(/\r\n|\r|\n/g, '\r\n')}`;
      const before = w.sink.heard.length;
      const mail = { from: 'herald@msp.example', to: 'ann@msp.example' };
      await w.mailer.send({ ...mail, message: Buffer.from(`Subject: x\r\n\r\n${text}`) }, () => true);
      const arrived = w.sink.heard.slice(before).map(String);
      // It is no mail of the channel.
      w.sink.accepted.splice(-arrived.length);
      found.check(arrived.length === 1, `${what}: ${arrived.length} messages arrived from the mailer`);
      found.check(
        arrived[0] === wanted || arrived[0] === `${wanted}\r\n`,
        `${what}: not the message that was sent`,
      );
    }
  },
  mostTestMs,
);

interface Frozen {
  to: string;
  draft: {
    title: string;
    model: MailModel;
    messageId: string;
    threadId: string;
    writtenAt: number;
  };
}

const asFrozen = ({ to, draft: { title, writtenAt, ...rest } }: Frozen): Promise<Buffer> =>
  messageOf({ ...rest, to, subject: title, from: 'herald@msp.example', date: new Date(writtenAt) });

/** More than any mail server's small limit, even when a mail shows only a part of it. */
const large = 'A long story with many words. '.repeat(20_000);
const events = Array.from({ length: 500 }, (_, n) => ({
  type: 'sign-in',
  summary: `${n} ${large.slice(0, 200)}`,
}));

it(
  'K-10: a mail that is too large for its server is cut, and not sent without end',
  async () => {
    const found = findings();
    for (let run = 0; run < countOf('K-10'); run += 1) {
      const w = await openMailWorld({ perMinute: 6_000 });
      const whole = await sizeOfWhole(w);
      const limit = Math.round(whole * 0.8);
      const greeting = `250-mail.test\r\n250-PIPELINING\r\n250 SIZE ${limit}`;
      const tooLarge = () =>
        (w.sink.heard.at(-1)?.length ?? 0) > limit ? '552 5.3.4 too large' : '250 taken';
      for (const [what, script] of [
        ['SIZE of EHLO', { EHLO: greeting }],
        ['552 after the content', { dot: tooLarge }],
      ] as const) {
        w.sink.hangUp();
        w.sink.script(script);
        const before = w.sink.accepted.length;
        const { state, attempts } = await take(w, what);
        const [message] = w.sink.accepted.slice(before);
        found.check(
          state === 'delivered' && attempts.length === 2,
          `${what}: ${state} after ${attempts.length} tries`,
        );
        found.check(message !== undefined && message.length <= limit, `${what}: ${message?.length} bytes`);
        found.check(/This mail is cut/.test(message?.toString() ?? ''), `${what}: it does not say so`);
      }
      for (const [what, script] of [
        ['a SIZE that no mail fits', { EHLO: '250-mail.test\r\n250 SIZE 500' }],
        ['552 to whatever comes', { dot: '552 5.3.4 too large' }],
        ['552 to MAIL FROM', { MAIL: '552 5.3.4 too large' }],
      ] as const) {
        w.sink.hangUp();
        w.sink.script(script);
        const { state, attempts, problem } = await take(w, what);
        const isParked =
          state === 'failed' && attempts.length === 2 && /too large|takes 500/.test(problem ?? '');
        found.check(isParked, `${what}: ${state} after ${attempts.length} tries: ${problem}`);
      }
      found.judge('K-10', judgeMails(await w.mails(), w.sink.accepted));
      await w.close();
    }
    conclude('K-10', found.all);

    /** An alert with everything, until nothing of it is due any more. */
    async function take(w: MailWorld, title: string) {
      await w.take({ title, description: large, recommendedAction: large, events });
      for (let turn = 0; turn < 5; turn += 1) await w.later(3_600_000);
      return (await w.mails()).at(-1)!;
    }

    async function sizeOfWhole(w: MailWorld): Promise<number> {
      const { state } = await take(w, 'whole');
      found.check(state === 'delivered', `without a limit it is ${state}`);
      return w.sink.accepted.at(-1)?.length ?? 0;
    }
  },
  mostTestMs,
);

const stormOf = 1_000;
const rate = 400;

it(
  'K-11: 1,000 mails in a storm keep the rate, become digests, and need few connections',
  async () => {
    const found = findings();
    let mostMails = 0;
    for (let run = 0; run < countOf('K-11'); run += 1) {
      await storm();
      await manyAddresses();
    }
    conclude('K-11', found.all, { most: { 'mails to an address of a storm': mostMails } });

    /** 1,000 alerts to two addresses. */
    async function storm(): Promise<void> {
      const w = await openMailWorld({ recipients: ['a@msp.example', 'b@msp.example'], perMinute: rate });
      const title = (n: number) => `Storm ${String(n).padStart(4, '0')}`;
      for (let n = 0; n < stormOf; n += 1) await w.take({ title: title(n) });
      await w.post.quiet();
      const mails = await w.mails();
      for (const target of ['a@msp.example', 'b@msp.example']) {
        const own = mails.filter((mail) => mail.target === target);
        const ids = new Set(own.map(({ messageId }) => messageId));
        mostMails = Math.max(mostMails, ids.size);
        found.check(ids.size <= 6, `${ids.size} mails to ${target}`);
        const said = [...new Map(own.map(({ messageId, text }) => [messageId, text])).values()].join('\n');
        const missing = Array.from({ length: stormOf }, (_, n) => title(n)).filter(
          (one) => !said.includes(one),
        );
        found.check(missing.length === 0, `${missing.length} alerts are in no mail to ${target}`);
        const left = own.filter(({ state }) => state !== 'delivered').length;
        found.check(left === 0, `${left} of ${target} are not delivered`);
      }
      found.judge('K-11', judgeMails(mails, w.sink.accepted));
      await w.close();
    }

    /** One alert to 1,000 addresses: no digest makes them fewer. */
    async function manyAddresses(): Promise<void> {
      const w = await openMailWorld({ recipients: [], perMinute: rate });
      await w.db.inWorkspace(w.workspaceId, async (tx) => {
        await tx.query(
          `insert into recipients (workspace_id, id, address)
           select $1, gen_random_uuid(), 'r' || n || '@msp.example' from generate_series(1, $2) n`,
          [w.workspaceId, stormOf],
        );
        await changed(tx, w.workspaceId);
      });
      await w.take();
      await w.post.quiet();
      found.check(
        w.sink.accepted.length === rate,
        `${w.sink.accepted.length} mails in a minute, the rate is ${rate}`,
      );
      w.post.drain.renew({ ...w.post.drain.channel.transport, rate: createMailRate(6_000) });
      await w.post.quiet();
      const mails = await w.mails();
      const left = mails.filter(({ state }) => state !== 'delivered').length;
      found.check(mails.length === stormOf && left === 0, `${left} of ${mails.length} are not delivered`);
      const opened = w.sink.connections();
      found.check(opened * 5 <= stormOf, `${opened} connections`);
      found.check(w.sink.mostOpen() <= 5, `${w.sink.mostOpen()} connections at once`);
      found.judge('K-11', judgeMails(mails, w.sink.accepted));
      await w.close();
    }
  },
  mostTestMs,
);
