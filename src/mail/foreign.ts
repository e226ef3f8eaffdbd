/** Text that others wrote, made fit to be read in a mail (promises I-9, I-10, I-12). It is escaped where it is written. */
import { oneLine, truncate } from '../templates/index.ts';

/** Line ends that are not LF. */
const lineEnds = /\r\n?|[\v\f\u0085\u2028\u2029]/g;

/** Control characters other than line ends and tabs, marks of direction, and characters without width. */
const hidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Characters that are written from right to left: Hebrew, Arabic, Syriac, Thaana, NKo and what stands beside them. */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Longest value of one line. */
const mostOfLine = 300;

/** One line of at most `most` UTF-16 units; a character that one would not see becomes its number: "[U+202E]". */
export function line(text: string, most = mostOfLine): string {
  return truncate(oneLine(visible(truncate(text, most))), most);
}

/** Longest text of several lines. */
const mostLines = 80;

/** Text of at most 80 lines and `most` UTF-16 units; what is megabytes long costs no more than what is kept of it. */
export function lines(text: string, most: number): { text: string; isCut: boolean } {
  const kept = visible(truncate(text, most).replace(lineEnds, '\n'));
  const tidy = truncate(kept, most)
    .replaceAll('\t', '    ')
    .split('\n')
    .map((one) => one.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+/, '')
    .trimEnd();
  const all = tidy.split('\n');
  const isCut = text.length > most || kept.length > most || all.length > mostLines;
  return { text: all.slice(0, mostLines).join('\n'), isCut };
}

/** For plain text: foreign text of a script from right to left cannot move what stands around it. */
export function isolated(text: string): string {
  return rightToLeft.test(text) ? `\u2068${text}\u2069` : text;
}

function visible(text: string): string {
  return text.toWellFormed().replace(hidden, numberOf);
}

const numberOf = (character: string): string =>
  `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;

/** The address of a page that a mail may link to: http or https; undefined for everything else (promises I-14). */
export function webLink(text: string | undefined): { href: string; host: string } | undefined {
  if (text === undefined || text.length > 2_000 || !/^https?:\/\//i.test(text)) return undefined;
  const url = URL.parse(text);
  // What looks like a name before an @ is there to be taken for the host.
  return url?.username === '' && url.password === '' ? { href: url.href, host: url.host } : undefined;
}
