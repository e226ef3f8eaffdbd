/** A mail server that defers, refuses or drops the line (promises K-1 to K-4), through journal and mailer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { it } from 'vitest';
import { conclude } from '../harness/conclude.ts';
import { until } from '../harness/world.ts';
import { headerOf, judgeMails, type MailWorld, openMailWorld, type Script } from '../support/mailWorld.ts';
import { countOf, mostTestMs, timeBar } from './counts.ts';
import { findings } from './findings.ts';

const minute = 60_000;
const later = '4.7.1 try again later';

it(
  'K-1: a mail that is deferred is tried on schedule, and is delivered once',
  async () => {
    const found = findings();
    for (let run = 0; run < countOf('K-1'); run += 1) {
      const w = await openMailWorld({ perMinute: 6_000 });
      for (const moment of ['MAIL', 'RCPT', 'DATA', 'dot'] as const)
        for (const code of [450, 451])
          await deferred(w, { [moment]: `${code} ${later}` }, `${code} at ${moment}`);
      for (const moment of ['RCPT', 'DATA'] as const)
        await deferred(w, { [moment]: `421 ${later}` }, `421 at ${moment}`);
      for (const moment of ['greeting', 'MAIL'] as const)
        for (const code of moment === 'greeting' ? [421, 450, 451] : [421])
          await leftAlone(w, { [moment]: `${code} ${later}` }, `${code} at ${moment}`);
      found.judge('K-1', judgeMails(await w.mails(), w.sink.accepted));
      for (const code of [450, 421]) await deferredForEver(w, code);
      await w.close();
    }
    conclude('K-1', found.all);

    /** Three tries, each when it is due. */
    async function deferred(w: MailWorld, script: Script, what: string): Promise<void> {
      w.sink.script(script);
      const before = w.sink.accepted.length;
      await w.take({ title: what });
      await w.post.quiet();
      for (const minutes of [1, 5]) await onSchedule(w, minutes, what);
      const [dueMs = 0] = await w.dueIn();
      w.sink.script({});
      await w.later(dueMs);
      const mail = await w.last();
      found.check(mail.state === 'delivered', `${what}: it is ${mail.state}`);
      found.check(mail.attempts.join() === 'refused,refused,refused,confirmed', `${what}: ${mail.attempts}`);
      found.check(
        w.sink.accepted.length === before + 1,
        `${what}: ${w.sink.accepted.length - before} arrived`,
      );
    }

    async function onSchedule(w: MailWorld, minutes: number, what: string): Promise<void> {
      const waits = await w.dueIn();
      const [dueMs = 0] = waits;
      found.check(waits.length === 1, `${what}: ${waits.length} mails wait`);
      const isDue = Math.abs(dueMs - minutes * minute) <= 0.1 * minutes * minute + timeBar(1_000);
      found.check(isDue, `${what}: tried again after ${Math.round(dueMs / 1_000)} s, not ${minutes} min`);
      // Not a moment before.
      const { attempts } = await w.last();
      await w.later(dueMs - 2 * timeBar(1_000));
      found.check((await w.last()).attempts.length === attempts.length, `${what}: it was tried too early`);
      await w.later(2 * timeBar(1_000));
      found.check(
        (await w.last()).attempts.length === attempts.length + 1,
        `${what}: it was not tried when due`,
      );
    }

    /** The server itself has no time: that is no mail's fault, so it goes as soon as the server can be used. */
    async function leftAlone(w: MailWorld, script: Script, what: string): Promise<void> {
      w.sink.script(script);
      // Single mails go out again, and a connection that is open greets no more.
      await w.later(10 * minute);
      await until('no connection is open', () => closeIdle(w));
      const before = w.sink.accepted.length;
      await w.take({ title: what });
      await w.post.quiet();
      const { state, attempts } = await w.last();
      found.check(state === 'pending' && attempts.includes('refused'), `${what}: it is ${state}`);
      w.sink.script({});
      const mail = await w.delivered();
      found.check(
        w.sink.accepted.length === before + 1,
        `${what}: ${w.sink.accepted.length - before} arrived`,
      );
      found.check(mail.attempts.at(-1) === 'confirmed', `${what}: ${mail.attempts}`);
    }

    async function deferredForEver(w: MailWorld, code: number): Promise<void> {
      await w.later(10 * minute);
      w.sink.script({ RCPT: `${code} ${later}` });
      const before = w.sink.heard.length;
      await w.take({ title: `${code} for ever` });
      await w.post.quiet();
      const waits: number[] = [];
      for (let tries = 0; tries < 100; tries += 1) {
        const [dueMs] = await w.dueIn();
        if (dueMs === undefined) break;
        waits.push(Math.round(dueMs / minute));
        await w.later(dueMs);
      }
      const near = (wait: number, wanted: number) => Math.abs(wait - wanted) <= 0.1 * wanted + 1;
      const wanted = [1, 5, 15, 60];
      found.check(
        waits.every((wait, i) => near(wait, wanted[i] ?? 120)),
        `tried after ${waits.join(', ')} min`,
      );
      const hours = waits.reduce((sum, wait) => sum + wait, 0) / 60;
      found.check(hours >= 72 && hours < 74.3, `given up after ${hours.toFixed(1)} hours`);
      const { state, problem, attempts } = await w.last();
      const isTold = problem?.includes('72 hours') && problem.includes(String(code));
      found.check(state === 'failed' && isTold === true, `it is ${state}: ${problem}`);
      found.check(attempts.length === waits.length + 1, `${attempts.length} tries`);
      found.check(w.sink.heard.length === before, 'a message was sent without a recipient');
    }
  },
  mostTestMs,
);

