/** The account of a mapping, with the contact, note and review date that belong to it: what the step Accounts changes. */
import { createPartDrafts, type MappingPart } from '../mapping/part.ts';
import { toNew } from '../mapping/set.ts';
import { isSame, type Target, targetOf } from './rows.ts';

export const accountPart: MappingPart<Target> = {
  valueOf: targetOf,
  isSame,
  conflictWords(now, { from }, lastBy) {
    const isSameAccount = now?.accountId === from?.accountId;
    const mapped = isSameAccount
      ? 'changed its contact, note or review date'
      : `mapped it to ${now?.accountName}`;
    const what = now ? mapped : 'removed its mapping';
    const who = lastBy === undefined ? '' : ` The last change of the mappings is by ${lastBy}.`;
    return `Somebody else ${what} meanwhile.${who} Undo to take that over, or choose again.`;
  },
  mappingOf(organizationId, before, target) {
    if (!target) return undefined;
    // A contract belongs to its account: it goes with it.
    if (before?.accountId === target.accountId) return { ...toNew(before), ...chosenOf(target) };
    return { ...withoutContract, organizationId, ...chosenOf(target) };
  },
  asksAgain: false,
  drafts: createPartDrafts('accountRows'),
};

const withoutContract = {
  contractId: null,
  serviceId: null,
  addService: null,
  unitCost: null,
  unitPrice: null,
} as const;

const chosenOf = ({ accountId, contactId, note = '', reviewOn = null }: NonNullable<Target>) => ({
  accountId,
  contactId,
  note,
  reviewOn,
});
