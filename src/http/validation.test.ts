import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toFieldErrors } from './validation.ts';

const schema = z.strictObject({
  name: z.string().min(1).max(3),
  count: z.int().min(1).max(9).optional(),
  rows: z
    .array(z.strictObject({ id: z.uuid() }))
    .max(2)
    .optional(),
  either: z.union([z.string(), z.strictObject({ kind: z.enum(['a', 'b']), value: z.string() })]).optional(),
  own: z
    .string()
    .refine((text) => text !== 'no', { error: 'must not be no.' })
    .optional(),
});

const check = (value: unknown) => {
  const result = schema.safeParse(value, { reportInput: true });
  return result.success
    ? []
    : toFieldErrors(result.error).map(({ field, code, message }) => [field, code, message]);
};

it.each([
  [z.iso.date(), '2026-02-31', 'a day such as 2026-11-30'],
  [z.iso.datetime(), 'yesterday', 'a time such as 2026-11-30T08:00:00Z'],
  [z.email(), 'no', 'an e-mail address'],
])('what has a form is told it', (schema, value, form) => {
  const { error } = z.strictObject({ at: schema }).safeParse({ at: value });
  expect(error && toFieldErrors(error)).toEqual([
    { field: 'at', code: 'invalid', message: `at must be ${form}.` },
  ]);
});

describe('what is wrong is said member by member', () => {
  it.each([
    [{}, ['name', 'required', 'name is required.']],
    [{ name: '' }, ['name', 'required', 'name must not be empty.']],
    [{ name: 'long' }, ['name', 'tooBig', 'name takes at most 3 characters.']],
    [{ name: 1 }, ['name', 'invalidType', 'name must be text.']],
    [{ name: null }, ['name', 'invalidType', 'name must be text.']],
    [{ name: 'a', count: 10 }, ['count', 'tooBig', 'count must be at most 9.']],
    [{ name: 'a', count: 1.5 }, ['count', 'invalidType', 'count must be a whole number.']],
    [
      { name: 'a', rows: [{ id: 'x' }] },
      ['rows[0].id', 'invalid', 'rows[0].id does not have the right form.'],
    ],
    [
      { name: 'a', rows: [{}, {}, {}].map(() => ({ id: crypto.randomUUID() })) },
      ['rows', 'tooBig', 'rows takes at most 2 entries.'],
    ],
    [
      { name: 'a', either: { kind: 'c', value: '' } },
      ['either.kind', 'invalidValue', 'either.kind must be one of: a, b.'],
    ],
    [
      { name: 'a', either: { kind: 'a', value: '', x: 1 } },
      ['either.x', 'unknown', 'either.x is not known here.'],
    ],
    [{ name: 'a', either: 5 }, ['either', 'invalid', 'either does not have the right form.']],
    [{ name: 'a', own: 'no' }, ['own', 'invalid', 'own must not be no.']],
    [{ name: 'a', extra: 1 }, ['extra', 'unknown', 'extra is not known here.']],
    [[], ['', 'invalidType', 'The body must be an object.']],
  ])('%j', (value, expected) => {
    expect(check(value)).toEqual([expected]);
  });

  it('names that a sender made up are shortened and made harmless', () => {
    const [[field] = []] = check({ name: 'a', [`\u001b[31m${'x'.repeat(200)}`]: 1 });
    expect(field).toBe(`?[31m${'x'.repeat(95)}`);
  });
});
