import { describe, expect, it } from 'vitest';
import { bodyLimitBytes, readBody } from './readBody.ts';

const json = 'application/json';
const read = (text: string, type: string | undefined = json) => readBody(Buffer.from(text), type);
const codeOf = (result: ReturnType<typeof readBody>) =>
  result.ok ? 'ok' : `${result.status} ${result.code}`;

describe('content type (I-2)', () => {
  it.each([
    'application/json',
    'APPLICATION/JSON',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json; charset="utf-8"',
    ' application/json',
    'application/json\t;\tcharset=utf-8 ',
  ])('%j is read as JSON, with the same checks', (type) => {
    expect(read('{"a":1}', type)).toEqual({ ok: true, value: { a: 1 } });
    expect(codeOf(read('{"__proto__":1}', type))).toBe('400 forbiddenKey');
  });

  it.each([
    undefined,
    '',
    'text/plain',
    'application/json; charset=utf-16',
    'application/json; charset=utf-8; charset=utf-16',
    'application/jsonx',
    'application/json garbage',
    'application/json,text/plain',
    'application\t/json',
    'application/json\n',
    'application/json;',
    'multipart/form-data; boundary=x',
    'application/x-ndjson',
  ])('%j is refused', (type) => {
    expect(codeOf(readBody(Buffer.from('{}'), type))).toBe('415 unsupportedMediaType');
  });
});

describe('malformed bodies (I-1)', () => {
  it.each([
    ['nothing', '', 'emptyBody'],
    ['a byte order mark', '\uFEFF{}', 'byteOrderMark'],
    ['only blanks', ' \n ', 'malformedJson'],
    ['a truncated object', '{"a":[1,{"b":"c', 'malformedJson'],
    ['a string that ends in a backslash', '"abc\\', 'malformedJson'],
    ['trailing garbage', '{"a":1} x', 'malformedJson'],
    ['two documents', '{"a":1}{"b":2}', 'malformedJson'],
    ['lines of JSON', '{"a":1}\n{"b":2}\n', 'malformedJson'],
    ['too many closing brackets', '{}]]]]}}}}', 'malformedJson'],
    ['a raw NUL', '{"a":"\0"}', 'malformedJson'],
    ['NaN', '{"a":NaN}', 'malformedJson'],
    ['a leading zero', '{"a":007}', 'malformedJson'],
    ['a trailing comma', '[1,]', 'malformedJson'],
  ])('%s is refused', (_, text, code) => {
    expect(codeOf(read(text))).toBe(`400 ${code}`);
  });

  it('never repeats what was sent', () => {
    const result = read('{"password":"hunter2" oops');
    expect(JSON.stringify(result)).not.toMatch(/hunter2|oops|password/);
  });
});

