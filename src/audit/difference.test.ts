import { expect, it } from 'vitest';
import { differenceOf } from './difference.ts';

it('keeps what differs, at any depth, and nothing else', () => {
  const before = {
    name: 'A',
    isDefault: true,
    steps: { tickets: { queue: '8', source: '1' }, accounts: {} },
  };
  const after = { ...before, name: 'B', steps: { tickets: { queue: '9', source: '1' }, accounts: {} } };
  expect(differenceOf(before, after)).toEqual({
    before: { name: 'A', steps: { tickets: { queue: '8' } } },
    after: { name: 'B', steps: { tickets: { queue: '9' } } },
  });
});

it('of a thing that is made or removed keeps everything', () => {
  expect(differenceOf(undefined, { name: 'A', on: false })).toEqual({
    before: {},
    after: { name: 'A', on: false },
  });
  expect(differenceOf({ name: 'A' }, undefined)).toEqual({ before: { name: 'A' }, after: {} });
});

it('tells apart what is absent, null and empty', () => {
  expect(differenceOf({ a: null, b: {}, c: 1 }, { b: {}, c: null })).toEqual({
    before: { a: null, c: 1 },
    after: { c: null },
  });
});

it('keeps the first 50 of many members, and says how many more there are', () => {
  const mappings = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`Mapping of ${n}`, 'x']));
  const { before, after } = differenceOf({}, mappings);
  expect(before).toEqual({});
  expect(Object.keys(after)).toHaveLength(51);
  expect(after.furtherChanges).toBe(19_950);
});

it('of long lists keeps their number and the first 50 that differ', () => {
  const ids = Array.from({ length: 60 }, (_, n) => String(n));
  expect(differenceOf({ ids }, { ids: [...ids, 'new'] })).toEqual({
    before: { ids: { number: 60, differing: [] } },
    after: { ids: { number: 61, differing: ['new'] } },
  });
});

it('cuts long texts, and replaces what is too large all the same', () => {
  const { after } = differenceOf({}, { note: 'x'.repeat(3_000) });
  expect(after.note).toBe(`${'x'.repeat(2_000)}… (3000 characters)`);
  const wide = Object.fromEntries(
    Array.from({ length: 50 }, (_, n) => [`m${n}`, Array.from({ length: 50 }, () => 'y'.repeat(100))]),
  );
  expect(Object.keys(differenceOf({}, wide).after)).toEqual(['tooLarge']);
});

it('names that every object answers to are names like others', () => {
  const own = JSON.parse('{"__proto__": "a", "toString": "b"}');
  expect(Object.entries(differenceOf({}, own).after)).toEqual([
    ['__proto__', 'a'],
    ['toString', 'b'],
  ]);
});
