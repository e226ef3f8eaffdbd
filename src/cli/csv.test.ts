import { describe, expect, it } from 'vitest';
import { readCsv } from './csv.ts';

describe('a table of comma-separated values', () => {
  it.each([
    ['a,b\n1,2', [{ a: '1', b: '2' }]],
    ['A, B \r\n1, 2 \r\n\r\n', [{ a: '1', b: '2' }]],
    ['a;b\n1;"2;3"\n', [{ a: '1', b: '2;3' }]],
    ['a,b\n"x, ""y""\nz",', [{ a: 'x, "y"\nz', b: '' }]],
    ['a,b\n1', [{ a: '1', b: '' }]],
    ['name\nJoe "the" Baker', [{ name: 'Joe "the" Baker' }]],
    ['name', []],
  ])('%j', (text, rows) => {
    expect(readCsv(text)).toEqual(rows);
  });

  it.each([
    ['', 'The file is empty'],
    ['a,b\n1,2,3', 'Row 2 has 3 cells'],
    ['a\n"1', 'never closed'],
  ])('%j is refused', (text, words) => {
    expect(() => readCsv(text)).toThrow(words);
  });
});
