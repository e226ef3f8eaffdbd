import { describe, expect, it } from 'vitest';
import { always, mailOf, openMailer, pipelining, setUp, suspectAfter } from './testing/mailer.ts';
import { drop, type Moment } from './testing/scripted.ts';

describe('one mail', () => {
  it('is handed over once, and the reply is told', async () => {
    const { server, mailer } = await setUp();
    const outcome = await mailer.send(mailOf(), always);
    expect(outcome).toEqual({ kind: 'done', reply: '250 queued as 1', server: '127.0.0.1' });
    expect(server.messages.map(String)).toEqual(['Subject: Hello\r\n\r\nHello.\r\n']);
    expect(server.commands.filter((line) => /^(MAIL|RCPT)/.test(line))).toEqual([
      'MAIL FROM:<herald@example.com>',
      'RCPT TO:<ann@example.com>',
    ]);
    expect(mailer.state()).toEqual([{ host: '127.0.0.1', port: server.port, stopped: false }]);
  });

  it('is handed over to a server that takes commands in one go', async () => {
    const { server, mailer } = await setUp({ EHLO: pipelining });
    expect((await mailer.send(mailOf(), always)).kind).toBe('done');
    expect(server.messages).toHaveLength(1);
  });

  it('is refused when no server is set up', async () => {
    const outcome = await openMailer([]).send(mailOf(), always);
    expect(outcome).toMatchObject({ kind: 'refused', about: 'server', isFinal: true });
  });
});

describe('a server that has no time (promise K-1)', () => {
  it.each(['greeting', 'EHLO'] as const)('at %s is left alone, and says when', async (moment) => {
    const { server, mailer } = await setUp({ [moment]: '421 4.3.2 come back later', HELO: '421 later' });
    const outcome = await mailer.send(mailOf(), always);
    expect(outcome).toMatchObject({
      kind: 'refused',
      about: 'server',
      isFinal: false,
      reason: 'busy',
      code: 421,
    });
    expect(outcome).toMatchObject({ retryAfterMs: expect.closeTo(30_000, -3) });
    expect(await mailer.send(mailOf(), always)).toMatchObject({
      kind: 'refused',
      about: 'server',
      code: 421,
    });
    expect(server.connections()).toBe(1);
    expect(mailer.state()[0]).toMatchObject({ problem: expect.stringContaining('later'), stopped: false });
  });

  it.each([
    ['MAIL', '250-mail.test\r\n250 STARTTLS'],
    ['RCPT', '250-mail.test\r\n250 STARTTLS'],
    ['DATA', '250-mail.test\r\n250 STARTTLS'],
    ['MAIL', pipelining],
    ['RCPT', pipelining],
    ['DATA', pipelining],
  ] as const)('at %s with 421 has accepted nothing (%s)', async (moment, EHLO) => {
    const { server, mailer } = await setUp({ EHLO, [moment]: '421 closing' });
    const outcome = await mailer.send(mailOf(), always);
    expect(outcome).toMatchObject({
      kind: 'refused',
      about: suspectAfter(moment),
      isFinal: false,
      reason: 'busy',
      code: 421,
    });
    expect(server.messages).toEqual([]);
  });

  it.each([
    ['MAIL', '451 4.7.1 greylisted', 'message'],
    ['RCPT', '450 4.2.0 greylisted', 'recipient'],
    ['DATA', '452 no room', 'message'],
    ['dot', '451 4.3.0 try again', 'message'],
    ['dot', '421 closing', 'message'],
  ] as const)('at %s with %s is about the %s, for now', async (moment, reply, about) => {
    for (const EHLO of ['250 mail.test', pipelining]) {
      const { mailer } = await setUp({ EHLO, [moment]: reply });
      const outcome = await mailer.send(mailOf(), always);
      expect(outcome).toMatchObject({
        kind: 'refused',
        about,
        isFinal: false,
        code: Number(reply.slice(0, 3)),
      });
      expect(outcome).toMatchObject({ text: `127.0.0.1 answered: ${reply}` });
      expect(mailer.state()[0]).not.toHaveProperty('problem');
    }
  });
});

