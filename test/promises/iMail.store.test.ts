/** Hostile texts and addresses on their way into mails and tickets (promises I-12 to I-14). */
import { simpleParser } from 'mailparser';
import { it } from 'vitest';
import { readAddress } from '../../src/email/validate.ts';
import { conclude } from '../harness/conclude.ts';
import { addRecipient } from '../support/mail.ts';
import { headerOf, judgeMails, openMailWorld } from '../support/mailWorld.ts';
import { openBoth } from '../support/ticketAndMail.ts';
import { countOf, mostTestMs, timeBar } from './counts.ts';
import { findings } from './findings.ts';

const names = (message: Buffer): string[] =>
  (message.toString('latin1').split('\r\n\r\n', 1)[0] ?? '')
    .split('\r\n')
    .filter((line) => !/^[ \t]/.test(line))
    .map((line) => line.split(':')[0]!.toLowerCase())
    .sort();

const injection = 'Bcc: evil@x.example';
const lineEnds = ['\r', '\n', '\r\n', '\t', '\u2028', '\u2029', '\u0085', '\v', '\f', '\r\n\r\n'];

it(
  'I-12: line ends in titles, names and addresses stay within their line',
  async () => {
    const found = findings();
    for (let run = 0; run < countOf('I-12'); run += 1) {
      const w = await openBoth();
      const plain = names((await w.both({ title: 'plain' })).message).join();
      for (const end of lineEnds) {
        const what = JSON.stringify(end);
        const text = `Odd${end}${injection}${end}sign-in`;
        const { ticket, message, mail } = await w.both({
          title: text,
          user: { name: text, email: `ana${end}@x.example` },
          organization: { externalId: text },
          device: { name: text },
        });
        found.check(
          !/[\p{Cc}\u2028\u2029]/u.test(ticket.title),
          `${what}: the ticket's title has another line`,
        );
        found.check(
          !/[\p{Cc}\u2028\u2029]/u.test(mail.subject ?? ''),
          `${what}: the subject has another line`,
        );
        found.check(/Odd.*sign-in/.test(mail.subject ?? ''), `${what}: the subject is ${mail.subject}`);
        found.check(names(message).join() === plain, `${what}: headers ${names(message)}`);
        found.check(headerOf(message, 'bcc') === undefined, `${what}: there is a Bcc`);
      }
      const asked = w.sink.commands.filter(
        (line) => line.startsWith('RCPT') && !line.includes('ann@msp.example'),
      );
      found.check(asked.length === 0, `the server was told: ${asked[0]}`);
      found.judge('I-12', judgeMails(await w.mails(), w.sink.accepted));
      await w.close();
    }
    conclude('I-12', found.all);
  },
  mostTestMs,
);

const noAddresses: readonly string[] = [
  '',
  'nobody',
  '@x.example',
  'a@',
  'a@x.example,b@x.example',
  'a@x.example;b@x.example',
  'a@x.example b@x.example',
  'a@x.example\r\nRCPT TO:<evil@x.example>',
  'a@x.example>\r\nRCPT TO:<evil@x.example',
  'a@x.example\nBcc: evil@x.example',
  '"a b"@x.example',
  '"a"@x.example',
  'a(comment)@x.example',
  'a@(comment)x.example',
  'Ann <a@x.example>',
  '<a@x.example>',
  'a@x.example\0',
  'a@x.example\u2028b@x.example',
  'a@[127.0.0.1]',
  'a%evil@x.example@y.example',
  'group: a@x.example, b@x.example;',
  `${'a'.repeat(300)}@x.example`,
  `a@${'x'.repeat(300)}.example`,
  `${'('.repeat(100_000)}${')'.repeat(100_000)}@x.example`,
  `a@${'x.'.repeat(100_000)}example`,
  `${'"'.repeat(200_000)}@x.example`,
];
const mostParseMs = 5;

