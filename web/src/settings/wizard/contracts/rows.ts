/** The rows of the contract mapping: what is stored, what was changed since. Pure. */
import { finder } from '../mapping/search.ts';
import type { Mapping, MappingSet } from '../mapping/set.ts';

/** What was chosen in a row; without a contract nothing else is. */
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

export interface KnownContract {
  id: string;
  name: string;
  isActive: boolean;
  takesServices: boolean;
}

/** What was chosen, and for which account. */
export interface Chosen extends Choice {
  /** The account that the contract belongs to; null: the organization has none. */
  accountId: string | null;
  /** The contract as it was offered. */
  contract: KnownContract | undefined;
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

/** What is stored; nobody has offered its contract here. */
export const chosenOf = (mapping: Mapping | undefined): Chosen => ({
  accountId: mapping?.accountId ?? null,
  contractId: mapping?.contractId ?? null,
  addService: mapping?.addService ?? false,
  serviceId: mapping?.serviceId ?? null,
  unitCost: mapping?.unitCost ?? null,
  unitPrice: mapping?.unitPrice ?? null,
  contract: undefined,
});

export const isSame = (one: Chosen, other: Chosen): boolean =>
  one.accountId === other.accountId &&
  one.contractId === other.contractId &&
  one.addService === other.addService &&
  one.serviceId === other.serviceId &&
  one.unitCost === other.unitCost &&
  one.unitPrice === other.unitPrice;

/** Organizations that have an account here, by name as the server lists them. */
export function rowsOf({ mappings, contracts }: MappingSet, changes: ReadonlyMap<string, Chosen>): Row[] {
  const known = new Map<string, KnownContract>(contracts.map((one) => [one.id, one]));
  return mappings.map((mapping): Row => {
    const { organizationId, organizationName: name, accountId, accountName } = mapping;
    const changed = changes.get(organizationId);
    const choice = changed ?? chosenOf(mapping);
    const offered = choice.contract?.id === choice.contractId ? choice.contract : undefined;
    return {
      organizationId,
      name,
      accountId,
      accountName: accountName ?? `Account ${accountId}`,
      choice,
      contract: offered ?? (choice.contractId === null ? undefined : known.get(choice.contractId)),
      isChanged: changed !== undefined,
    };
  });
}

/** The rows that are to be seen. */
export function shownRows(rows: readonly Row[], q: string, show: Show | undefined): Row[] {
  const isFound = finder(q);
  return rows.filter(
    ({ name, accountName, contract, choice }) =>
      (show === undefined || (show === 'mapped') === (choice.contractId !== null)) &&
      isFound(`${name} ${accountName} ${contract?.name ?? ''}`),
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

/** Whether a price can be stored so; none can. */
export const isPrice = (text: string | null): boolean => text === null || /^\d{1,8}(\.\d{1,4})?$/.test(text);

/** Why a price cannot be stored so; undefined when it can. */
export function priceMistake(label: string, text: string | null): string | undefined {
  if (text === null || isPrice(text)) return undefined;
  const shown = text.length > 30 ? `${text.slice(0, 30)}…` : text;
  return `${label} "${shown}" cannot be used: write a number such as 4.5, with at most 4 decimals.`;
}