/** Idle connections are told to go by the server, as any server may. */
async function closeIdle(w: MailWorld): Promise<boolean> {
  w.sink.hangUp();
  await sleep(5);
  return w.mailer.connections() === 0;
}

it(
  'K-2: one refused recipient of three fails alone, with the text, and is not tried again',
  async () => {
    const found = findings();
    for (let run = 0; run < countOf('K-2'); run += 1) {
      const w = await openMailWorld({ recipients: ['a@msp.example', 'gone@msp.example', 'c@msp.example'] });
      w.sink.script({
        RCPT: (_line, command) => (command.includes('gone@') ? '550 5.1.1 no such user' : '250 ok'),
      });
      await w.take();
      await w.post.quiet();
      await w.later(3 * 24 * 60 * minute);
      const mails = await w.mails();
      const states = mails.map(({ target, state }) => `${target} ${state}`).sort();
      found.check(
        states.join() === 'a@msp.example delivered,c@msp.example delivered,gone@msp.example failed',
        states.join(),
      );
      const gone = mails.find(({ state }) => state === 'failed');
      found.check(
        gone?.problem?.includes('550 5.1.1 no such user') === true,
        `its problem: ${gone?.problem}`,
      );
      const asked = w.sink.commands.filter((line) => line.includes('RCPT TO:<gone@')).length;
      found.check(asked === 1, `it was tried ${asked} times`);
      found.check(w.sink.accepted.length === 2, `${w.sink.accepted.length} mails arrived`);
      found.judge('K-2', judgeMails(mails, w.sink.accepted));
      await w.close();
    }
    conclude('K-2', found.all);
  },
  mostTestMs,
);

it(
  'K-3: a message that is refused for good is parked, and not tried again',
  async () => {
    const found = findings();
    for (let run = 0; run < countOf('K-3'); run += 1) {
      const w = await openMailWorld();
      for (const [moment, replies] of [
        // What 552 says before the content is judged by K-10.
        ['DATA', ['554 5.5.1 no valid recipients', '550 5.7.1 no']],
        ['dot', ['552 5.2.2 mailbox full', '554 5.7.1 rejected', '550 5.7.1 spam']],
      ] as const)
        for (const reply of replies) {
          const what = `${reply} at ${moment}`;
          w.sink.script({ [moment]: reply });
          const before = w.sink.heard.length;
          await w.take({ title: what });
          await w.post.quiet();
          await w.later(3 * 24 * 60 * minute);
          const { state, problem, attempts } = await w.last();
          found.check(
            state === 'failed' && problem?.includes(reply) === true,
            `${what}: ${state}, ${problem}`,
          );
          found.check(attempts.length === 1, `${what}: ${attempts.length} tries`);
          const sent = w.sink.heard.length - before;
          found.check(sent === (moment === 'dot' ? 1 : 0), `${what}: sent ${sent} times`);
        }
      found.judge('K-3', judgeMails(await w.mails(), w.sink.accepted));
      await w.close();
    }
    conclude('K-3', found.all);
  },
  mostTestMs,
);

it(
  'K-4: a mail whose line breaks after the final dot is sent once more, as the same mail',
  async () => {
    const found = findings();
    for (let run = 0; run < countOf('K-4'); run += 1) {
      const w = await openMailWorld();
      for (const wasKept of [true, false])
        for (const breaks of [1, 2]) {
          const what = `${breaks} × ${wasKept ? 'accepted' : 'not accepted'}`;
          let left = breaks;
          w.sink.script({
            dot: ({ socket }) => {
              if (left === 0) return '250 2.0.0 taken';
              left -= 1;
              if (wasKept) w.sink.keep();
              socket.destroy();
              return undefined;
            },
          });
          const before = w.sink.heard.length;
          await w.take({ title: what });
          await w.post.quiet();
          found.check((await w.last()).state === 'uncertain', `${what}: it is ${(await w.last()).state}`);
          await w.later(6 * minute);
          // Whatever becomes of it, it is not sent a third time.
          await w.later(3 * 24 * 60 * minute);
          const sent = w.sink.heard.slice(before);
          const { state, problem, reason } = await w.last();
          const wanted = breaks === 1 ? 'delivered' : 'failed';
          found.check(state === wanted, `${what}: it is ${state}`);
          found.check(sent.length === 2, `${what}: sent ${sent.length} times`);
          const ids = new Set(sent.map((message) => headerOf(message, 'message-id')));
          found.check(ids.size === 1, `${what}: ${ids.size} Message-IDs`);
          found.check(
            sent.every((message) => message.equals(sent[0]!)),
            `${what}: not the same mail`,
          );
          const isFlagged = breaks === 1 ? problem?.includes('possible duplicate') : reason === 'unclear';
          found.check(isFlagged === true, `${what}: its problem is ${problem}`);
        }
      found.judge('K-4', judgeMails(await w.mails(), w.sink.accepted));
      await w.close();
    }
    conclude('K-4', found.all);
  },
  mostTestMs,
);
