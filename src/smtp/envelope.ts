/** The two addresses that a server is told (promise M12: each exactly one, whatever stands in them). */
import { domainToASCII } from 'node:url';
import type { Mail, MailRefusal } from './types.ts';

/** Addresses as they are written into commands. */
export interface Envelope {
  from: string;
  to: string;
  /** Which of them cannot be written without SMTPUTF8. */
  international: 'from' | 'to' | undefined;
}

/** No control or format characters, no blanks of any kind, nothing that ends an address in a command. */
const plain = /^[^\p{C}\p{Z}<>]+$/u;
/** RFC 5321 allows 254 characters; a name in punycode is longer than what people typed. */
const mostLength = 320;

/** Reads the addresses of a mail; international names of domains become punycode, so that every server can be told them. */
export function readEnvelope({ from, to }: Mail): { ok: true; envelope: Envelope } | MailRefusal {
  const sender = readAddress(from);
  if (sender === undefined) return refused('The address of the sender is not one that can be used.');
  const recipient = readAddress(to);
  if (recipient === undefined) return refused('The address of the recipient is not one that can be used.');
  const international = !isAscii(sender) ? 'from' : isAscii(recipient) ? undefined : 'to';
  return { ok: true, envelope: { from: sender, to: recipient, international } };
}

function readAddress(address: string): string | undefined {
  if (address.length > mostLength || !address.isWellFormed() || !plain.test(address)) return undefined;
  const at = address.lastIndexOf('@');
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  if (at < 1 || domain === '') return undefined;
  const ascii = isAscii(domain) ? domain : domainToASCII(domain);
  return ascii.split('.').every(Boolean) ? `${local}@${ascii}` : undefined;
}

const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;

function refused(text: string): MailRefusal {
  return { kind: 'refused', about: 'message', isFinal: true, reason: 'address', text };
}
