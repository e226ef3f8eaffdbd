/** For tests: a part of a mapping that is as simple as can be, and a server that holds a set. */
import type { Versioned } from '../../../../api/client.ts';
import { Problem } from '../../../../api/problem.ts';
import type { PartRules } from '../part.ts';
import type { Mapping, MappingSet, NewMapping } from '../set.ts';

/** A stored row of which only what is given counts. */
export const rowOf = (organizationId: string, accountId: string, more: Partial<Mapping> = {}): Mapping => ({
  organizationId,
  organizationName: `Organization ${organizationId}`,
  accountId,
  accountName: `Account ${accountId}`,
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

/** The id of the account, and nothing else. */
export const accountIds: PartRules<string | null> = {
  valueOf: (mapping) => mapping?.accountId ?? null,
  isSame: (one, other) => one === other,
  conflictWords: (now, _change, lastBy) => `${now} by ${lastBy}`,
  mappingOf: (organizationId, _before, to) => (to === null ? undefined : rowOf(organizationId, to)),
};

/** A server as ours is: it takes a set for the revision that it was made from only. */
export function serverOf(...mappings: Mapping[]) {
  let rows: readonly Mapping[] = mappings;
  let revision = 1;
  const refusedAccounts = new Set<string>();
  const set = (): Versioned<MappingSet> => ({
    value: { mappings: [...rows] } as MappingSet,
    etag: `"${revision}"`,
  });
  /** What another person does, each at one of our attempts. */
  const others: (() => void)[] = [];
  /** The accounts that each attempt had in it. */
  const asked: string[][] = [];
  const write = (next: readonly Mapping[]) => {
    rows = next;
    revision += 1;
  };
  return {
    others,
    asked,
    refusedAccounts,
    write,
    set,
    accounts: () => Object.fromEntries(rows.map((row) => [row.organizationId, row.accountId])),
    api: {
      read: async () => set(),
      async put(next: readonly NewMapping[], etag: string | null) {
        asked.push(next.map(({ accountId }) => accountId));
        others.shift()?.();
        if (etag !== set().etag)
          throw new Problem({ status: 412, code: 'changedMeanwhile', detail: 'Late.' });
        const errors = next.flatMap(({ accountId }, at) =>
          refusedAccounts.has(accountId)
            ? [{ field: `mappings[${at}].accountId`, code: 'inactive', message: `Not ${accountId}.` }]
            : [],
        );
        if (errors.length > 0) throw new Problem({ status: 422, code: 'invalid', detail: 'Wrong.', errors });
        write(next.map((row) => rowOf(row.organizationId, row.accountId, row as Partial<Mapping>)));
        return set();
      },
    },
  };
}
