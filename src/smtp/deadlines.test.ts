import { describe, expect, it } from 'vitest';
import { always, mailOf, setUp, suspectAfter } from './testing/mailer.ts';
import { silence } from './testing/scripted.ts';

describe('deadlines (promises K-5, K-8)', () => {
  const short = { setupMs: 150, commandMs: 150, answerMs: 400, totalMs: 5_000, slowMs: 50, restMs: 100 };

  it.each(['greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA'] as const)('end a silence at %s', async (moment) => {
    const { mailer } = await setUp({ [moment]: silence }, short);
    const outcome = await mailer.send(mailOf(), always);
    expect(outcome).toMatchObject({
      kind: 'refused',
      about: suspectAfter(moment),
      isFinal: false,
      reason: 'network',
    });
    expect(outcome).toMatchObject({ text: '127.0.0.1 did not answer in time.' });
  });

  it('wait much longer for the answer to the final dot', async () => {
    const { mailer } = await setUp({ dot: silence }, { ...short, setupMs: 5_000 });
    const from = performance.now();
    expect((await mailer.send(mailOf(), always)).kind).toBe('uncertain');
    expect(performance.now() - from).toBeGreaterThan(390);
  });

  it('let other mails pass one whose answer takes long', async () => {
    const patient = { ...short, setupMs: 5_000, commandMs: 5_000, answerMs: 2_000 };
    const { server, mailer } = await setUp({}, patient);
    server.answers.dot = silence;
    const slow = mailer.send(mailOf(), always);
    await expect.poll(() => server.messages.length).toBe(1);
    delete server.answers.dot;
    expect((await mailer.send(mailOf(), always)).kind).toBe('done');
    expect(await Promise.race([slow, 'still under way'])).toBe('still under way');
    expect((await slow).kind).toBe('uncertain');
  });

  it('hold for everything together', async () => {
    const slowly =
      (text: string) =>
      ({ socket }: { socket: { write(text: string): unknown } }) => {
        setTimeout(() => socket.write(`${text}\r\n`), 100);
        return undefined;
      };
    const { mailer } = await setUp(
      { EHLO: '250 mail.test', MAIL: slowly('250 ok'), RCPT: slowly('250 ok'), DATA: slowly('354 ok') },
      { ...short, totalMs: 250 },
    );
    const outcome = await mailer.send(mailOf(), always);
    expect(outcome).toMatchObject({ kind: 'refused', about: 'recipient', reason: 'network' });
  });

  it('hold for a mail that waits for its turn', async () => {
    const { server, mailer } = await setUp(
      { dot: silence },
      { ...short, setupMs: 5_000, commandMs: 5_000, answerMs: 5_000, totalMs: 600, slowMs: 5_000 },
    );
    const outcomes = await Promise.all([mailer.send(mailOf(), always), mailer.send(mailOf(), always)]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['uncertain', 'refused']);
    expect(outcomes[1]).toMatchObject({ about: 'server', reason: 'busy' });
    expect(server.messages).toHaveLength(1);
  });

  it.each([
    ['a banner of one byte at a time', (n: number) => '220 mail.test\r\n'[n % 4] ?? ''],
    ['a reply line of many megabytes', () => 'x'.repeat(60_000)],
    ['lines without end', () => '220-more\r\n'.repeat(5_000)],
    ['empty lines without end', () => '\r\n'.repeat(30_000)],
  ])('end %s, with memory flat', async (_words, chunk) => {
    let written = 0;
    const { mailer } = await setUp(
      {
        greeting: ({ socket }) => {
          const timer = setInterval(() => {
            const text = chunk(written);
            written += text.length;
            if (!socket.write(text)) socket.once('drain', () => undefined);
          }, 5);
          socket.on('close', () => clearInterval(timer));
          return undefined;
        },
      },
      { ...short, setupMs: 400 },
    );
    const before = process.memoryUsage().rss;
    const from = performance.now();
    const outcome = await mailer.send(mailOf(), always);
    expect(performance.now() - from).toBeLessThan(1_500);
    expect(outcome).toMatchObject({ kind: 'refused', about: 'server', isFinal: false });
    expect(process.memoryUsage().rss - before).toBeLessThan(32 * 1024 * 1024);
    expect(mailer.connections()).toBe(0);
  });

  it('end a flood after the final dot, which leaves the mail open', async () => {
    const { mailer } = await setUp({ dot: `250-${'x'.repeat(100)}\r\n`.repeat(1_000) });
    expect((await mailer.send(mailOf(), always)).kind).toBe('uncertain');
  });
});
