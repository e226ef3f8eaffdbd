/** What may be kept of a vendor's text: every character can be stored and shown, and its length has a bound. */

/** No text that we keep of a PSA is longer, in bytes of UTF-8 (promises J-2). */
export const mostTextBytes = 2_048;

/** Line ends and tabs belong to a text; PostgreSQL refuses NUL, and terminals obey the others. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/** Control characters as their pictures (U+2400 and on), halves of surrogate pairs as U+FFFD, cut at 2 kB. */
export function toStorable(text: string): string {
  return cutBytes(text.replace(controls, picture).toWellFormed());
}

function picture(control: string): string {
  const code = control.charCodeAt(0);
  if (code === 0x7f) return '\u2421';
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : ' ';
}

function cutBytes(text: string): string {
  // A code unit takes at most three bytes: short texts need no counting.
  if (text.length * 3 <= mostTextBytes || Buffer.byteLength(text) <= mostTextBytes) return text;
  const bytes = Buffer.from(text.slice(0, mostTextBytes).toWellFormed());
  // A character cut in half would decode to U+FFFD; step back to where one begins.
  let end = Math.min(bytes.length, mostTextBytes - 3);
  while ((bytes[end]! & 0xc0) === 0x80) end -= 1;
  return `${bytes.toString('utf8', 0, end)}…`;
}
