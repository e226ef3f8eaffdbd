/** A server that fails at one mail only: that mail is tried again on its schedule, and no other waits for it. */
import { describe, expect, it } from 'vitest';
import { always, createClock, mailOf, openMailer, plainServer } from './testing/mailer.ts';
import { type Answer, drop, silence, startScripted } from './testing/scripted.ts';

const limits = { commandMs: 100 };

/** Answers as usual, but not to who is named `odd…`. */
const failsAtOdd =
  (answer: Answer): Answer =>
  (line, command) => {
    if (!command.includes('odd')) return '250 ok';
    return typeof answer === 'string' ? answer : answer(line, command);
  };

const to = (name: string) => mailOf(undefined, `${name}@example.com`);

describe('a server that fails at one recipient', () => {
  it.each([
    ['is silent', silence, 'network'],
    ['ends the connection', drop, 'network'],
    ['says goodbye', '421 4.7.0 come back later', 'busy'],
    ['is in disorder', '503 5.5.1 bad sequence', 'reply'],
  ] as const)('and %s is not left alone: it counts as a try of that mail', async (_words, answer, reason) => {
    const server = await startScripted({ RCPT: failsAtOdd(answer) });
    const mailer = openMailer([plainServer(server.port)], { limits });
    for (let n = 0; n < 3; n += 1) {
      const outcome = await mailer.send(to('odd'), always);
      expect(outcome).toMatchObject({ kind: 'refused', about: 'recipient', isFinal: false, reason });
      expect(outcome).not.toHaveProperty('retryAfterMs');
      expect(mailer.state()[0]).toMatchObject({ problem: expect.any(String), stopped: false });
    }
    expect((await mailer.send(to('ann'), always)).kind).toBe('done');
    expect(mailer.state()[0]).not.toHaveProperty('problem');
  });

  it('is left alone when it fails at a second one before anything works', async () => {
    const server = await startScripted({ RCPT: failsAtOdd(silence) });
    const mailer = openMailer([plainServer(server.port)], { limits });
    expect(await mailer.send(to('odd'), always)).toMatchObject({ about: 'recipient' });
    expect(await mailer.send(to('odder'), always)).toMatchObject({ about: 'server', retryAfterMs: 30_000 });
    expect(await mailer.send(to('ann'), always)).toMatchObject({ about: 'server' });
    expect(server.messages).toHaveLength(0);
  });

  it('is not when others worked between the two', async () => {
    const server = await startScripted({ RCPT: failsAtOdd(silence) });
    const mailer = openMailer([plainServer(server.port)], { limits });
    expect(await mailer.send(to('odd'), always)).toMatchObject({ about: 'recipient' });
    expect((await mailer.send(to('ann'), always)).kind).toBe('done');
    expect(await mailer.send(to('odder'), always)).toMatchObject({ about: 'recipient' });
  });

  it('is left alone when the next server takes that mail', async () => {
    const [first, next] = [await startScripted({ RCPT: failsAtOdd(silence) }), await startScripted()];
    const mailer = openMailer([plainServer(first.port), plainServer(next.port)], { limits });
    expect((await mailer.send(to('odd'), always)).kind).toBe('done');
    expect((await mailer.send(to('ann'), always)).kind).toBe('done');
    expect([first.messages.length, next.messages.length]).toEqual([0, 2]);
  });

  it('is asked after the others about that recipient for a while, also when its time was over meanwhile', async () => {
    const [first, next] = [await startScripted({ RCPT: failsAtOdd(silence) }), await startScripted()];
    const clock = createClock();
    const mailer = openMailer([plainServer(first.port), plainServer(next.port)], { limits, now: clock.now });
    // The permit of a mail ends while the first server keeps it waiting.
    const asked: string[] = [];
    const onlyOnce = (moment: string) => asked.push(moment) === 1;
    expect(await mailer.send(to('odd'), onlyOnce)).toMatchObject({ kind: 'refused', reason: 'permit' });
    expect((await mailer.send(to('odd'), always)).kind).toBe('done');
    expect((await mailer.send(to('ann'), always)).kind).toBe('done');
    expect([first.messages.length, next.messages.length]).toEqual([1, 1]);
    clock.pass(900_000);
    const before = first.commands.length;
    await mailer.send(to('odd'), always);
    expect(first.commands.slice(before).some((line) => line.includes('odd'))).toBe(true);
  });

  it('and another that does the same: each is asked once in turn, and it counts as a try', async () => {
    const servers = [
      await startScripted({ RCPT: failsAtOdd(silence) }),
      await startScripted({ RCPT: failsAtOdd(silence) }),
    ];
    const mailer = openMailer(
      servers.map(({ port }) => plainServer(port)),
      { limits },
    );
    const asked = () =>
      servers.map(({ commands }) => commands.filter((line) => line.includes('RCPT TO:<odd')).length);
    const wanted = [
      [1, 1],
      [2, 1],
      [2, 2],
      [3, 2],
    ];
    for (const counts of wanted) {
      expect(await mailer.send(to('odd'), always)).toMatchObject({ about: 'recipient', isFinal: false });
      expect(asked()).toEqual(counts);
    }
  });
});

it('a message that a server ends the connection at counts as a try of that mail', async () => {
  const server = await startScripted({ DATA: '354 go' });
  const mailer = openMailer([plainServer(server.port)], { limits: { ...limits, blockMs: 100 } });
  server.answers.DATA = ({ socket }) => {
    socket.write('354 go\r\n');
    socket.removeAllListeners('data').pause();
    return undefined;
  };
  const large = mailOf(`${'x'.repeat(70)}\r\n`.repeat(300_000));
  expect(await mailer.send(large, always)).toMatchObject({
    kind: 'refused',
    about: 'message',
    isFinal: false,
    reason: 'network',
  });
  server.answers.DATA = '354 go';
  expect((await mailer.send(mailOf(), always)).kind).toBe('done');
});
