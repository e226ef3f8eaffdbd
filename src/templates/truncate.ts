/** Cutting text so that no character breaks (promises I-9). */

let segmenter: Intl.Segmenter | undefined;

/**
 * Cuts to at most `maxUtf16` UTF-16 code units, the way PSAs count. Never splits a surrogate pair, a ZWJ sequence or
 * a combining mark from its base; what was cut ends with `ellipsis`. Text that fits comes back as it is.
 */
export function truncate(text: string, maxUtf16: number, ellipsis = '…'): string {
  if (text.length <= maxUtf16) return text;
  if (maxUtf16 < ellipsis.length) return text.slice(0, characterBorder(text, Math.max(0, maxUtf16)));
  return text.slice(0, characterBorder(text, maxUtf16 - ellipsis.length)).trimEnd() + ellipsis;
}

/**
 * The largest place ≤ `at` where the text may be cut. Looks at no more than the text up to the cut and the one
 * character behind it, so a text of megabytes costs no more than its kept part.
 */
function characterBorder(text: string, at: number): number {
  if (at <= 0) return 0;
  if (at >= text.length) return text.length;
  if (isPlain(text.charCodeAt(at - 1)) && isPlain(text.charCodeAt(at))) return at;
  segmenter ??= new Intl.Segmenter('und', { granularity: 'grapheme' });
  return segmenter.segment(text.slice(0, at + 2)).containing(at)?.index ?? at;
}

/** Printable ASCII never joins with a neighbour of its kind; between two of them any place is a border. */
function isPlain(unit: number): boolean {
  return unit >= 0x20 && unit < 0x7f;
}
