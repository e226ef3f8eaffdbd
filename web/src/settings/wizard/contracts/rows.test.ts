import { describe, expect, it } from 'vitest';
import type { Mapping, MappingSet } from '../accounts/queries.ts';
import {
  afterSave,
  type Change,
  type Choice,
  conflictOf,
  countsOf,
  noChoice,
  priceMistake,
  rowsOf,
  shownRows,
  withChange,
} from './rows.ts';

const mapping = (organizationId: string, more: Partial<Mapping> = {}): Mapping => ({
  organizationId,
  organizationName: `Org ${organizationId}`,
  accountId: '7',
  accountName: 'Northwind',
  accountIsActive: true,
  contactId: null,
  contractId: null,
  serviceId: null,
  addService: null,
  unitCost: null,
  unitPrice: null,
  note: '',
  reviewOn: null,
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
const chosen = (contractId: string | null): Choice => ({ ...noChoice, contractId });
const change = (to: string | null, from: string | null = null): Change => ({
  choice: chosen(to),
  from: chosen(from),
  accountId: '7',
  contract: undefined,
});

describe('rows of the contract mapping', () => {
  it('count what is open, and what is not in force', () => {
    expect(countsOf(rowsOf(set, []))).toEqual({ all: 3, open: 1, mapped: 2, lost: 1 });
    expect(countsOf(rowsOf(set, [['b', change(null, '2')]]))).toMatchObject({ open: 2, lost: 0 });
  });

  it('are found by organization, account and contract, without letter case and accents', () => {
    const ids = (q: string, show?: 'open' | 'mapped') =>
      shownRows(rowsOf(set, []), q, show).map(({ organizationId }) => organizationId);
    expect(ids('GERAT')).toEqual(['b']);
    expect(ids('northwind', 'open')).toEqual(['c']);
    expect(ids('org', 'mapped')).toEqual(['a', 'b']);
  });

  it('a change that leads back to what is stored is none', () => {
    const kept = withChange([], 'a', change('2', '1'));
    expect(kept).toHaveLength(1);
    expect(withChange(kept, 'a', change('1', '1'))).toEqual([]);
  });

  it('what was changed while it was saved is still to be saved, over what was saved', () => {
    const sent = new Map([['a', change('1')]]);
    expect(afterSave([['a', change('1')]], sent, new Set())).toEqual([]);
    expect(afterSave([['a', change('2')]], sent, new Set())).toEqual([['a', change('2', '1')]]);
    expect(afterSave([['a', change('1')]], sent, new Set(['a']))).toEqual([['a', change('1')]]);
  });

  it.each([
    ['as it was seen', mapping('a'), undefined],
    ['the same choice already', mapping('a', { contractId: '1' }), undefined],
    ['another contract', mapping('a', { contractId: '2' }), /changed this row/],
    ['another account', mapping('a', { accountId: '8' }), /another account/],
    ['no account', undefined, /removed the mapping/],
  ])('somebody else left %s: %#', (_, now, words) => {
    const conflict = conflictOf(now, change('1'));
    if (words) expect(conflict).toMatch(words);
    else expect(conflict).toBeUndefined();
  });

  it.each([
    ['', true],
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
    expect(priceMistake(text) === undefined).toBe(isGood);
  });
});
