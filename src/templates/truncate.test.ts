import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { truncate } from './truncate.ts';

const family = '👨‍👩‍👧‍👦';
const flag = '🇵🇹';
const accented = 'e\u0301';

describe('truncate (promises I-9)', () => {
  it.each([
    ['fits', 'abc', 3, 'abc'],
    ['plain', 'abcdef', 4, 'abc…'],
    ['nothing fits', 'abc', 0, ''],
    ['room for the ellipsis only', 'abc', 1, '…'],
    ['surrogate pair at the border', 'ab😀cd', 4, 'ab…'],
    ['surrogate pair that still fits', 'ab😀cd', 5, 'ab😀…'],
    ['ZWJ sequence at the border', `ab${family}cd`, 8, 'ab…'],
    ['ZWJ sequence that still fits', `ab${family}cd`, 2 + family.length + 1, `ab${family}…`],
    ['combining mark at the border', `ab${accented}cd`, 4, 'ab…'],
    ['combining mark after plain text', `abc${accented}`, 4, 'abc…'],
    ['flag at the border', `ab${flag}${flag}`, 5, 'ab…'],
    ['spaces before the cut', 'ab      cd', 6, 'ab…'],
    ['a storm of marks on one letter', `ab${'x'}${'\u0301'.repeat(100)}`, 50, 'ab…'],
  ])('%s', (_name, text, max, expected) => {
    expect(truncate(text, max)).toBe(expected);
  });

  it('takes another ending', () => {
    expect(truncate('abcdef', 4, '')).toBe('abcd');
    expect(truncate('abcdef', 5, '...')).toBe('ab...');
  });

  it('is never longer than allowed and never leaves half a character', () => {
    const texts = fc.array(
      fc.constantFrom(family, flag, accented, '😀', 'a', ' ', '\u200d', '\ufe0f', 'क्षि'),
    );
    fc.assert(
      fc.property(texts, fc.integer({ min: 0, max: 40 }), (parts, max) => {
        const text = parts.join('');
        const cut = truncate(text, max);
        expect(cut.length).toBeLessThanOrEqual(max);
        expect(cut.isWellFormed()).toBe(true);
        const kept = text.length > max ? cut.replace(/…$/, '') : cut;
        const borders = new Set([0, text.length]);
        for (const { index } of new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text)) {
          borders.add(index);
        }
        // Trailing spaces are dropped, so the kept part may end before its border by spaces only.
        const spaces = text.slice(kept.length).length - text.slice(kept.length).trimStart().length;
        expect([...Array(spaces + 1).keys()].some((extra) => borders.has(kept.length + extra))).toBe(true);
      }),
    );
  });

  it('never makes lone surrogates of any well-formed text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.nat(60), (text, max) => {
        expect(truncate(text, max).isWellFormed()).toBe(true);
      }),
    );
  });
});
