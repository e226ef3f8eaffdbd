import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyHash, dedupKey } from '../alerts/identity.ts';
import { readLossless, stringify } from '../http/lossless.ts';
import { readBody } from '../http/readBody.ts';
import { formats } from './formats.ts';
import { samples } from './samples/index.ts';
import type { FormatName } from './types.ts';

const now = new Date('2026-11-20T12:00:00Z');
const anyText = fc.string({ unit: 'binary' });
const anyJson = fc.jsonValue({ stringUnit: 'binary' });
const names = Object.keys(formats) as FormatName[];

/** A JSON number in any spelling that the grammar allows, within our limits. */
const spelledNumber = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(fc.constant('0'), fc.bigInt({ min: 1n, max: 10n ** 60n }).map(String)),
    fc.oneof(fc.constant(''), fc.stringMatching(/^\.[0-9]{1,30}$/)),
    fc.oneof(fc.constant(''), fc.stringMatching(/^[eE][+-]?[0-9]{1,3}$/)),
  )
  .map((parts) => parts.join(''));

/** A sample with one member, anywhere, replaced by something else. */
const damagedSample = fc
  .tuple(fc.constantFrom(...samples), fc.nat(), anyJson)
  .map(([sample, which, value]) => {
    let seen = 0;
    const count = (_: string, member: unknown) => {
      seen++;
      return member;
    };
    JSON.stringify(sample.body, count);
    const target = which % seen;
    seen = 0;
    const body: unknown = JSON.parse(
      JSON.stringify(sample.body, (_, member) => (seen++ === target ? value : member)) ?? 'null',
    );
    return { format: sample.format, body };
  });

describe('reading bytes', () => {
  it('arbitrary bytes are read or refused with 400, never thrown at', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const result = readBody(Buffer.from(bytes), 'application/json');
        expect(result.ok || result.status).toSatisfy((told: unknown) => told === true || told === 400);
      }),
      { numRuns: 500 },
    );
  });

  it('agrees with JSON.parse about text that looks like JSON', () => {
    const tokens = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"\\u0061',
      '"',
      '1',
      '-',
      '0.5',
      'e',
      'null',
      ' ',
      '\\',
    );
    fc.assert(
      fc.property(
        fc.array(tokens, { maxLength: 12 }).map((parts) => parts.join('')),
        (text) => {
          let isJson = true;
          try {
            JSON.parse(text);
          } catch {
            isJson = false;
          }
          expect(readBody(Buffer.from(text), 'application/json').ok).toBe(isJson);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('any JSON comes back as JSON.parse has it', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('__proto__'));
        const result = readBody(Buffer.from(text), 'application/json');
        expect(result.ok && stringify(result.value)).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('every number keeps its spelling (I-20)', () => {
    fc.assert(
      fc.property(fc.array(spelledNumber, { minLength: 1 }), (numbers) => {
        const text = `[${numbers.join()}]`;
        const result = readBody(Buffer.from(text), 'application/json');
        expect(result.ok && stringify(result.value)).toBe(text);
        const again = readLossless(text);
        expect(again.ok && stringify(again.value)).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('reading records', () => {
  it.each(names)('%s judges any JSON without throwing, and twice alike', (name) => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const first = formats[name].parse(value, { now });
        expect(formats[name].parse(structuredClone(value), { now })).toEqual(first);
      }),
    );
  });

  it('a damaged sample is an alert that can be stored, or is refused with a member’s name', () => {
    fc.assert(
      fc.property(damagedSample, ({ format, body }) => {
        for (const parsed of formats[format].parse(body, { now })) {
          if (!parsed.ok) {
            expect(parsed.errors.length).toBeGreaterThan(0);
            continue;
          }
          const { alert } = parsed;
          const stored = stringify(alert);
          expect(stored).not.toMatch(/\\u0000|\\ud[89a-f]/i);
          expect([alert.source, alert.externalId, alert.title].every((text) => /\S/.test(text))).toBe(true);
          expect([dedupKey(alert).length, bodyHash(alert).length]).toEqual([32, 32]);
          expect(bodyHash(JSON.parse(stored))).toEqual(bodyHash(alert));
        }
      }),
      { numRuns: 1_500 },
    );
  });

  it('any text in the native form stays, but for what cannot be stored', () => {
    const text = anyText.filter((one) => /\S/.test(one) && one.length <= 200);
    fc.assert(
      fc.property(text, text, text, (source, externalId, title) => {
        const [parsed] = formats.native.parse({ source, externalId, title, severity: 'low' }, { now });
        const clean = (one: string) => one.replaceAll('\0', '\u2400').toWellFormed();
        expect(parsed).toMatchObject({
          ok: true,
          alert: { source: clean(source), externalId: clean(externalId), title: clean(title) },
        });
      }),
    );
  });
});
