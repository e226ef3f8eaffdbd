import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import {
  alertModel,
  htmlOf,
  type Message,
  messageIdOf,
  messageOf,
  subjectOf,
  textOf,
  threadIdOf,
} from './index.ts';

function modelOf(text: string) {
  return alertModel({
    alert: {
      source: 'edr',
      externalId: text,
      title: text,
      severity: 'critical',
      originalSeverity: 'critical',
      description: text,
      recommendedAction: text,
      user: { name: text },
      events: [{ type: text, summary: text }],
      flags: [],
    },
    alertId: '123',
    organizationName: text,
    timeZone: 'UTC',
    detail: { respond: true, ioc: true },
    why: text,
    baseUrl: 'https://herald.example',
  });
}

function message(change: Partial<Message> = {}): Message {
  return {
    model: modelOf('Odd sign-in'),
    subject: 'Odd sign-in',
    from: 'herald@acme-it.example',
    replyTo: 'service@acme-it.example',
    to: 'soc@northwind.example',
    messageId: messageIdOf(['1'], 'acme-it.example', 'w'),
    threadId: threadIdOf('g', 'acme-it.example'),
    date: new Date('2026-11-20T02:14:05Z'),
    ...change,
  };
}

const linesOf = (bytes: Buffer) => bytes.toString('latin1').split('\r\n');
const headersOf = (bytes: Buffer) => {
  const lines = linesOf(bytes);
  return lines
    .slice(0, lines.indexOf(''))
    .join('\n')
    .replace(/\n[ \t]/g, ' ')
    .split('\n');
};

it('has the headers that it needs, and no others', async () => {
  const id = messageIdOf(['1'], 'acme-it.example', 'w');
  const thread = threadIdOf('g', 'acme-it.example');
  expect(headersOf(await messageOf(message())).map((one) => one.replace(/boundary=.*/, 'boundary'))).toEqual([
    'Subject: Odd sign-in',
    'Auto-Submitted: auto-generated',
    'X-Auto-Response-Suppress: All',
    'Importance: high',
    'From: Herald <herald@acme-it.example>',
    'To: soc@northwind.example',
    'Reply-To: service@acme-it.example',
    `In-Reply-To: ${thread}`,
    `References: ${thread}`,
    `Message-ID: ${id}`,
    'Date: Fri, 20 Nov 2026 02:14:05 +0000',
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary',
  ]);
});

it('only a critical one is important, and Reply-To stands there only when it is set', async () => {
  const { replyTo: _, ...rest } = message();
  const headers = headersOf(await messageOf({ ...rest, model: { ...rest.model, severity: 'high' } }));
  expect(headers.filter((one) => /^(Importance|Reply-To)/.test(one))).toEqual([]);
});

it('the same mail has the same bytes, however often it is sent (promise P12)', async () => {
  expect((await messageOf(message())).equals(await messageOf(message()))).toBe(true);
});

it('an international domain is written in ASCII', async () => {
  const bytes = await messageOf(message({ to: 'soc@bücher.example' }));
  expect(headersOf(bytes)).toContain('To: soc@xn--bcher-kva.example');
});

it.each([
  ['to', { to: 'b@x.example\r\nBcc: evil@x.example' }],
  ['to', { to: 'b@x.example, evil@x.example' }],
  ['from', { from: 'Herald <a@x.example>' }],
  ['reply-to', { replyTo: 'a@x.example;b@x.example' }],
  ['message id', { messageId: '<a@x.example>\r\nBcc: <b@x.example>' }],
  ['thread', { threadId: 'no id' }],
])('a wrong %s never becomes a message (promise M12): %j', async (_what, change) => {
  await expect(messageOf(message(change))).rejects.toThrow();
});

it('a short one is cut', async () => {
  const model = modelOf('x'.repeat(4_000));
  const [whole, short] = [
    await messageOf(message({ model })),
    await messageOf(message({ model, isShort: true })),
  ];
  expect(short.length).toBeLessThan(whole.length / 1.3);
  expect((await simpleParser(short)).text).toContain('takes no mail of its whole size');
});

describe('whatever an alert says (promises I-9, I-12, I-19)', () => {
  const boundary = messageIdOf(['1'], 'acme-it.example', 'w').replace(/^<|@.*/g, '');
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      '\r\nBcc: evil@x.example\r\n',
      '\r\n\r\nbody',
      '\n.\n',
      '.\r\n',
      '=?utf-8?Q?encoded?=',
      '=?utf-8?B?',
      `\r\n--=_herald-${boundary}-Part_1\r\n`,
      `\r\n----_NmP-${boundary}-Part_1--\r\n`,
      '👨‍👩‍👧‍👦',
      'e\u0301\u0302',
      'مستشفى',
      '\u2028',
      '\u0085',
      '\t',
      '{{ alert.title }}',
      'x'.repeat(90),
      'wörd '.repeat(20),
    ),
  );
  const texts = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));

  it('it arrives as it was made, under exactly the headers that were meant', async () => {
    const expected = headersOf(await messageOf(message())).map((one) => one.split(':')[0]);
    await fc.assert(
      fc.asyncProperty(texts, texts, async (text, title) => {
        const model = modelOf(text);
        const { organization = '' } = model;
        const scope = {
          alert: {
            source: 'edr',
            externalId: 'e',
            title,
            severity: 'low' as const,
            originalSeverity: '',
            flags: [],
          },
          organization: { name: organization, externalRef: '' },
        };
        const subject = subjectOf('{{ alert.title }} of {{ organization.name }}', scope);
        const bytes = await messageOf(message({ model, subject }));
        expect(headersOf(bytes).map((one) => one.split(':')[0])).toEqual(expected);
        expect(bytes.every((byte) => byte < 128 && byte !== 0)).toBe(true);
        expect(bytes.toString('latin1')).not.toMatch(/[^\r]\n|\r[^\n]/);
        expect(Math.max(...linesOf(bytes).map(({ length }) => length))).toBeLessThanOrEqual(998);
        const parsed = await simpleParser(bytes, { skipImageLinks: true });
        expect(parsed.subject).toBe(subject);
        expect(parsed.text?.trimEnd()).toBe(textOf(model).trimEnd());
        expect(String(parsed.html).trimEnd()).toBe(htmlOf(model).trimEnd());
        expect(parsed.to).toMatchObject({ text: 'soc@northwind.example' });
      }),
      { numRuns: 150 },
    );
  });
});
