import { describe, expect, it } from 'vitest';
import { afterSave, conflictsOf, withoutRows, withRows } from './keptRows.ts';
import type { Change, Kept } from './part.ts';
import { type Stored, storedOf } from './set.ts';
import { accountIds, rowOf } from './testing/mappings.ts';

type Account = string | null;

const change = (to: Account, from: Account = null): Change<Account> => ({ to, from });
const storedAs = (accounts: Record<string, string>): Stored =>
  storedOf(Object.entries(accounts).map(([id, accountId]) => rowOf(id, accountId)));
const nothing = new Map<string, Change<Account>>();
const nobody = new Set<string>();
const conflicts = (stored: Stored, kept: Kept<Account>) => [
  ...conflictsOf(accountIds, stored, kept, 'Ana').values(),
];

describe('rows that are changed', () => {
  it('are none any more when they lead back to what is stored', () => {
    const stored = storedAs({ a: '1' });
    const kept = withRows(accountIds, [], [['a', '2']], { stored, sent: nothing });
    expect(kept).toEqual([['a', change('2', '1')]]);
    expect(withRows(accountIds, kept, [['a', '1']], { stored, sent: nothing })).toEqual([]);
  });

  it('remember what one saw first, so that a change of somebody else is not overwritten unseen', () => {
    const kept = withRows(accountIds, [], [['a', '2']], { stored: storedAs({ a: '1' }), sent: nothing });
    const theirs = storedAs({ a: '9' });
    expect(conflicts(theirs, kept)).toEqual(['9 by Ana']);
    // One was told, and chooses again.
    const again = withRows(accountIds, kept, [['a', '3']], { stored: theirs, sent: nothing });
    expect(conflicts(theirs, again)).toEqual([]);
  });

  it('are put back after a save that is on its way when one takes them back', () => {
    const stored = storedAs({ a: '1' });
    const kept: Kept<Account> = [['a', change('2', '1')]];
    const sent = new Map(kept);
    const back = [
      withoutRows(kept, new Set('a'), sent),
      withRows(accountIds, kept, [['a', '1']], { stored, sent }),
    ];
    for (const rows of back) {
      expect(afterSave(accountIds, rows, sent, nobody)).toEqual([['a', change('1', '2')]]);
      // It was not taken: nothing is to be put back.
      expect(afterSave(accountIds, rows, nothing, nobody)).toEqual([]);
    }
    expect(withoutRows(kept, undefined, nothing)).toEqual([]);
  });
});

describe('rows after a save', () => {
  it('are kept when they were changed while it was on its way, and are no conflict with oneself', () => {
    const sent = new Map([['a', change('1')]]);
    const kept: Kept<Account> = [
      ['a', change('2')],
      ['b', change(null, '5')],
    ];
    const after = afterSave(accountIds, kept, sent, nobody);
    expect(after).toEqual([
      ['a', change('2', '1')],
      ['b', change(null, '5')],
    ]);
    expect(conflicts(storedAs({ a: '1', b: '5' }), after)).toEqual([]);
  });

  it('are done when they were taken, and kept when they were not', () => {
    const kept: Kept<Account> = [
      ['a', change('1')],
      ['b', change('2')],
    ];
    expect(afterSave(accountIds, kept, new Map(kept), new Set('b'))).toEqual([['b', change('2')]]);
  });
});
