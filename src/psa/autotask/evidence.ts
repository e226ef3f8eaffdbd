/** What may be kept and shown of foreign text: no credentials, no control characters, a bounded length. */
import type { PsaReply } from '../contract.ts';
import { toStorable } from '../foreignText.ts';

const sentenceLength = 400;

export type Scrub = (text: string) => string;

/** Replaces every credential, also where it is escaped for a URL or for JSON, or encoded, by `•••` (promises O1). */
export function createScrub(credentials: Record<string, string>): Scrub {
  const spellings = Object.values(credentials)
    // Shorter values would blot out ordinary words, and are no secrets.
    .filter((value) => value.length >= 4)
    .flatMap(spellingsOf)
    // Longest first, so that a value that contains another one is replaced whole.
    .sort((a, b) => b.length - a.length);
  const pattern = new RegExp([...new Set(spellings)].map(RegExp.escape).join('|') || '(?!)', 'gi');
  return (text) => text.replace(pattern, '•••');
}

function spellingsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  return [
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ];
}

/** Everything that is known about an unclear reply, at most 2 kB (promises J-2). */
export function evidenceOf(reply: PsaReply, scrub: Scrub): string {
  if (reply.kind === 'answered') {
    const type = reply.headers['content-type'] ?? 'no content type';
    return toStorable(scrub(`HTTP ${reply.status}, ${type}, ${reply.text.length} characters: ${reply.text}`));
  }
  const status = reply.kind === 'unknown' && reply.status !== undefined ? `, HTTP ${reply.status}` : '';
  const partial = reply.kind === 'unknown' && reply.partial ? `: ${reply.partial}` : '';
  return toStorable(scrub(`${reply.reason}${status}: ${reply.detail}${partial}`));
}

/** The vendor's words as part of a sentence: one line, scrubbed, at most 400 characters. */
export function quote(text: string, scrub: Scrub): string {
  const line = scrub(text)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return line.length <= sentenceLength ? line : `${line.slice(0, sentenceLength - 1).toWellFormed()}…`;
}
