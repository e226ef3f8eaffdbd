import { expect, it } from 'vitest';
import { csvCell } from './export.ts';
import { changesOf } from './words.ts';

it('says each member with its place, and values as people say them', () => {
  const before = {
    isDefault: false,
    steps: { tickets: { ticketQueue: '8' } },
    pauseReason: null,
    note: null,
  };
  const after = { isDefault: true, steps: { tickets: { ticketQueue: '9' } }, pauseReason: 'Maintenance' };
  expect(changesOf({ before, after })).toEqual([
    { field: 'Is default', before: 'off', after: 'on' },
    { field: 'Tickets: ticket queue', before: '8', after: '9' },
    { field: 'Pause reason', before: null, after: 'Maintenance' },
  ]);
});

it('leaves names that people gave as they are', () => {
  const after = { 'Mapping of eBay': 'eBay Inc. (7)' };
  expect(changesOf({ before: {}, after })).toEqual([
    { field: 'Mapping of eBay', before: null, after: 'eBay Inc. (7)' },
  ]);
});

it('says lists in one line, long ones by their number', () => {
  const after = {
    externalRefs: [
      { kind: 'domain', value: 'a.example' },
      { kind: 'id', value: '7', source: 'edr' },
    ],
    scopes: [],
    ignoredAccounts: { number: 70, differing: ['5'] },
  };
  expect(changesOf({ before: {}, after }).map((change) => change.after)).toEqual([
    'domain a.example, id 7 edr',
    'none',
    '70 in all, of which differ: 5',
  ]);
});

it.each([
  ['=1+1', `'=1+1`],
  ['+1', `'+1`],
  ['-1', `'-1`],
  ['@a', `'@a`],
  ['\tx', `'\tx`],
  ['\rx', `"'\rx"`],
  ['\nx', `"'\nx"`],
  ['a,b', '"a,b"'],
  ['=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
  ['plain', 'plain'],
])('a cell that a spreadsheet would take for a formula is text: %j', (text, cell) => {
  expect(csvCell(text)).toBe(cell);
});
