import { describe, expect, it } from 'vitest';
import {
  afterSave,
  type Change,
  conflictOf,
  type Kept,
  type Stored,
  withoutRows,
  withTargets,
} from './draftRows.ts';
import type { Mapping } from './queries.ts';
import type { Target } from './rows.ts';

const to = (accountId: string): Target => ({
  accountId,
  accountName: `Account ${accountId}`,
  contactId: null,
});
const change = (target: Target, from: Target = null): Change => ({ target, from });
const storedAs = (accounts: Record<string, string>): Stored =>
  new Map(
    Object.entries(accounts).map(([id, accountId]) => [
      id,
      { accountId, accountName: null, contactId: null } as Mapping,
    ]),
  );
const nothing = new Map<string, Change>();
const nobody = new Set<string>();

describe('rows that are changed', () => {
  it('are none any more when they lead back to what is stored', () => {
    const stored = storedAs({ a: '1' });
    const kept = withTargets([], [['a', to('2')]], { stored, sent: nothing });
    expect(kept).toMatchObject([['a', { target: to('2'), from: { accountId: '1' } }]]);
    expect(withTargets(kept, [['a', to('1')]], { stored, sent: nothing })).toEqual([]);
  });

  it('remember what one saw first, so that a change of somebody else is not overwritten unseen', () => {
    const kept = withTargets([], [['a', to('2')]], { stored: storedAs({ a: '1' }), sent: nothing });
    const theirs = storedAs({ a: '9' });
    expect(conflictOf(theirs.get('a'), kept[0]![1])).toContain('Somebody else mapped it to Account 9');
    // One was told, and chooses again.
    const again = withTargets(kept, [['a', to('3')]], { stored: theirs, sent: nothing });
    expect(conflictOf(theirs.get('a'), again[0]![1])).toBeUndefined();
  });

  it('are put back after a save that is on its way when one takes them back', () => {
    const stored = storedAs({ a: '1' });
    const kept: Kept = [['a', change(to('2'), to('1'))]];
    const sent = new Map(kept);
    const back = [withoutRows(kept, ['a'], sent), withTargets(kept, [['a', to('1')]], { stored, sent })];
    for (const rows of back) {
      expect(afterSave(rows, sent, nobody)).toEqual([['a', change(to('1'), to('2'))]]);
      // It was not taken: nothing is to be put back.
      expect(afterSave(rows, nothing, nobody)).toEqual([]);
    }
    expect(withoutRows(kept, undefined, nothing)).toEqual([]);
  });
});

describe('rows after a save', () => {
  it('are kept when they were changed while it was on its way, and are no conflict with oneself', () => {
    const sent = new Map([['a', change(to('1'))]]);
    const kept: Kept = [
      ['a', change(to('2'))],
      ['b', change(null, to('5'))],
    ];
    const after = afterSave(kept, sent, nobody);
    expect(after).toEqual([
      ['a', change(to('2'), to('1'))],
      ['b', change(null, to('5'))],
    ]);
    expect(conflictOf(storedAs({ a: '1' }).get('a'), after[0]![1])).toBeUndefined();
  });

  it('are done when they were taken, and kept when they were not', () => {
    const kept: Kept = [
      ['a', change(to('1'))],
      ['b', change(to('2'))],
    ];
    expect(afterSave(kept, new Map(kept), new Set(['b']))).toEqual([['b', change(to('2'))]]);
  });
});
