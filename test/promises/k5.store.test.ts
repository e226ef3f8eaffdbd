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
const nineMinutes = (9 * minute) / shorter;
const tenMinutes = (10 * minute) / shorter;

it(
  'K-5: nine minutes of silence after the final dot are waited for, and delay no other mail',
  async () => {
    const found = findings();
    const slowest: number[] = [];
    await Promise.all(Array.from({ length: countOf('K-5') }, () => waits(nineMinutes)));
    await Promise.all(Array.from({ length: countOf('K-5') }, () => waits(undefined)));
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

    /** Silence at a command proves that nothing was accepted. */
    async function silentElsewhere(): Promise<void> {
      for (const moment of ['MAIL', 'RCPT', 'DATA'] as const) {
        const w = await openMailWorld({ limits: limits() });
        w.sink.script({ [moment]: () => undefined });
        const from = performance.now();
        await w.take();
        await w.post.quiet();
        const tookMs = performance.now() - from;
        found.check(
          tookMs < (5 * minute) / shorter + timeBar(2_000),
          `${moment}: given up after ${tookMs} ms`,
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
