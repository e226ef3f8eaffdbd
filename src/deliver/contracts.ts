/**
 * Whether the contract of a mapping may stand on a ticket (req 93): it is in force and belongs to the ticket's account.
 * Contracts are read together and kept for a while, so that tickets cost no reads. A ticket without one beats no ticket.
 */
import type { Contract, Read, Session } from '../psa/contract.ts';

/** `unknown` until {@link ContractDirectory.load} has read it. */
export type JudgedContract =
  | { kind: 'unknown' }
  | { kind: 'good'; words?: string }
  | { kind: 'none'; words: string };

export interface ContractDirectory {
  judge(contractId: string, accountId: string, now: number): JudgedContract;
  /** Of these, those that are to be read anew, in their order, at most as many as one call takes. */
  stale(contractIds: readonly string[], now: number): string[];
  /** A refused read is answered and leaves them unknown. */
  load(contractIds: readonly string[], now: number): Promise<Read<true>>;
  /** The PSA will not tell of them: for a while it judges them itself when the ticket is made. */
  trust(contractIds: readonly string[], problem: string, now: number): void;
}

type KnownContract = { readAt: number } & (
  | { kind: 'found'; contract: Contract }
  | { kind: 'missing' }
  | { kind: 'untold'; problem: string }
);

const keptMs = 30 * 60_000;
const mostAtOnce = 200;
const mostKept = 20_000;

export function createContractDirectory({ billing }: Pick<Session, 'billing'>): ContractDirectory {
  const contracts = new Map<string, KnownContract>();

  function fresh(contractId: string, now: number): KnownContract | undefined {
    const known = contracts.get(contractId);
    return known && known.readAt + keptMs >= now ? known : undefined;
  }

  function keep(contractId: string, known: KnownContract): void {
    contracts.delete(contractId);
    if (contracts.size >= mostKept) contracts.delete(contracts.keys().next().value as string);
    contracts.set(contractId, known);
  }

  return {
    judge(contractId, accountId, now) {
      if (!billing) return { kind: 'good' };
      const known = fresh(contractId, now);
      if (!known) return { kind: 'unknown' };
      if (known.kind === 'untold')
        return { kind: 'good', words: `The contract could not be checked: ${known.problem}` };
      if (known.kind === 'missing')
        return { kind: 'none', words: `The PSA does not show contract ${contractId}.` };
      const { name, isActive, accountId: owner } = known.contract;
      if (owner !== accountId) return { kind: 'none', words: `Contract ${name} belongs to another account.` };
      if (!isActive) return { kind: 'none', words: `Contract ${name} is not in force.` };
      return { kind: 'good' };
    },
    stale: (contractIds, now) =>
      [...new Set(contractIds)].filter((id) => !fresh(id, now)).slice(0, mostAtOnce),
    async load(contractIds, now) {
      if (!billing) return { kind: 'ok', value: true };
      const read = await billing.contractsById(contractIds);
      if (read.kind !== 'ok') return read;
      const found = new Map(read.value.map((contract) => [contract.id, contract]));
      for (const id of contractIds) {
        const contract = found.get(id);
        keep(id, contract ? { kind: 'found', contract, readAt: now } : { kind: 'missing', readAt: now });
      }
      return { kind: 'ok', value: true };
    },
    trust(contractIds, problem, now) {
      for (const id of contractIds) keep(id, { kind: 'untold', problem, readAt: now });
    },
  };
}
