import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isolated, line, lines, webLink } from './foreign.ts';

describe('one line of foreign text', () => {
  it.each([
    ['plain', 'Odd sign-in', 'Odd sign-in'],
    ['line ends and tabs (I-12)', ' a\r\nb\tc\u0085d\u2028e\u2029f\vg ', 'a b c d e f g'],
    ['turned direction (I-10)', 'exe\u202etxt', 'exe[U+202E]txt'],
    ['no width', 'a\u200bb\ufeffc', 'a[U+200B]b[U+FEFF]c'],
    ['control characters', 'a\u0007\u001bb', 'a[U+0007][U+001B]b'],
    ['tag characters', 'a\u{e0041}', 'a[U+E0041]'],
    ['a lone surrogate', 'a\ud800', 'a\ufffd'],
    ['a family is one character', '👨‍👩‍👧‍👦', '👨‍👩‍👧‍👦'],
  ])('%s', (_name, text, expected) => {
    expect(line(text)).toBe(expected);
  });

  it('is cut where no character breaks, numbers of hidden ones included (I-9)', () => {
    expect(line(`${'a'.repeat(8)}👨‍👩‍👧‍👦`, 12)).toBe('aaaaaaaa…');
    expect(line('\u202e'.repeat(400)).length).toBeLessThanOrEqual(300);
  });

  it('never has a line end or half a character, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 80 }),
        fc.integer({ min: 1, max: 60 }),
        (text, most) => {
          const shown = line(text, most);
          expect(shown.length).toBeLessThanOrEqual(most);
          expect(shown).toMatch(/^[^\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]*$/u);
          expect(shown.isWellFormed()).toBe(true);
        },
      ),
    );
  });
});

describe('text of several lines', () => {
  it('keeps its lines, whatever ends them', () => {
    expect(lines('a\r\nb\rc\u2028d\n\n\n\ne  \n', 100)).toEqual({ text: 'a\nb\nc\nd\n\ne', isCut: false });
  });

  it('is cut by length and by lines, and says so', () => {
    expect(lines('x'.repeat(200), 100)).toEqual({ text: `${'x'.repeat(99)}…`, isCut: true });
    const many = lines('x\n'.repeat(200), 1_000);
    expect([many.text.split('\n').length, many.isCut]).toEqual([80, true]);
  });

  it('of 8 MB costs no more than what is kept (I-11)', () => {
    const long = 'word\u202e\n'.repeat(1_300_000);
    const before = performance.now();
    expect(lines(long, 5_000).text.length).toBeLessThanOrEqual(5_000);
    expect(performance.now() - before).toBeLessThan(50);
  });
});

it('only text from right to left is isolated, so that everything else can be copied as it is', () => {
  expect(isolated('ana@northwind.example')).toBe('ana@northwind.example');
  expect(isolated('مستشفى النور')).toBe('\u2068مستشفى النور\u2069');
  expect(isolated('a שרה b')).toBe('\u2068a שרה b\u2069');
});

describe('links (promises I-14)', () => {
  it.each([
    ['https://edr.example/1?a=b', 'https://edr.example/1?a=b'],
    ['HTTP://edr.example', 'http://edr.example/'],
    ['https://edr.example/"><script>', 'https://edr.example/%22%3E%3Cscript%3E'],
  ])('%s', (text, href) => {
    expect(webLink(text)?.href).toBe(href);
  });

  it.each([
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    '//edr.example',
    'edr.example',
    'https://',
    'https://herald.example@evil.example/',
    'https://:secret@evil.example/',
    `https://a.example/${'x'.repeat(2_000)}`,
  ])('none: %s', (text) => {
    expect(webLink(text)).toBeUndefined();
  });
});
