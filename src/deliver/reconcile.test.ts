import { describe, expect, it } from 'vitest';
import type { Finding } from '../psa/contract.ts';
import { surplusOf } from './reconcile.ts';

const found = (...refs: string[]): Extract<Finding, { kind: 'found' }> => {
  const [receipt, ...surplus] = refs.map((ref) => ({ ref }));
  return { kind: 'found', receipt: receipt!, surplus };
};

describe('a ticket with our key is one too many', () => {
  it.each([
    ['when it is there beside the one that we know', found('1', '2'), ['1'], ['2']],
    ['also when the PSA names it first', found('1', '2'), ['2'], ['1']],
    ['when we know of none: the write was refused or given up', found('1'), [], ['1']],
    ['not when it is the one that we know', found('1'), ['1'], []],
    ['not when there is none', { kind: 'none' } as const, ['1'], []],
  ])('%s', (_, finding, known, surplus) => {
    expect(surplusOf(finding, new Set(known)).map(({ ref }) => ref)).toEqual(surplus);
  });
});