describe('a refusal for good (promises K-2, K-3)', () => {
  it.each(['250 mail.test', pipelining])('of one recipient leaves the others alone (%s)', async (EHLO) => {
    const RCPT = (_line: unknown, command: string) =>
      command.includes('bob@') ? '550-5.1.1 there is\r\n550 5.1.1 no Bob here' : '250 ok';
    const { server, mailer } = await setUp({ EHLO, RCPT, DATA: '354 go' });
    const outcomes = [];
    for (const to of ['ann@example.com', 'bob@example.com', 'cid@example.com'])
      outcomes.push(await mailer.send(mailOf(`Subject: ${to}\r\n\r\n`, to), always));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'refused', 'done']);
    expect(outcomes[1]).toEqual({
      kind: 'refused',
      about: 'recipient',
      isFinal: true,
      reason: 'reply',
      code: 550,
      text: '127.0.0.1 answered: 550 5.1.1 there is 5.1.1 no Bob here',
    });
    const subjects = server.messages.map(String).filter((text) => text.includes('Subject'));
    expect(subjects).toEqual(['Subject: ann@example.com\r\n\r\n', 'Subject: cid@example.com\r\n\r\n']);
    expect(server.connections()).toBe(1);
    expect(server.commands).toContain('RSET');
  });

  it.each(['552 5.2.2 mailbox full', '554 no'])('after the content is about the message: %s', async (dot) => {
    const { server, mailer } = await setUp({ dot });
    const outcome = await mailer.send(mailOf(), always);
    expect(outcome).toMatchObject({ kind: 'refused', about: 'message', isFinal: true, reason: 'reply' });
    expect(server.messages).toHaveLength(1);
    delete server.answers.dot;
    expect((await mailer.send(mailOf(), always)).kind).toBe('done');
    expect([server.connections(), server.commands.filter((line) => line === 'RSET').length]).toEqual([1, 1]);
  });

  it('for want of a sign-in is about the server', async () => {
    const { mailer } = await setUp({ MAIL: '530 5.7.0 authentication required' });
    const outcome = await mailer.send(mailOf(), always);
    expect(outcome).toMatchObject({ kind: 'refused', about: 'server', isFinal: false, reason: 'auth' });
  });

  it('keeps of a long and hostile reply one line of 300 characters', async () => {
    const { mailer } = await setUp({ RCPT: `550 a\x1b[31m\u202eb\u2028c ${'é😀'.repeat(300)}` });
    const outcome = await mailer.send(mailOf(), always);
    const text = outcome.kind === 'refused' ? outcome.text.replace('127.0.0.1 answered: ', '') : '';
    expect(text).toMatch(/^550 a \[31m b c é😀/);
    expect([...text]).toHaveLength(300);
  });
});

describe('a line that breaks (promises K-4, M12)', () => {
  it.each(['greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA'] as const)(
    'at %s has proven that nothing was accepted',
    async (moment: Moment) => {
      for (const EHLO of ['250 mail.test', pipelining]) {
        const { server, mailer } = await setUp({ EHLO, [moment]: drop });
        const outcome = await mailer.send(mailOf(), always);
        expect(outcome).toMatchObject({
          kind: 'refused',
          about: suspectAfter(moment),
          isFinal: false,
          reason: 'network',
        });
        expect(server.messages).toEqual([]);
      }
    },
  );

  it('after the final dot leaves it open what became of the mail, and it is not sent again', async () => {
    const { server, mailer } = await setUp({ dot: drop });
    const outcome = await mailer.send(mailOf(), always);
    expect(outcome).toMatchObject({ kind: 'uncertain', evidence: expect.stringContaining('127.0.0.1') });
    expect(server.messages).toHaveLength(1);
    expect(server.connections()).toBe(1);
  });

  it('right after the server asked for the content is uncertain too: the dot may have left', async () => {
    const { mailer } = await setUp({
      DATA: ({ socket }) => {
        socket.write('354 go\r\n', () => socket.resetAndDestroy());
        return undefined;
      },
    });
    expect((await mailer.send(mailOf(), always)).kind).toBe('uncertain');
  });

  it('in the middle of a large content has proven that nothing was accepted', async () => {
    let taken = 0;
    const { server, mailer } = await setUp({
      DATA: ({ socket }) => {
        socket.removeAllListeners('data').on('data', (data) => {
          taken += data.length;
          if (taken > 100_000) socket.resetAndDestroy();
        });
        return '354 go';
      },
    });
    const outcome = await mailer.send(mailOf(`${'x'.repeat(70)}\r\n`.repeat(300_000)), always);
    expect(outcome).toMatchObject({ kind: 'refused', about: 'message', reason: 'network' });
    expect(server.messages).toEqual([]);
  });

  it.each(['250 ok', '552 too large'])('or is spoken to in the middle of the content (%s)', async (reply) => {
    const { mailer } = await setUp({
      DATA: ({ socket }) => {
        socket.write(`354 go\r\n`);
        // Nothing more is read, so the end of the message cannot leave.
        socket.removeAllListeners('data').pause();
        setTimeout(() => socket.write(`${reply}\r\n`), 20);
        return undefined;
      },
    });
    const outcome = await mailer.send(mailOf(`${'x'.repeat(70)}\r\n`.repeat(300_000)), always);
    expect(outcome).toMatchObject({ kind: 'refused', isFinal: reply.startsWith('5') });
    // Whatever came next would be read as content.
    await expect.poll(() => mailer.connections(), { interval: 5 }).toBe(0);
  });

  it.each(['354 go on', 'hello', '150 wait', '25'])(
    'or is answered with nonsense to the dot (%s)',
    async (dot) => {
      const { mailer } = await setUp({ dot });
      expect((await mailer.send(mailOf(), always)).kind).toBe('uncertain');
    },
  );

  it.each([
    ['250 mail.test', { DATA: '354 go\r\n250 ok' }],
    ['250 mail.test', { DATA: '354 go\r\n2' }],
    [pipelining, { MAIL: '250 ok\r\n250 ok', DATA: '354 go\r\n250 ok' }],
  ])('or says yes to a message of which it has seen nothing (%s, %j)', async (EHLO, answers) => {
    const { server, mailer } = await setUp({ EHLO, ...answers });
    const outcome = await mailer.send(mailOf(), always);
    expect(outcome).toMatchObject({ kind: 'refused', about: 'recipient', isFinal: false, reason: 'reply' });
    expect(server.messages).toEqual([]);
  });

  it.each(['MAIL', 'RCPT', 'DATA'] as const)('or is answered with nonsense to %s', async (moment) => {
    for (const EHLO of ['250 mail.test', pipelining]) {
      const { server, mailer } = await setUp({ EHLO, [moment]: moment === 'DATA' ? '250 ok' : '354 what?' });
      const outcome = await mailer.send(mailOf(), always);
      expect(outcome).toMatchObject({ kind: 'refused', isFinal: false });
      expect(server.messages.map(String).join('')).toBe('');
    }
  });
});