it(
  'I-13: what is no single address is refused, and gets no mail even when it is stored',
  async () => {
    const found = findings();
    let slowestMs = 0;
    for (let run = 0; run < countOf('I-13'); run += 1) {
      for (const text of noAddresses) {
        const what = JSON.stringify(text.slice(0, 60));
        const from = performance.now();
        const read = readAddress('address', text);
        slowestMs = Math.max(slowestMs, performance.now() - from);
        found.check(!read.ok, `${what} was taken`);
        const shown = text
          .replace(/[\p{C}\u2028]+/gu, ' ')
          .slice(0, 20)
          .trim();
        const names = !read.ok && read.error.field === 'address' && read.error.message.includes(shown);
        found.check(names, `${what}: the message does not name it`);
      }
      const w = await openMailWorld({ recipients: ['ann@msp.example', 'ä@bücher.example'] });
      // Past the API, as an older release or a restored row would have it.
      const storable = noAddresses.filter(
        (text) => text !== '' && !text.includes('\0') && text.length < 1_000,
      );
      await w.db.inWorkspace(w.workspaceId, async (tx) => {
        for (const address of storable) await addRecipient(tx, w.workspaceId, { address });
      });
      await w.take();
      await w.post.quiet();
      const mails = await w.mails();
      const told = w.sink.commands.filter((line) => /^RCPT/i.test(line));
      found.check(told.join() === 'RCPT TO:<ann@msp.example>', `the server was told ${told}`);
      const failed = mails.filter(({ target }) => !target.endsWith('ann@msp.example'));
      found.check(
        failed.length === storable.length + 1 &&
          failed.every(({ state, problem }) => state === 'failed' && problem),
        `not parked: ${failed.filter(({ state }) => state !== 'failed').map(({ target, state }) => `${target} ${state}`)}`,
      );
      found.judge('I-13', judgeMails(mails, w.sink.accepted));
      await w.close();
    }
    found.check(slowestMs <= timeBar(mostParseMs), `an address took ${slowestMs.toFixed(1)} ms`);
    conclude('I-13', found.all, { most: { 'slowest address, ms': Math.ceil(slowestMs) } });
  },
  mostTestMs,
);

const canary = 'canary.example';
const scripts: readonly string[] = [
  `<script>fetch("https://${canary}")</script>`,
  `<img src=x onerror=fetch("https://${canary}")>`,
  `<svg onload=alert(1)><a xlink:href="https://${canary}">x</a></svg>`,
  `<a href="javascript:alert(1)">x</a>`,
  `[x](javascript:alert(1)) ![x](https://${canary}/x.png)`,
  `</textarea><script>alert(1)</script>`,
  `</td></tr></table><h1>Your password</h1><!--`,
  `<style>@import url(https://${canary});</style>`,
  `" style="background:url(https://${canary})" x="`,
  `' onmouseover='alert(1)`,
  `<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style>`,
  `<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">`,
  `<![CDATA[<script>]]>`,
  `&lt;script&gt;alert(1)&lt;/script&gt;`,
  `{{#each texts}}<b>{{{text}}}</b>`,
];

it(
  'I-14: hostile texts are escaped in the HTML of mails',
  async () => {
    const found = findings();
    for (let run = 0; run < countOf('I-14'); run += 1) {
      const w = await openMailWorld({ perMinute: 6_000 });
      const plain = shapeOf(await htmlWith('plain words'));
      for (const text of scripts) {
        const html = await htmlWith(text);
        found.check(shapeOf(html) === plain, `${text}: it has made elements or attributes`);
        const foreign = leadsTo(html).filter((to) => !/^https:\/\/(herald|edr)\.example\//.test(to));
        found.check(foreign.length === 0, `${text}: the mail leads to ${foreign[0]}`);
      }
      for (const url of [
        'javascript:alert(1)',
        'data:text/html,<script>',
        `//${canary}`,
        `https://x@${canary}`,
      ]) {
        const foreign = leadsTo(await htmlWith('link', url)).filter(
          (to) => !to.startsWith('https://herald.example/'),
        );
        found.check(foreign.length === 0, `${url} is linked as ${foreign[0]}`);
      }
      found.judge('I-14', judgeMails(await w.mails(), w.sink.accepted));
      await w.close();

      async function htmlWith(text: string, url = 'https://edr.example/alerts/1'): Promise<string> {
        await w.take({
          title: text,
          description: text,
          recommendedAction: text,
          url,
          user: { name: text, email: 'ana@northwind.example' },
          device: { name: text },
          rule: { kind: 'respond', name: text },
          events: [{ type: text, summary: text }],
        });
        await w.later(600_000);
        return String((await simpleParser(w.sink.accepted.at(-1)!, { skipImageLinks: true })).html);
      }
    }
    conclude('I-14', found.all);
  },
  mostTestMs,
);

/** Elements as a browser finds them: what is escaped is none. */
const elementsOf = (html: string): { name: string; attributes: string }[] =>
  [...html.matchAll(/<(\/?[a-z!][^\s>]*)((?:\s+[^\s=>"']+(?:="[^"]*")?)*)\s*\/?>/gi)].map(
    ([, name = '', attributes = '']) => ({ name, attributes }),
  );

/** Elements in order, with the names of their attributes. */
const shapeOf = (html: string): string =>
  elementsOf(html)
    .map(({ name, attributes }) => `${name} ${attributes.replace(/="[^"]*"/g, '')}`)
    .join('\n');

/** Addresses in attributes by which something is loaded or opened. */
const leadsTo = (html: string): string[] =>
  elementsOf(html).flatMap(({ attributes }) => [
    ...[...attributes.matchAll(/\b(?:href|src|background|action)="([^"]*)"/gi)].map(([, to = '']) => to),
    ...[...attributes.matchAll(/url\(([^)]*)\)/gi)].map(([, to = '']) => to),
  ]);
