import { describe, expect, it } from 'vitest';
import type { Billing, Contract, Read } from '../psa/contract.ts';
import { createContractDirectory } from './contracts.ts';

const contract = (id: string, more: Partial<Contract> = {}): Contract => ({
  id,
  accountId: '7',
  name: `Contract ${id}`,
  isActive: true,
  takesServices: true,
  ...more,
});

/** A PSA that answers each read so, one after the other. */
function reading(...answers: Read<Contract[]>[]) {
  const asked: (readonly string[])[] = [];
  const contractsById: Billing['contractsById'] = async (ids) => {
    asked.push(ids);
    return answers[Math.min(asked.length, answers.length) - 1] as Read<Contract[]>;
  };
  const directory = createContractDirectory({ billing: { contractsById } as Billing });
  return { directory, asked };
}

const minute = 60_000;

describe('whether a contract may stand on a ticket (req 93)', () => {
  it.each([
    ['in force and of the account', contract('1'), 'good', undefined],
    ['not in force', contract('1', { isActive: false }), 'none', 'is not in force'],
    ['of another account', contract('1', { accountId: '8' }), 'none', 'another account'],
  ])('%s', async (_, one, kind, words) => {
    const { directory } = reading({ kind: 'ok', value: [one] });
    expect(directory.judge('1', '7', 0).kind).toBe('unknown');
    await directory.load(['1'], 0);
    const judged = directory.judge('1', '7', 0);
    expect(judged.kind).toBe(kind);
    if (words) expect(judged).toMatchObject({ words: expect.stringContaining(words) });
  });

  it('one that the PSA does not show is left out', async () => {
    const { directory } = reading({ kind: 'ok', value: [] });
    await directory.load(['1'], 0);
    expect(directory.judge('1', '7', 0)).toMatchObject({ kind: 'none' });
  });

  it('is asked again after half an hour, with the others that are due, at most 200 at once', async () => {
    const { directory } = reading({ kind: 'ok', value: [contract('1')] });
    await directory.load(['1'], 0);
    expect(directory.stale(['1', '2', '2'], 30 * minute)).toEqual(['2']);
    expect(directory.stale(['1', '2'], 30 * minute + 1)).toEqual(['1', '2']);
    expect(directory.judge('1', '7', 30 * minute + 1).kind).toBe('unknown');
    const many = Array.from({ length: 500 }, (_, at) => String(at));
    expect(directory.stale(many, 0)).toHaveLength(200);
  });

  it('of a PSA that will not tell, it is sent as chosen: the PSA judges it itself', async () => {
    const refusal = { kind: 'refused', reason: 'invalid', text: 'No right to contracts.' } as const;
    const { directory } = reading(refusal);
    expect(await directory.load(['1'], 0)).toEqual(refusal);
    expect(directory.judge('1', '7', 0).kind).toBe('unknown');
    directory.trust(['1'], refusal.text, 0);
    expect(directory.judge('1', '7', 0)).toMatchObject({
      kind: 'good',
      words: expect.stringContaining('No right to contracts.'),
    });
  });

  it('of a PSA without contracts nothing is asked', () => {
    expect(createContractDirectory({}).judge('1', '7', 0)).toEqual({ kind: 'good' });
  });
});
