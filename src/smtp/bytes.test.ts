import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toLines } from './message.ts';
import { always, mailOf, openMailer, plainServer } from './testing/mailer.ts';
import { type Answer, type Moment, startScripted } from './testing/scripted.ts';

/** Somebody else's server, which keeps whole messages. */
async function startSink() {
  const messages: Buffer[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      const parts: Buffer[] = [];
      stream
        .on('data', (part) => parts.push(part))
        .on('end', () => {
          messages.push(Buffer.concat(parts));
          done();
        });
    },
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  onTestFinished(() => new Promise<void>((resolve) => server.close(resolve)));
  return { port: (listening.address() as AddressInfo).port, messages };
}

/** The same as `toLines`, said in another way. */
function lined(message: Buffer): string {
  const text = message.toString('latin1').replace(/\r\n|\r|\n/g, '\n');
  return (text.endsWith('\n') ? text : `${text}\n`).replaceAll('\n', '\r\n');
}

const tricky = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('.', '\r', '\n', '\r\n', '\r\n.\r\n', '\n.\n', '\r.\r', '\n.\r\n', '\r\n..'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('\0', 'QUIT\r\n', 'MAIL FROM:<evil@example.com>\r\n', 'a', 'Subject: x'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary-ascii', maxLength: 20 }) },
);
const messages = fc.array(tricky, { maxLength: 30 }).map((parts) => Buffer.from(parts.join(''), 'latin1'));

describe('the bytes of a message (promise K-9)', () => {
  it.each([
    ['lines that begin with dots', 'Subject: a\r\n\r\n.\r\n..\r\n.a\r\n'],
    ['a lone dot between bare LF', 'Subject: a\r\n\r\nb\n.\nMAIL FROM:<evil@example.com>\nc'],
    ['a lone dot between bare CR', 'Subject: a\r\n\r\nb\r.\rMAIL FROM:<evil@example.com>\rc'],
    ['a lone dot between LF and CRLF', 'Subject: a\r\n\r\nb\n.\r\nRSET\r\n\r.\r\nc\r\n'],
    ['10,000 characters in a line', `Subject: a\r\n\r\n${'x'.repeat(10_000)}\r\n`],
    ['NUL', 'Subject: a\r\n\r\nb\0c\r\n'],
    ['no last line end', 'Subject: a\r\n\r\nb'],
    ['nothing', ''],
  ])('arrive as one message: %s', async (_words, text) => {
    const scripted = await startScripted();
    const sink = await startSink();
    for (const { port } of [scripted, sink]) {
      const mailer = openMailer([plainServer(port)]);
      expect((await mailer.send(mailOf(text), always)).kind).toBe('done');
    }
    const wanted = [lined(Buffer.from(text))];
    expect(scripted.messages.map((message) => message.toString('latin1'))).toEqual(wanted);
    expect(sink.messages.map((message) => message.toString('latin1'))).toEqual(wanted);
    expect(scripted.commands.some((line) => line.includes('evil'))).toBe(false);
  });

  it('arrive whatever they are, one after the other on one connection', async () => {
    const scripted = await startScripted();
    const sink = await startSink();
    const mailers = [scripted, sink].map(({ port }) => openMailer([plainServer(port)]));
    await fc.assert(
      fc.asyncProperty(messages, async (message) => {
        for (const mailer of mailers)
          expect((await mailer.send({ ...mailOf(), message }, always)).kind).toBe('done');
        const wanted = lined(message);
        // Not left to the client, which mends lines as well.
        expect(toLines(message).bytes.toString('latin1')).toBe(wanted);
        for (const server of [scripted, sink]) {
          const got = server.messages.splice(0).map((bytes) => bytes.toString('latin1'));
          expect(got).toEqual([wanted]);
        }
      }),
      { numRuns: 300 },
    );
    expect(scripted.commands.filter((line) => line.startsWith('MAIL')).length).toBe(
      scripted.commands.filter((line) => line === 'DATA').length,
    );
  });

  it('of several blocks arrive in order', async () => {
    const scripted = await startScripted();
    const mailer = openMailer([plainServer(scripted.port)]);
    const text = Array.from({ length: 60_000 }, (_, n) => `${n % 7 ? '' : '.'}line ${n}\r\n`).join('');
    expect((await mailer.send(mailOf(text), always)).kind).toBe('done');
    expect(scripted.messages[0]?.equals(Buffer.from(text))).toBe(true);
  });

  it('are not copied when there is nothing to mend', () => {
    const message = Buffer.from('Subject: a\r\n\r\nb\r\n');
    expect(toLines(message)).toEqual({ bytes: message, hasEightBit: false });
    expect(toLines(message).bytes).toBe(message);
  });

  it('are read as what they were by a mail program', async () => {
    const sink = await startSink();
    const mailer = openMailer([plainServer(sink.port)]);
    const body = Buffer.from('Grüße.\n.\nÖ').toString('base64');
    const head = 'Subject: =?utf-8?B?w4Q=?=\r\nContent-Type: text/plain; charset=utf-8\r\n';
    await mailer.send(mailOf(`${head}Content-Transfer-Encoding: base64\r\n\r\n${body}\r\n`), always);
    const { subject, text } = await simpleParser(sink.messages[0] as Buffer);
    expect([subject, text?.trim()]).toEqual(['Ä', 'Grüße.\n.\nÖ']);
  });

  it.each([
    ['250 mail.test', 'refused'],
    ['250-mail.test\r\n250 8BITMIME', 'done'],
  ])('beyond ASCII leave only where they are taken (%s)', async (EHLO, kind) => {
    const server = await startScripted({ EHLO });
    const mailer = openMailer([plainServer(server.port)]);
    const outcome = await mailer.send(mailOf('Subject: ä\r\n\r\n'), always);
    expect(outcome.kind).toBe(kind);
    if (kind === 'refused') expect(outcome).toMatchObject({ about: 'message', isFinal: true });
    else expect(server.commands).toContainEqual(expect.stringMatching(/BODY=8BITMIME/));
  });
});

describe('the size (promise K-10)', () => {
  it('that a server names is kept to without asking, and told', async () => {
    const server = await startScripted({ EHLO: '250-mail.test\r\n250 SIZE 1000' });
    const mailer = openMailer([plainServer(server.port)]);
    const text = (length: number) => `Subject: a\r\n\r\n${'x'.repeat(length - 16)}\r\n`;
    expect(await mailer.send(mailOf(text(1_001)), always)).toMatchObject({
      kind: 'refused',
      about: 'message',
      isFinal: true,
      reason: 'size',
      mostBytes: 1_000,
    });
    expect(server.commands.some((line) => line.startsWith('MAIL'))).toBe(false);
    expect((await mailer.send(mailOf(text(1_000)), always)).kind).toBe('done');
    expect(server.commands).toContain('MAIL FROM:<herald@example.com> SIZE=1000');
    expect(server.connections()).toBe(1);
  });

  it.each(['250 SIZE', '250 SIZE 0', '250 SIZE many', '250 SIZES 5'])(
    'may be left open (%s)',
    async (line) => {
      const server = await startScripted({ EHLO: `250-mail.test\r\n${line}` });
      expect((await openMailer([plainServer(server.port)]).send(mailOf(), always)).kind).toBe('done');
    },
  );

  it('that a server finds too large at MAIL is told as such', async () => {
    const server = await startScripted({ MAIL: '552 5.3.4 too big' });
    const outcome = await openMailer([plainServer(server.port)]).send(mailOf(), always);
    expect(outcome).toMatchObject({ about: 'message', isFinal: true, reason: 'size', code: 552 });
  });
});

describe('whatever a server says', () => {
  const moments: Moment[] = ['greeting', 'EHLO', 'HELO', 'MAIL', 'RCPT', 'DATA', 'dot', 'RSET'];
  const said = fc.oneof(
    fc.integer({ min: 100, max: 699 }).map((code) => `${code} text`),
    fc.integer({ min: 100, max: 699 }).map((code) => `${code}-never ends`),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom(
      '',
      ' ',
      '\r\n\r\n',
      '2',
      '25',
      '250',
      '250 ok\r\n250 ok',
      '354 go\r\n250 ok',
      '421',
      '-',
      '\0',
    ),
  );
  const answers: fc.Arbitrary<Answer> = fc.oneof(
    { weight: 4, arbitrary: said },
    {
      weight: 1,
      arbitrary: said.map(
        (text): Answer =>
          ({ socket }) => {
            socket.end(text);
            return undefined;
          },
      ),
    },
    { weight: 1, arbitrary: fc.constant<Answer>(() => undefined) },
  );
  const scripts = fc.dictionary(fc.constantFrom(...moments), answers, { maxKeys: 3, noNullPrototype: true });

  it('a mail has an outcome in its time, nothing is thrown, and only a yes after the dot is a yes', async () => {
    const limits = { setupMs: 60, commandMs: 60, answerMs: 60, totalMs: 300 };
    await fc.assert(
      fc.asyncProperty(scripts, async (script) => {
        const server = await startScripted(script);
        const mailer = openMailer([plainServer(server.port)], { limits });
        const from = performance.now();
        for (let n = 0; n < 2; n += 1) {
          const outcome = await mailer.send(mailOf(), always);
          const taken = server.messages.splice(0).length;
          if (outcome.kind === 'done') expect(taken).toBe(1);
          if (outcome.kind === 'refused' && outcome.reason === 'network') expect(taken).toBe(0);
        }
        expect(performance.now() - from).toBeLessThan(1_500);
        mailer.abort();
        expect(mailer.connections()).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});
