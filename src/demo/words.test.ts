import { describe, expect, it } from 'vitest';
import { clean, column, cut, widthOf } from './words.ts';

describe('text from a sender', () => {
  it.each([
    ['a\r\nb\tc', 'a b c'],
    ['red \u001b[31mtext', 'red [31mtext'],
    ['\u202eexe.fdp\u202c', 'exe.fdp'],
    ['\u2066a\u2069 \u200fb', 'a b'],
    ['a\u0085b\u2028c\u0000d', 'a b c d'],
    ['תחנה 12 🛑', 'תחנה 12 🛑'],
  ])('%j cannot move the cursor or turn the line: %j', (text, expected) => {
    expect(clean(text)).toBe(expected);
  });
});

describe('columns', () => {
  it.each([
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['🛑', 2],
    ['👩‍👩‍👧', 2],
    ['警告', 4],
    ['תחנה', 4],
    ['…→–', 3],
  ])('of %s are %i', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it.each([
    ['short', 10, 'short'],
    ['exactly ten', 11, 'exactly ten'],
    ['a little longer', 10, 'a little…'],
    ['警告警告', 5, '警告…'],
    ['🛑🛑🛑', 4, '🛑…'],
  ])('%s in %i is %s', (text, columns, expected) => {
    expect(cut(text, columns)).toBe(expected);
    expect(widthOf(cut(text, columns))).toBeLessThanOrEqual(columns);
  });

  it('a column is filled up to its width', () => {
    expect(column('ab\n', 4)).toBe('ab  ');
    expect(widthOf(column('警告 🛑 and so on', 8))).toBe(8);
  });
});
