/** The contract of a mapping and what is billed on it: what the step Contracts changes. */
import { createPartDrafts, type MappingPart } from '../mapping/part.ts';
import { toNew } from '../mapping/set.ts';
import type { RowEdits } from '../mapping/useRowEdits.ts';
import { type Chosen, chosenOf, isSame, priceMistake } from './rows.ts';

export type ContractEdits = RowEdits<Chosen>;

export const contractPart: MappingPart<Chosen> = {
  valueOf: chosenOf,
  isSame,
  conflictWords(now, { from }) {
    if (now.accountId === null)
      return 'Somebody else has removed the mapping of this organization. Undo to take that over.';
    if (now.accountId !== from.accountId)
      return 'Somebody else has mapped this organization to another account. Undo to take that over.';
    return 'Somebody else has changed this row meanwhile. Undo to take that over, or choose again.';
  },
  mappingOf(_organizationId, before, { accountId: _accountId, contract: _contract, ...choice }) {
    return before && { ...toNew(before), ...choice };
  },
  mistakeIn: ({ unitCost, unitPrice }) =>
    priceMistake('Unit cost', unitCost) ?? priceMistake('Unit price', unitPrice),
  // The server asks the PSA for the contracts of an account at each save.
  asksAgain: true,
  drafts: createPartDrafts('contractRows'),
};
