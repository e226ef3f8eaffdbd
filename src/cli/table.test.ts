import { expect, it } from 'vitest';
import { table } from './table.ts';

it('columns are as wide as their widest cell, without spaces at the end', () => {
  expect(
    table(
      ['ID', 'NAME', 'WORDS'],
      [
        ['1', 'longer name', 'a'],
        ['22', 'x', ''],
      ],
    ),
  ).toEqual(['ID  NAME         WORDS', '1   longer name  a', '22  x']);
});
