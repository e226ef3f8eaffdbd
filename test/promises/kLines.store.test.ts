/** Lines to a mail server that cannot be trusted, or that never come to an end (promises K-6 to K-8). */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { it } from 'vitest';
import { authority, tlsOptions } from '../../src/smtp/testing/scripted.ts';
import { conclude } from '../harness/conclude.ts';
import { spellingsOf } from '../harness/leaks.ts';
import { until } from '../harness/world.ts';
import { judgeMails, type MailWorld, openMailWorld, type Script } from '../support/mailWorld.ts';
import { countOf, mostTestMs, timeBar } from './counts.ts';
import { findings } from './findings.ts';

const signIn = { user: 'herald@msp.example', password: 'correct horse battery' };
const greeting = '250-mail.test\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 1000000';

interface TlsCase {
  what: string;
  script?: Script;
  cert?: string;
  host?: string;
  isFromStart?: boolean;
}

const tlsCases: readonly TlsCase[] = [
  { what: 'STARTTLS is missing', script: { EHLO: greeting, STARTTLS: '502 unknown command' } },
  {
    what: 'STARTTLS was stripped',
    script: { EHLO: '250-mail.test\r\n250-XXXXXXXX\r\n250 AUTH PLAIN LOGIN', STARTTLS: '500 what?' },
  },
  { what: 'STARTTLS is refused', script: { STARTTLS: '454 not now' } },
  { what: 'clear text follows STARTTLS', script: { STARTTLS: `220 go ahead\r\n${greeting}` } },
  { what: 'an expired certificate', cert: 'expired' },
  { what: 'a certificate that signed itself', cert: 'self-signed' },
  { what: 'a certificate for another name', cert: 'other-name' },
  { what: 'another host than the certificate says', cert: 'good', host: 'other.test' },
  { what: 'an expired certificate, TLS from the start', cert: 'expired', isFromStart: true },
  { what: 'a certificate for another name, TLS from the start', cert: 'other-name', isFromStart: true },
  { what: 'clear text where TLS is wanted from the start', script: { EHLO: greeting }, isFromStart: true },
];

it(
  'K-6: without TLS that can be trusted no mail leaves, let alone a password',
  async () => {
    const found = findings();
    for (let run = 0; run < countOf('K-6'); run += 1) for (const one of tlsCases) await openLine(one);
    await goodLine();
    conclude('K-6', found.all);

    async function openLine({ what, script = {}, cert, host = 'psa.test', isFromStart = false }: TlsCase) {
      const tls = cert === undefined ? undefined : tlsOptions(cert);
      const w = await openMailWorld({
        server: { host, security: isFromStart ? 'tls' : 'starttls', ...signIn },
        tls: tls && { tls, isTlsFromStart: isFromStart },
        ca: authority,
        limits: { setupMs: 500 },
      });
      w.sink.script(script);
      await w.take();
      await w.post.quiet();
      const [mail] = await w.mails();
      found.check(
        mail?.state === 'pending' && mail.attempts[0] === 'refused',
        `${what}: it is ${mail?.state}`,
      );
      found.check(w.sink.heard.length === 0, `${what}: a mail was sent`);
      const clear = [w.sink.clear(), ...w.sink.commands].join('\n');
      found.check(!/AUTH|MAIL FROM/i.test(clear), `${what}: more than a greeting was said in clear text`);
      const secrets = [
        ...spellingsOf(signIn.password),
        ...spellingsOf(`\0${signIn.user}\0${signIn.password}`),
      ];
      found.check(
        !secrets.some((secret) => clear.includes(secret)),
        `${what}: the password was said in clear text`,
      );
      await w.close();
    }

    /** The same settings with a server that can be trusted. */
    async function goodLine(): Promise<void> {
      const w = await openMailWorld({
        server: { host: 'psa.test', security: 'starttls', ...signIn },
        tls: { tls: tlsOptions('good') },
        ca: authority,
      });
      await w.take();
      await w.post.quiet();
      const [mail] = await w.mails();
      found.check(mail?.state === 'delivered', `with good TLS it is ${mail?.state}: ${mail?.problem}`);
      found.check(!/AUTH/.test(w.sink.clear()), 'with good TLS, AUTH was said before it');
      found.check(
        w.sink.commands.some((line) => line.startsWith('AUTH')),
        'with good TLS, nobody signed in',
      );
    }
  },
  mostTestMs,
);

