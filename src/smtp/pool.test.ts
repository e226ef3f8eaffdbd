import { describe, expect, it } from 'vitest';
import { always, mailOf, setUp } from './testing/mailer.ts';
import { drop, type Line, silence } from './testing/scripted.ts';
import type { Mailer } from './types.ts';

async function sendMany(mailer: Mailer, count: number): Promise<Record<string, number>> {
  const outcomes = await Promise.all(Array.from({ length: count }, () => mailer.send(mailOf(), always)));
  const counts: Record<string, number> = {};
  for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

describe('connections (promise K-11)', () => {
  it('are at most five for a storm of a thousand mails', async () => {
    const { server, mailer } = await setUp();
    expect(await sendMany(mailer, 1_000)).toEqual({ done: 1_000 });
    expect(server.messages).toHaveLength(1_000);
    expect(server.mostOpen()).toBeLessThanOrEqual(5);
    expect(server.connections()).toBeLessThanOrEqual(1_000 / 5);
  });

  it.each([
    [1, 1],
    [5, 1],
    [6, 2],
    [12, 3],
  ])('for %i mails at once are at most %i', async (mails, most) => {
    const later = ({ socket }: Line) => {
      setTimeout(() => socket.write('250 queued\r\n'), 10);
      return undefined;
    };
    const { server, mailer } = await setUp({ dot: later });
    expect(await sendMany(mailer, mails)).toEqual({ done: mails });
    expect(server.mostOpen()).toBeLessThanOrEqual(most);
  });

  it('are no more than one until a mail was accepted', async () => {
    const { server, mailer } = await setUp({ dot: silence });
    const sent = sendMany(mailer, 50);
    await expect.poll(() => server.messages.length).toBe(1);
    expect(mailer.connections()).toBe(1);
    mailer.abort();
    expect(await sent).toEqual({ uncertain: 1, refused: 49 });
  });

  it('serve many mails each, but not more than a hundred', async () => {
    const { server, mailer } = await setUp();
    for (let n = 0; n < 101; n += 1) await mailer.send(mailOf(), always);
    expect(server.connections()).toBe(2);
    expect(server.commands.filter((line) => line === 'RSET')).toEqual([]);
  });

  it('are closed when they are idle', async () => {
    const { server, mailer } = await setUp({}, { idleMs: 50 });
    await mailer.send(mailOf(), always);
    await expect.poll(() => server.commands.at(-1)).toBe('QUIT');
    expect(mailer.connections()).toBe(0);
    expect(await sendMany(mailer, 1)).toEqual({ done: 1 });
    expect(server.connections()).toBe(2);
  });

  it('that the server wants no more of are made do with', async () => {
    const greeting = ({ number }: Line) => (number > 1 ? '421 too many connections' : '220 mail.test');
    const { server, mailer } = await setUp({ greeting });
    expect(await sendMany(mailer, 100)).toEqual({ done: 100 });
    expect(server.connections()).toBe(2);
  });

  it('are ready again after a refusal', async () => {
    const RCPT = ({ number }: Line, command: string) => (number && /odd/.test(command) ? '550 no' : '250 ok');
    const { server, mailer } = await setUp({ RCPT });
    const kinds = [];
    for (let n = 0; n < 6; n += 1)
      kinds.push(
        (await mailer.send(mailOf(undefined, `${n % 2 ? 'odd' : 'even'}@example.com`), always)).kind,
      );
    expect(kinds).toEqual(['done', 'refused', 'done', 'refused', 'done', 'refused']);
    expect(server.connections()).toBe(1);
  });
});

describe('a connection that the server has closed meanwhile', () => {
  it.each([
    ['without a word', drop],
    ['with a goodbye', '421 4.4.2 idle for too long'],
  ] as const)('%s costs nothing: a new one is opened', async (_words, answer) => {
    const { server, mailer } = await setUp();
    expect((await mailer.send(mailOf(), always)).kind).toBe('done');
    const first = server.connections();
    server.answers.MAIL = (line, command) =>
      line.number > first ? '250 ok' : typeof answer === 'string' ? answer : answer(line, command);
    expect((await mailer.send(mailOf(), always)).kind).toBe('done');
    expect([server.connections(), server.messages.length]).toEqual([2, 2]);
    expect(mailer.state()[0]).not.toHaveProperty('problem');
  });

  it('is noticed while it is idle', async () => {
    const { mailer } = await setUp({
      dot: ({ socket }) => {
        socket.write('250 ok\r\n');
        setTimeout(() => socket.end('421 bye\r\n'), 10);
        return undefined;
      },
    });
    expect((await mailer.send(mailOf(), always)).kind).toBe('done');
    await expect.poll(() => mailer.connections()).toBe(0);
    expect((await mailer.send(mailOf(), always)).kind).toBe('done');
  });

  it('is not asked again and again when new ones close as well', async () => {
    const { server, mailer } = await setUp();
    await mailer.send(mailOf(), always);
    server.answers.MAIL = drop;
    expect(await mailer.send(mailOf(), always)).toMatchObject({ kind: 'refused', reason: 'network' });
    expect(server.connections()).toBe(2);
  });

  it('or that says more than it was asked is not used again', async () => {
    const { server, mailer } = await setUp({ dot: '250 queued\r\n250 queued again' });
    for (let n = 0; n < 3; n += 1) expect((await mailer.send(mailOf(), always)).kind).toBe('done');
    expect([server.connections(), server.messages.length]).toEqual([3, 3]);
  });
});