describe('the permit', () => {
  it('is asked before the first command of the mail', async () => {
    const { server, mailer } = await setUp();
    const outcome = await mailer.send(mailOf(), () => false);
    expect(outcome).toMatchObject({ kind: 'refused', isFinal: false, reason: 'permit' });
    expect(server.commands.some((line) => line.startsWith('MAIL'))).toBe(false);
    expect((await mailer.send(mailOf(), always)).kind).toBe('done');
    expect(server.connections()).toBe(1);
  });

  it.each(['250 mail.test', pipelining])(
    'is asked again before the first byte of the content (%s)',
    async (EHLO) => {
      const { server, mailer } = await setUp({ EHLO });
      const asked: string[] = [];
      const outcome = await mailer.send(mailOf(), (moment) => {
        asked.push(moment);
        return moment === 'envelope';
      });
      expect(outcome).toMatchObject({ kind: 'refused', reason: 'permit' });
      expect(asked).toEqual(['envelope', 'content']);
      expect((await mailer.send(mailOf('Subject: Two\r\n\r\n'), always)).kind).toBe('done');
      expect(server.messages.map(String)).toEqual(['Subject: Two\r\n\r\n']);
    },
  );

  it.each([1, 2])('may throw, which ends the mail (time %i)', async (time) => {
    const { server, mailer } = await setUp();
    let asked = 0;
    const permit = () => {
      asked += 1;
      if (asked === time) throw new Error('no idea');
      return true;
    };
    await expect(mailer.send(mailOf(), permit)).rejects.toThrow('no idea');
    expect(server.messages).toEqual([]);
    expect((await mailer.send(mailOf(), always)).kind).toBe('done');
  });
});

describe('stopping', () => {
  it.each(['greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA'] as const)('while %s is waited for', async (moment) => {
    const heard = Promise.withResolvers<void>();
    const { mailer } = await setUp({
      [moment]: () => {
        heard.resolve();
        return undefined;
      },
    });
    const sent = mailer.send(mailOf(), always);
    await heard.promise;
    mailer.abort();
    expect(await sent).toMatchObject({ kind: 'refused', about: 'server', isFinal: false, reason: 'stopped' });
    expect(mailer.connections()).toBe(0);
  });

  it('after the final dot leaves it open, and no further mail is taken', async () => {
    const heard = Promise.withResolvers<void>();
    const { mailer } = await setUp({
      dot: () => {
        heard.resolve();
        return undefined;
      },
    });
    const sent = mailer.send(mailOf(), always);
    await heard.promise;
    mailer.abort();
    expect((await sent).kind).toBe('uncertain');
    expect(await mailer.send(mailOf(), always)).toMatchObject({ kind: 'refused', reason: 'stopped' });
  });

  it('politely waits for what is under way', async () => {
    const { server, mailer } = await setUp();
    const sent = mailer.send(mailOf(), always);
    await mailer.close();
    expect((await sent).kind).toBe('done');
    await expect.poll(() => server.commands).toContain('QUIT');
    await expect.poll(() => mailer.connections()).toBe(0);
  });
});
