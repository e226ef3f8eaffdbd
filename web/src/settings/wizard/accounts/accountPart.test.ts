import { expect, it } from 'vitest';
import { rowOf } from '../mapping/testing/mappings.ts';
import { accountPart } from './accountPart.ts';
import { targetOf } from './rows.ts';

const target = (accountId: string) => targetOf(rowOf('any', accountId));
const { mappingOf, conflictWords } = accountPart;

it('what belongs to the account of a row stays while the account does', () => {
  const before = rowOf('a', '1', { contractId: 'k1', addService: true });
  expect(mappingOf('a', before, { ...target('1')!, contactId: '9' })).toMatchObject({
    contactId: '9',
    contractId: 'k1',
    addService: true,
  });
  expect(mappingOf('a', before, target('2'))).toMatchObject({ accountId: '2', contractId: null });
  expect(mappingOf('a', before, null)).toBeUndefined();
});

it.each([
  ['another account', target('9'), 'Somebody else mapped it to Account 9 meanwhile.'],
  ['the same account', target('1'), 'Somebody else changed its contact, note or review date meanwhile.'],
  ['none', null, 'Somebody else removed its mapping meanwhile.'],
])('says what somebody else has made of a row: %s', (_, now, words) => {
  const change = { to: target('2'), from: target('1') };
  expect(conflictWords(now, change, undefined)).toContain(words);
  expect(conflictWords(now, change, 'Ana')).toContain('The last change of the mappings is by Ana.');
});
