/** A mail as it goes over the line (RFC 5322): 7-bit, CRLF, and the same bytes however often it is sent. */
import MailComposer from 'nodemailer/lib/mail-composer';
import { encodeWord } from 'nodemailer/lib/mime-funcs';
import { encode, wrap } from 'nodemailer/lib/qp';
import { parseAddress } from './address.ts';
import { line } from './foreign.ts';
import { htmlOf } from './html.ts';
import { shortened } from './short.ts';
import { textOf } from './text.ts';
import type { MailModel } from './types.ts';

export interface Message {
  model: MailModel;
  subject: string;
  /** Addresses in the grammar of address.ts. */
  from: string;
  replyTo?: string | undefined;
  to: string;
  /** With its angle brackets, as {@link messageIdOf} makes it. */
  messageId: string;
  /** The root of its thread, see {@link threadIdOf}. */
  threadId: string;
  date: Date;
  /** The server takes no mail of its whole size. */
  isShort?: boolean;
}

const ids = /^<[A-Za-z0-9.]{1,80}@[a-z0-9.-]{1,255}>$/;

/** @throws Error when an address or an id is not one: what is no address must not get into a header (promise M12) */
export async function messageOf(message: Message): Promise<Buffer> {
  const { subject, from, replyTo, to, messageId, threadId, date } = message;
  const model = message.isShort ? shortened(message.model) : message.model;
  for (const id of [messageId, threadId]) if (!ids.test(id)) throw new Error('The id of a mail is not one.');
  const composer = new MailComposer({
    from: { name: 'Herald', address: addressOf(from) },
    to: { name: '', address: addressOf(to) },
    ...(replyTo !== undefined && { replyTo: { name: '', address: addressOf(replyTo) } }),
    messageId,
    inReplyTo: threadId,
    references: [threadId],
    date,
    headers: {
      Subject: subjectHeader(subject),
      ...standing,
      ...(model.severity === 'critical' && { Importance: 'high' }),
    },
    text: { content: textOf(model), contentTransferEncoding: 'quoted-printable' },
    html: { content: htmlOf(model), contentTransferEncoding: 'quoted-printable' },
    newline: '\r\n',
    // Quoted-printable never has "=_": no text can be taken for a boundary.
    boundaryPrefix: '=_herald',
    baseBoundary: messageId.slice(1, messageId.indexOf('@')),
    disableFileAccess: true,
    disableUrlAccess: true,
  } as ConstructorParameters<typeof MailComposer>[0]);
  return Buffer.from(written(composer.compile()), 'latin1');
}

type Part = ReturnType<InstanceType<typeof MailComposer>['compile']>;

/** As the composer's own `build` writes it, without the streams that make that cost several times as much. */
function written(part: Part): string {
  const head = `${part.buildHeaders()}\r\n\r\n`;
  if (!part.multipart) return head + quotedPrintable(String(part.content));
  const parts = part.childNodes.map((child) => `--${part.boundary}\r\n${written(child)}\r\n`);
  return `${head}${parts.join('')}--${part.boundary}--\r\n`;
}

const mostOfLine = 76;

const quotedPrintable = (text: string): string => wrap(encode(text.replace(/\r?\n/g, '\r\n')), mostOfLine);

/** RFC 3834 §5: no program answers to it; the second is what the most common server looks at. */
const standing = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' };

/** @throws Error */
function addressOf(text: string): string {
  const parsed = parseAddress(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.address;
}

/** Written by us: the composer lets through what looks like an encoded word, and the reader would decode it. */
function subjectHeader(subject: string): { prepared: true; foldLines: true; value: string } {
  const text = line(subject, 1_000);
  const isPlain = /^[\x20-\x7e]*$/.test(text) && !text.includes('=?');
  return { prepared: true, foldLines: true, value: isPlain ? text : encodeWord(text, 'B', 52) };
}