it(
  'K-7: a refused password is tried twice at most, whatever waits',
  async () => {
    const found = findings();
    for (let run = 0; run < countOf('K-7'); run += 1) {
      const w = await openMailWorld({
        server: { host: 'psa.test', security: 'starttls', ...signIn },
        tls: { tls: tlsOptions('good') },
        ca: authority,
        recipients: ['ann@msp.example', 'bob@msp.example', 'cid@msp.example'],
      });
      w.sink.script({ AUTH: '535 5.7.8 authentication failed' });
      const tries = () => w.sink.commands.filter((line) => line.startsWith('AUTH')).length;
      const isStopped = async () =>
        (await w.rows('select attention from mail_settings'))[0].attention !== null;
      for (let alert = 0; alert < 5; alert += 1) {
        await w.take({ severity: 'critical' });
        await w.post.quiet();
      }
      await until('mail is stopped', async () => {
        w.post.drain.sweep();
        await w.post.quiet();
        return isStopped();
      });
      for (let turn = 0; turn < 5; turn += 1) {
        await w.take();
        await w.later(24 * 3_600_000);
      }
      found.check(tries() <= 2, `${tries()} tries`);
      const mails = await w.mails();
      const waiting = mails.filter(({ state }) => state === 'held' || state === 'pending');
      found.check(
        waiting.length === mails.length,
        `${mails.length - waiting.length} of ${mails.length} do not wait`,
      );
      found.check(w.sink.heard.length === 0, 'a mail was sent');
      found.judge('K-7', judgeMails(mails, w.sink.accepted));
      await w.close();
    }
    conclude('K-7', found.all);
  },
  mostTestMs,
);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** No rest of the server, so that each case is tried. */
const limits = {
  restMs: 0,
  setupMs: 200,
  commandMs: 200,
  blockMs: 200,
  answerMs: 300,
  totalMs: 800,
  slowMs: 100,
};
const mostGrowthMb = 10;
const endless = (chunk: (n: number) => string, everyMs: number): Script[keyof Script] => {
  return ({ socket }) => {
    let n = 0;
    const timer = setInterval(() => {
      // A server that does not care whether anybody reads.
      if (socket.writableLength < 8_000_000) socket.write(chunk(n));
      n += 1;
    }, everyMs);
    socket.on('close', () => clearInterval(timer));
    return undefined;
  };
};

const slowBanner = endless((n) => '220 mail.test ESMTP\r\n'[n] ?? 'x', 40);
const megabyteLine = endless(() => 'x'.repeat(1_000_000), 10);
const withoutEnd = endless(() => '250 ok, and then', 5);
const manyLines = endless(() => '250-more\r\n'.repeat(20_000), 10);
const moments = ['greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA', 'dot'] as const;
const words = { slowBanner, megabyteLine, withoutEnd, manyLines };
const names = Object.keys(words) as (keyof typeof words)[];

it(
  'K-8: slow, long and endless words of a server are cut off, and memory stays flat',
  async () => {
    const found = findings();
    let slowestMs = 0;
    let grownMb = 0;
    for (let run = 0; run < countOf('K-8'); run += 1) {
      const w = await openMailWorld({ limits, perMinute: 6_000 });
      await oneOf(w, 'greeting', 'slowBanner');
      const before = usedMb();
      for (const moment of moments) for (const name of names) await oneOf(w, moment, name);
      // The same with alerts: at another moment in each run.
      for (const [i, name] of names.entries()) {
        w.sink.hangUp();
        w.sink.script({ [moments[(run + i) % moments.length]!]: words[name] });
        await w.take({ title: name });
        await w.later(3_600_000);
      }
      grownMb = Math.max(grownMb, usedMb() - before);
      w.sink.script({});
      w.sink.hangUp();
      await until('all that waits is delivered or parked', async () => {
        await w.later(3_600_000);
        return (await w.mails()).every(({ state }) => state === 'delivered' || state === 'failed');
      });
      found.judge('K-8', judgeMails(await w.mails(), w.sink.accepted));
      const lost = (await w.mails()).filter(
        ({ state, reason }) => state === 'failed' && reason !== 'unclear',
      );
      found.check(lost.length === 0, `${lost.length} mails were given up: ${lost[0]?.problem}`);
      await w.close();
    }
    found.check(grownMb <= mostGrowthMb, `memory grew by ${grownMb} MB`);
    const mostMs = limits.totalMs + timeBar(500);
    found.check(
      slowestMs <= mostMs,
      `a mail took ${Math.round(slowestMs)} ms, its deadline is ${limits.totalMs}`,
    );
    conclude('K-8', found.all, {
      most: { 'memory grown, MB': grownMb, 'slowest, ms': Math.round(slowestMs) },
    });

    async function oneOf(w: MailWorld, moment: (typeof moments)[number], name: keyof typeof words) {
      const what = `${name} at ${moment}`;
      w.sink.hangUp();
      w.sink.script({ [moment]: words[name] });
      const from = performance.now();
      const outcome = await w.mailer.send(
        {
          from: 'herald@msp.example',
          to: 'ann@msp.example',
          message: Buffer.from('Subject: x\r\n\r\nx\r\n'),
        },
        () => true,
      );
      slowestMs = Math.max(slowestMs, performance.now() - from);
      // After the final dot nobody can know; before it, nothing was accepted.
      const wanted = moment === 'dot' ? 'uncertain' : 'refused';
      found.check(outcome.kind === wanted, `${what}: ${JSON.stringify(outcome)}`);
    }
  },
  mostTestMs,
);

/** Heap and buffers after a garbage collection, in megabytes. */
function usedMb(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return Math.round((heapUsed + external) / 1_000_000);
}
