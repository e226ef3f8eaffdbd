/** A mail server that takes its time (promises K-5), through journal and mailer. */
import { it } from 'vitest';
import { conclude } from '../harness/conclude.ts';
import { until } from '../harness/world.ts';
import { headerOf, judgeMails, openMailWorld } from '../support/mailWorld.ts';
import { countOf, isNightly, mostTestMs, timeBar } from './counts.ts';
import { findings } from './findings.ts';

const minute = 60_000;

/** In the nightly run as long as they are; else so many times shorter. */
const shorter = isNightly ? 1 : 300;
/** A slow answer to a command: much later than a mail may begin after its journal row, within the minute that is waited. */
const slowAnswer = isNightly
  ? { answerMs: 50_000, settleMs: 420_000, limits: {} }
  : { answerMs: 4_000, settleMs: 12_000, limits: { slowMs: 100 } };
const nineMinutes = (9 * minute) / shorter;
const tenMinutes = (10 * minute) / shorter;

it(
  'K-5: nine minutes of silence after the final dot are waited for, and delay no other mail',
  async () => {
    const found = findings();
    const slowest: number[] = [];
    await Promise.all(Array.from({ length: countOf('K-5') }, () => waits(nineMinutes)));
    await Promise.all(Array.from({ length: countOf('K-5') }, () => waits(undefined)));
    await Promise.all(Array.from({ length: countOf('K-5') }, () => slowElsewhere()));
    await Promise.all(Array.from({ length: countOf('K-5') }, () => silentElsewhere()));
    conclude('K-5', found.all, { most: { 'others delivered after, ms': Math.round(Math.max(...slowest)) } });

    /** The answer to one of six mails comes after so long, or never. */
    async function waits(answerMs: number | undefined): Promise<void> {
      const recipients = ['slow', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}@msp.example`);
      const w = await openMailWorld({ recipients, limits: limits() });
      w.sink.script({
        dot: ({ socket }) => {
          if (headerOf(w.sink.heard.at(-1)!, 'to') !== 'slow@msp.example') return '250 2.0.0 taken';
          if (answerMs === undefined) return undefined;
          const message = w.sink.heard.at(-1)!;
          setTimeout(() => {
            w.sink.accepted.push(message);
            if (socket.writable) socket.write('250 2.0.0 taken at last\r\n');
          }, answerMs).unref();
          return undefined;
        },
      });
      const from = performance.now();
      await w.take();
      w.post.drain.sweep();
      const states = async () => Object.groupBy(await w.mails(), ({ state }) => state);
      await until('the others are delivered', async () => (await states()).delivered?.length === 5);
      slowest.push(performance.now() - from);
      found.check((await states()).sending?.length === 1, 'the slow one was not waited for');
      await until('it has ended', async () => !(await states()).sending, tenMinutes + 60_000);
      const tookMs = performance.now() - from;
      const [slow] = (await w.mails()).filter(({ target }) => target.startsWith('slow'));
      const wanted = answerMs === undefined ? 'uncertain' : 'delivered';
      found.check(slow?.state === wanted, `after ${answerMs} ms the slow one is ${slow?.state}`);
      const mostMs = answerMs ?? tenMinutes;
      found.check(
        tookMs >= mostMs * 0.98 && tookMs < mostMs + timeBar(2_000),
        `the slow one took ${Math.round(tookMs)} ms instead of ${mostMs}`,
      );
      found.judge('K-5', judgeMails(await w.mails(), w.sink.accepted));
      await w.close();
    }

    /** A recipient about whom the server thinks for long gets the mail too, and the others get theirs meanwhile. */
    async function slowElsewhere(): Promise<void> {
      const { answerMs, ...options } = slowAnswer;
      const recipients = ['slow', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}@msp.example`);
      const w = await openMailWorld({ recipients, ...options });
      w.sink.script({
        RCPT: ({ socket }, command) => {
          if (!command.includes('slow@')) return '250 ok';
          setTimeout(() => socket.writable && socket.write('250 ok at last\r\n'), answerMs).unref();
          return undefined;
        },
      });
      await w.take();
      w.post.drain.sweep();
      const slow = async () => (await w.mails()).find(({ target }) => target.startsWith('slow'))!;
      const states = async () => Object.groupBy(await w.mails(), ({ state }) => state);
      await until('the others are delivered', async () => (await states()).delivered?.length === 5);
      found.check((await slow()).state === 'sending', 'the others waited for the slow one');
      // Tried for the third time, it would be tried for ever.
      const hasEnded = async () => (await slow()).state === 'delivered' || (await slow()).attempts.length > 2;
      await until('the slow one has ended', hasEnded, 4 * answerMs + 60_000);
      const { state, attempts } = await slow();
      found.check(
        state === 'delivered',
        `a slow answer to RCPT: it is ${state} after ${attempts.length} tries`,
      );
      found.judge('slow RCPT', judgeMails(await w.mails(), w.sink.accepted));
      await w.close();
    }

    /** Silence before the content proves that nothing was accepted. */
    async function silentElsewhere(): Promise<void> {
      for (const moment of ['greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA'] as const) {
        const isSetup = moment === 'greeting' || moment === 'EHLO';
        const w = await openMailWorld({
          // The deadline for everything would hide that this one was missed.
          limits: { ...limits(), totalMs: 15 * minute, ...(isSetup && { setupMs: minute / 2 / shorter }) },
        });
        w.sink.script({ [moment]: () => undefined });
        const from = performance.now();
        await w.take();
        await w.post.quiet();
        const tookMs = performance.now() - from;
        const mostMs = (isSetup ? minute / 2 : minute) / shorter;
        found.check(
          tookMs >= mostMs * 0.98 && tookMs < mostMs + timeBar(2_000),
          `${moment}: given up after ${Math.round(tookMs)} ms instead of ${mostMs}`,
        );
        const { state, attempts } = await w.last();
        found.check(state === 'pending' && attempts[0] === 'refused', `${moment}: it is ${state}`);
        w.sink.script({});
        await w.delivered();
        found.judge(moment, judgeMails(await w.mails(), w.sink.accepted));
        await w.close();
      }
    }

    function limits() {
      if (isNightly) return {};
      return {
        setupMs: 5_000,
        commandMs: minute / shorter,
        answerMs: tenMinutes,
        totalMs: (15 * minute) / shorter,
        slowMs: 10_000 / shorter,
      };
    }
  },
  mostTestMs,
);
