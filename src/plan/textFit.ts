/** Putting lines together within a PSA's limit: the key line always stands last, and a cut always says where the rest is. */
import { oneLine, truncate } from '../templates/index.ts';
import { keyLine } from './markers.ts';

/** Longest title and id that a text shows; longer ones are cut so that they cannot crowd out the rest. */
const maxShown = 500;

/** CR, Unicode line ends and other control characters but LF and tab, which no PSA shows well (promises I-12). */
const lineEnds = /\r\n?|[\u0085\u2028\u2029]/g;
const needsCleaning = /[^\P{Cc}\n\t]|[\u2028\u2029]/u;
const otherControls = /[^\P{Cc}\n\t]/gu;

/** A short value as one line. */
export function shown(text: string, max = maxShown): string {
  return oneLine(truncate(text, max));
}

/**
 * Foreign text of several lines, at most `max` UTF-16 units, so that a description of megabytes costs no more than
 * what can be shown of it.
 */
export function paragraph(text: string, max: number): { text: string; isCut: boolean } {
  const kept = truncate(text, max);
  const clean = needsCleaning.test(kept) ? kept.replace(lineEnds, '\n').replace(otherControls, ' ') : kept;
  return { text: clean.trim(), isCut: text.length > max };
}

export interface Fitting {
  /** In UTF-16 units, as the vendor counts. */
  limit: number;
  key: string;
  /** Where the full text is. */
  link: string;
  /** True when the body was shortened before, so that the cut must be said even if the rest fits. */
  isCut?: boolean;
}

/** The body, cut to fit, and the key as the last line. The key line is never cut. */
export function fitText(body: string, { limit, key, link, isCut }: Fitting): string {
  const last = keyLine(key);
  const whole = `${body}\n\n${last}`;
  if (!isCut && whole.length <= limit) return whole;
  const ending = `\n… full text in ${link}\n\n${last}`;
  if (ending.length >= limit) return `${truncate(body, Math.max(0, limit - last.length - 1))}\n${last}`;
  return truncate(body, limit - ending.length, '') + ending;
}

const numbers = new Intl.NumberFormat('en-US');

/** A count for people: 9,958 */
export function count(value: number): string {
  return value < 1000 ? String(value) : numbers.format(value);
}
