/** Text on a terminal: cleaned, measured in columns, cut, padded. */

/** Control characters, and the marks that turn the direction of a line: neither may reach a terminal. */
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]+/gu;
const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** One line without anything that could move the cursor or turn the text around. */
export const clean = (text: string): string => text.replace(unsafe, ' ').replace(/ {2,}/g, ' ').trim();

/** Columns that the text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}

/** At most so many columns, the last one an ellipsis when something was cut. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let shown = '';
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    width += wide.test(segment) ? 2 : 1;
    if (width > columns - 1) break;
    shown += segment;
  }
  return `${shown.trimEnd()}…`;
}

/** Exactly so many columns. */
export function column(text: string, columns: number): string {
  const shown = cut(clean(text), columns);
  return shown + ' '.repeat(Math.max(0, columns - widthOf(shown)));
}
