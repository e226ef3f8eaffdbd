/** The rows of the contract mapping: what is stored, what was changed since. Pure. */
import type { Mapping, MappingSet } from '../accounts/queries.ts';
import { folded } from '../accounts/rows.ts';

/** What was chosen for an organization; without a contract nothing else is. */
export interface Choice {
  contractId: string | null;
  addService: boolean;
  /** Null: the default service. */
  serviceId: string | null;
  /** Decimals as text; null: as in the catalogue. */
  unitCost: string | null;
  unitPrice: string | null;
}

export const noChoice: Choice = {
  contractId: null,
  addService: false,
  serviceId: null,
  unitCost: null,
  unitPrice: null,
};

/** What a row shall be, and what it was when that was chosen. */
export interface Change {
  choice: Choice;
  from: Choice;
  /** The account that the contract belongs to. */
  accountId: string;
  /** The contract as it was offered. */
  contract: KnownContract | undefined;
}

/** Changed rows by organization, in the order in which they were changed. */
export type Kept = readonly (readonly [organizationId: string, change: Change])[];

export interface KnownContract {
  id: string;
  name: string;
  isActive: boolean;
  takesServices: boolean;
}

export interface Row {
  organizationId: string;
  name: string;
  accountId: string;
  accountName: string;
  choice: Choice;
  /** Undefined while nobody has met the chosen one. */
  contract: KnownContract | undefined;
  isChanged: boolean;
}

export type Show = 'open' | 'mapped';

export const choiceOf = (mapping: Mapping | undefined): Choice => ({
  contractId: mapping?.contractId ?? null,
  addService: mapping?.addService ?? false,
  serviceId: mapping?.serviceId ?? null,
  unitCost: mapping?.unitCost ?? null,
  unitPrice: mapping?.unitPrice ?? null,
});

export const isSame = (one: Choice, other: Choice): boolean =>
  one.contractId === other.contractId &&
  one.addService === other.addService &&
  one.serviceId === other.serviceId &&
  one.unitCost === other.unitCost &&
  one.unitPrice === other.unitPrice;

/** Organizations that have an account here, by name as the server lists them. */
export function rowsOf({ mappings, contracts }: MappingSet, kept: Kept): Row[] {
  const known = new Map<string, KnownContract>(contracts.map((one) => [one.id, one]));
  const changes = new Map(kept);
  return mappings.map((mapping): Row => {
    const { organizationId, organizationName: name, accountId, accountName } = mapping;
    const change = changes.get(organizationId);
    const choice = change?.choice ?? choiceOf(mapping);
    const contract = change?.contract?.id === choice.contractId ? change.contract : undefined;
    return {
      organizationId,
      name,
      accountId,
      accountName: accountName ?? `Account ${accountId}`,
      choice,
      contract: contract ?? (choice.contractId === null ? undefined : known.get(choice.contractId)),
      isChanged: change !== undefined,
    };
  });
}

/** The rows that are to be seen; letter case and accents do not count. */
export function shownRows(rows: readonly Row[], q: string, show: Show | undefined): Row[] {
  const wanted = folded(q.trim());
  return rows.filter(
    ({ name, accountName, contract, choice }) =>
      (show === undefined || (show === 'mapped') === (choice.contractId !== null)) &&
      (wanted === '' || folded(`${name} ${accountName} ${contract?.name ?? ''}`).includes(wanted)),
  );
}

export interface Counts {
  all: number;
  open: number;
  mapped: number;
  /** Chosen contracts that are known not to be in force. */
  lost: number;
}

export function countsOf(rows: readonly Row[]): Counts {
  const mapped = rows.filter(({ choice }) => choice.contractId !== null).length;
  const lost = rows.filter(({ contract }) => contract?.isActive === false).length;
  return { all: rows.length, mapped, open: rows.length - mapped, lost };
}

/** Why a price cannot stand so; undefined when it can. An empty one is none. */
export function priceMistake(text: string): string | undefined {
  if (text === '' || /^\d{1,8}(\.\d{1,4})?$/.test(text)) return undefined;
  return 'A number such as 4.5, at most 4 decimals';
}

/** Why a row is not saved: somebody else has changed the same one since it was seen. */
export function conflictOf(mapping: Mapping | undefined, change: Change): string | undefined {
  if (!mapping) return 'Somebody else has removed the mapping of this organization. Undo to take that over.';
  if (mapping.accountId !== change.accountId)
    return 'Somebody else has mapped this organization to another account. Undo to take that over.';
  const now = choiceOf(mapping);
  if (isSame(now, change.from) || isSame(now, change.choice)) return undefined;
  return 'Somebody else has changed this row meanwhile. Undo to take that over, or choose again.';
}

/** A change that leads back to what is stored is none. */
export function withChange(kept: Kept, organizationId: string, change: Change): Kept {
  const others = kept.filter(([id]) => id !== organizationId);
  return isSame(change.choice, change.from) ? others : [...others, [organizationId, change]];
}

/** What is still to be saved when the server has taken `sent` but for the rows `left`. */
export function afterSave(kept: Kept, sent: ReadonlyMap<string, Change>, left: ReadonlySet<string>): Kept {
  return kept.flatMap(([id, change]): Kept => {
    const was = sent.get(id);
    if (!was || left.has(id)) return [[id, change]];
    return isSame(change.choice, was.choice) ? [] : [[id, { ...change, from: was.choice }]];
  });
}
