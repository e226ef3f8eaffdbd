import { describe, expect, it } from 'vitest';
import { conflictsOf, withRows } from '../mapping/keptRows.ts';
import { type Mapping, type MappingSet, storedOf } from '../mapping/set.ts';
import { rowOf } from '../mapping/testing/mappings.ts';
import { contractPart } from './contractPart.ts';
import { type Chosen, chosenOf, countsOf, rowsOf, shownRows } from './rows.ts';

const mapping = (organizationId: string, more: Partial<Mapping> = {}): Mapping =>
  rowOf(organizationId, '7', {
    accountName: 'Northwind',
    organizationName: `Org ${organizationId}`,
    ...more,
  });
const known = { accountId: '7', number: null, endsOn: null, takesServices: true };
const set: MappingSet = {
  mappings: [mapping('a', { contractId: '1' }), mapping('b', { contractId: '2' }), mapping('c')],
  contracts: [
    { ...known, id: '1', name: 'Managed services', isActive: true },
    { ...known, id: '2', name: 'Gerät', isActive: false },
  ],
  ignoredAccountIds: [],
  unmappedOrganizations: 0,
};
const chosen = (contractId: string | null): Chosen => chosenOf(mapping('any', { contractId }));
const none = new Map<string, Chosen>();

describe('rows of the contract mapping', () => {
  it('count what is open, and what is not in force', () => {
    expect(countsOf(rowsOf(set, none))).toEqual({ all: 3, open: 1, mapped: 2, lost: 1 });
    expect(countsOf(rowsOf(set, new Map([['b', chosen(null)]])))).toMatchObject({ open: 2, lost: 0 });
  });

  it('are found by organization, account and contract, without letter case and accents', () => {
    const ids = (q: string, show?: 'open' | 'mapped') =>
      shownRows(rowsOf(set, none), q, show).map(({ organizationId }) => organizationId);
    expect(ids('GERAT')).toEqual(['b']);
    expect(ids('northwind', 'open')).toEqual(['c']);
    expect(ids('org', 'mapped')).toEqual(['a', 'b']);
  });

  it('a change that leads back to what is stored is none, whatever was said of the contract', () => {
    const given = { stored: storedOf(set.mappings), sent: new Map() };
    const kept = withRows(contractPart, [], [['a', chosen('2')]], given);
    expect(kept).toHaveLength(1);
    const contract = { ...known, id: '1', name: 'Managed services', isActive: true };
    expect(withRows(contractPart, kept, [['a', { ...chosen('1'), contract }]], given)).toEqual([]);
  });

  it('are stored with all that belongs to the account', () => {
    const before = mapping('a', { contactId: '9', note: 'why' });
    const { organizationName: _1, accountName: _2, accountIsActive: _3, ...row } = before;
    const to = { ...chosen('1'), contract: { ...known, id: '1', name: 'Managed services', isActive: true } };
    expect(contractPart.mappingOf('a', before, to)).toEqual({ ...row, contractId: '1', addService: false });
    expect(contractPart.mappingOf('a', undefined, to)).toBeUndefined();
  });

  it.each([
    ['as it was seen', mapping('a'), undefined],
    ['the same choice already', mapping('a', { contractId: '1' }), undefined],
    ['another contract', mapping('a', { contractId: '2' }), /changed this row/],
    ['another account', mapping('a', { accountId: '8' }), /another account/],
    ['no account', undefined, /removed the mapping/],
  ])('somebody else left %s: %#', (_, now, words) => {
    const change = { to: chosen('1'), from: chosen(null) };
    const conflict = conflictsOf(contractPart, storedOf(now ? [now] : []), [['a', change]]).get('a');
    if (words) expect(conflict).toMatch(words);
    else expect(conflict).toBeUndefined();
  });

  it.each([
    [null, true],
    ['0', true],
    ['4.5', true],
    ['99999999.9999', true],
    ['4.', false],
    ['.5', false],
    ['-1', false],
    ['1,5', false],
    ['1e3', false],
    ['0.12345', false],
    ['123456789', false],
  ])('%j as a price: %s', (text, isGood) => {
    const part = contractPart.mistakeIn?.({ ...chosen('1'), unitPrice: text });
    if (isGood) expect(part).toBeUndefined();
    else expect(part).toContain(`Unit price "${text}" cannot be used`);
  });
});
