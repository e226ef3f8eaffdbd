/** Control characters, line breaks (CR, LF, U+0085, U+2028, U+2029) and tabs, with the spaces around them. */
const breaks = /[ \p{Cc}\p{Zl}\p{Zp}]+/gu;
const needsWork = /[\p{Cc}\p{Zl}\p{Zp}]| {2}|^\s|\s$/u;

/** Makes one line: control characters and line breaks become one space, runs of spaces one, ends trimmed (promises I-12). */
export function oneLine(text: string): string {
  return needsWork.test(text) ? text.replace(breaks, ' ').trim() : text;
}
