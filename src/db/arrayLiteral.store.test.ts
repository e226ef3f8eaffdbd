import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase } from '../../test/freshDatabase.ts';
import { arrayLiteral } from './arrayLiteral.ts';

const client = new pg.Client((await freshDatabase()).url);
beforeAll(() => client.connect());
afterAll(() => client.end());

/** What the server has read, as JSON, so that nothing of the driver's reading is between. */
async function read(values: readonly unknown[], type: string): Promise<unknown> {
  const { rows } = await client.query({
    name: type,
    text: `select to_json($1::${type}[]) as read`,
    values: [arrayLiteral(values)],
  });
  return rows[0].read;
}

const text = fc.string({ unit: 'binary' }).map((some) => some.replaceAll('\0', ''));
const awkward = fc.constantFrom(
  '',
  'null',
  'NULL',
  '"',
  '\\',
  '{',
  '}',
  ',',
  ' a ',
  '\\"',
  '\n',
  '\u2028',
  '😀',
);

describe('a list as the server reads it', () => {
  it('has the texts that were given, and null where there is none', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.option(fc.oneof(text, awkward))), async (texts) => {
        expect(await read(texts, 'text')).toEqual(texts);
      }),
    ));

  it('has the JSON that was given, quotes and line ends in it', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.json()), async (texts) => {
        expect(await read(texts, 'text')).toEqual(texts);
      }),
    ));

  it('has the numbers that were given', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }))),
        async (numbers) => {
          expect(await read(numbers, 'float8')).toEqual(numbers.map((one) => (one === 0 ? 0 : one)));
        },
      ),
    ));

  it.each([
    ['bool', [true, false, null]],
    ['int', [1, undefined, -2]],
    ['text', []],
  ])('of %s has what was given', async (type, values) => {
    expect(await read(values, type)).toEqual(values.map((one) => one ?? null));
  });

  it.each([
    ['bytes', [Buffer.from('a')]],
    ['a date', [new Date(0)]],
    ['a list', [[1]]],
    ['no finite number', [Number.POSITIVE_INFINITY]],
    ['half a character', ['\ud800']],
    ['a control character', ['a\tb']],
  ])('of %s is left to the driver', (_, values) => {
    expect(arrayLiteral(values)).toBe(values);
  });
});
