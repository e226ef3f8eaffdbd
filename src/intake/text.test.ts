import { describe, expect, it } from 'vitest';
import { cleanValue } from './text.ts';

describe('cleaning of texts', () => {
  it('does not copy what is clean', () => {
    const value = {
      a: ['x', { b: '👩‍👩‍👧', c: null }],
      n: 1,
      line: 'a\r\n\tb\u2028\u0085',
      rtl: '\u202eabc\u200b',
    };
    const cleaned = cleanValue(value);
    expect(cleaned.value).toBe(value);
    expect(cleaned.flags).toEqual([]);
  });

  it.each([
    ['NUL (I-7)', 'a\0b', 'a\u2400b', ['nulReplaced']],
    ['a lone high surrogate (I-8)', 'a\ud83d', 'a\ufffd', ['surrogateReplaced']],
    ['a lone low surrogate', '\udc00a', '\ufffda', ['surrogateReplaced']],
    ['surrogates the wrong way round', '\udc00\ud83d', '\ufffd\ufffd', ['surrogateReplaced']],
    ['both', '\0\ud800', '\u2400\ufffd', ['nulReplaced', 'surrogateReplaced']],
  ])('replaces %s in values, lists and names', (_, bad, good, flags) => {
    expect(cleanValue({ a: 'x', b: [{ c: bad }], d: 'y' })).toEqual({
      value: { a: 'x', b: [{ c: good }], d: 'y' },
      flags,
    });
    expect(cleanValue({ first: 1, [bad]: 'x', last: 2 })).toEqual({
      value: { first: 1, [good]: 'x', last: 2 },
      flags,
    });
    expect(cleanValue(bad)).toEqual({ value: good, flags });
  });

  it('loses no member whose name becomes that of another', () => {
    const { value } = cleanValue({ 'a\0': 1, 'a\u2400': 2, '\ud800': 3, '\ud801': 4 });
    expect(Object.values(value as object).sort()).toEqual([1, 2, 3, 4]);
  });

  it('keeps the caller’s value as it was', () => {
    const value = { list: ['\0'] };
    cleanValue(value);
    expect(value).toEqual({ list: ['\0'] });
  });

  it('is quick on bad text under many levels', () => {
    let value: unknown = '\0';
    for (let depth = 0; depth < 64; depth++) value = { a: value };
    expect(cleanValue(value).flags).toEqual(['nulReplaced']);
  });

  it('keeps numbers that JavaScript cannot hold', () => {
    const { value } = cleanValue({ 'a\0': JSON.rawJSON('1e400') });
    expect(JSON.stringify(value)).toBe('{"a\u2400":1e400}');
  });
});