describe('UTF-8 (I-8)', () => {
  it.each([
    ['a stray continuation byte', [0x80]],
    ['a truncated character', [0xe2, 0x82]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['an overlong NUL', [0xc0, 0x80]],
    ['an encoded surrogate', [0xed, 0xa0, 0x80]],
    ['a character beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['Latin-1', [0xe9]],
  ])('%s is refused', (_, bytes) => {
    const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')]);
    expect(codeOf(readBody(body, json))).toBe('400 invalidUtf8');
  });

  it('keeps four-byte characters and joined emoji as they are', () => {
    expect(read('{"a":"👩‍👩‍👧 𝔘 z͑ͫ̓"}')).toEqual({ ok: true, value: { a: '👩‍👩‍👧 𝔘 z͑ͫ̓' } });
  });
});

describe('size (I-3, I-11)', () => {
  const body = (bytes: number) => Buffer.from(`"${'a'.repeat(bytes - 2)}"`);

  it.each([
    [bodyLimitBytes - 1, 'ok'],
    [bodyLimitBytes, 'ok'],
    [bodyLimitBytes + 1, '413 bodyTooLarge'],
  ])('%i bytes: %s', (bytes, expected) => {
    expect(codeOf(readBody(body(bytes), json))).toBe(expected);
  });
});

describe('nesting (I-4)', () => {
  const lists = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

  it.each([
    [64, 'ok'],
    [65, '400 tooDeep'],
    [3_000, '400 tooDeep'],
    [5_000, '400 tooDeep'],
    [100_000, '400 tooDeep'],
  ])('%i levels: %s', (depth, expected) => {
    expect(codeOf(read(lists(depth)))).toBe(expected);
    expect(codeOf(read(objects(depth)))).toBe(expected);
  });

  it('does not count brackets inside text, nor neighbours', () => {
    expect(codeOf(read(JSON.stringify({ a: '[{'.repeat(1_000), b: '\\"[[[[' })))).toBe('ok');
    expect(codeOf(read(`[${'[[]],'.repeat(1_000)}1]`))).toBe('ok');
  });
});

describe('how much there may be (I-5)', () => {
  const object = (members: number) => `{${Array.from({ length: members }, (_, n) => `"k${n}":1`).join()}}`;
  const list = (elements: number) => `[${'1,'.repeat(elements - 1)}1]`;

  it.each([
    ['9,999 members', object(9_999), 'ok'],
    ['10,000 members', object(10_000), '400 tooManyKeys'],
    ['10,000 members further in', `[{"a":${object(10_000)}}]`, '400 tooManyKeys'],
    ['two objects of 9,999 members', `[${object(9_999)},${object(9_999)}]`, 'ok'],
    ['a name of 1,024 bytes', `{"${'k'.repeat(1_024)}":1}`, 'ok'],
    ['a name of 1,025 bytes', `{"${'k'.repeat(1_025)}":1}`, '400 keyTooLong'],
    ['a name of 1 MB', `{"${'k'.repeat(1_000_000)}":1}`, '400 keyTooLong'],
    ['200,000 elements', list(200_000), 'ok'],
    ['a million elements', list(1_000_000), '400 tooManyElements'],
    ['a million empty lists', `[${'[],'.repeat(999_999)}[]]`, '400 tooManyElements'],
    ['a text of 1 MB', `{"title":"${'k'.repeat(1_000_000)}"}`, 'ok'],
    ['a list of long texts', `["${'k'.repeat(2_000)}","${'k'.repeat(2_000)}"]`, 'ok'],
  ])('%s: %#', (_, text, expected) => {
    expect(codeOf(read(text))).toBe(expected);
  });
});

describe('names that mean something to JavaScript (I-6)', () => {
  it.each([
    '{"__proto__":{"polluted":1}}',
    '{"a":[{"b":1,"__proto__":null}]}',
    '{ "\\u005f_proto__" : {"polluted":1}}',
    '{"_\\u005Fproto_\\u005f":1}',
  ])('%s is refused', (text) => {
    expect(codeOf(read(text))).toBe('400 forbiddenKey');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('stores the others as data, and __proto__ as a value', () => {
    const text =
      '{"constructor":{"prototype":{"polluted":1}},"toString":1,"hasOwnProperty":2,"then":3,"a":"__proto__"}';
    const result = read(text);
    expect(result.ok && JSON.stringify(result.value)).toBe(text);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('numbers (I-20)', () => {
  it.each([
    '9007199254740993',
    '1e400',
    '-1e400',
    '-0',
    '-0.0',
    '1e-400',
    '7'.repeat(400),
    `0.${'3'.repeat(400)}`,
    '1.0',
    '1.50',
    '100e2',
    '1E5',
    '0.1',
    '0.0000001',
    '123456789012345',
    '1234567890123456',
    '12345678.9012345678',
    '4.2e1',
    '1e9999',
  ])('%s comes out as it went in', (source) => {
    const text = `{"n":${source},"list":[${source}, 1]}`;
    const result = read(text);
    expect(result.ok && JSON.stringify(result.value)).toBe(text.replaceAll(' ', ''));
  });

  it.each(['1e10000', '1e-99999', '7'.repeat(1_001), '1e+0099999'])(
    '%s is refused, not rounded',
    (source) => {
      expect(codeOf(read(`[${source}]`))).toBe('400 numberTooLarge');
    },
  );

  it('plain numbers stay numbers', () => {
    expect(read('[0,-1,3.25,12345.678,1763636400000]')).toEqual({
      ok: true,
      value: [0, -1, 3.25, 12345.678, 1763636400000],
    });
  });
});

it('the last of several members with one name counts', () => {
  expect(read('{"severity":"low","severity":"high"}')).toEqual({ ok: true, value: { severity: 'high' } });
});
