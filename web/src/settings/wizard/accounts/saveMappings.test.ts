import { describe, expect, it } from 'vitest';
import type { Versioned } from '../../../api/client.ts';
import { Problem } from '../../../api/problem.ts';
import type { Change } from './draftRows.ts';
import type { Mapping, MappingSet } from './queries.ts';
import { targetOf } from './rows.ts';
import { type NewMapping, saveMappings } from './saveMappings.ts';

const rowOf = (organizationId: string, accountId: string, more: Partial<Mapping> = {}): Mapping => ({
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

const target = (accountId: string) => targetOf(rowOf('any', accountId));

const toAccount = (id: string, accountId: string, from?: string): [string, Change] => [
  id,
  { target: target(accountId), from: from === undefined ? null : target(from) },
];

/** A server as ours is: it takes a set for the revision that it was made from only. */
function serverOf(...mappings: Mapping[]) {
  let rows: readonly Mapping[] = mappings;
  let revision = 1;
  const refusedAccounts = new Set<string>();
  const set = (): Versioned<MappingSet> => ({
    value: { mappings: [...rows] } as MappingSet,
    etag: `"${revision}"`,
  });
  /** What another person does, each at one of our attempts. */
  const others: (() => void)[] = [];
  const write = (next: readonly Mapping[]) => {
    rows = next;
    revision += 1;
  };
  return {
    others,
    refusedAccounts,
    write,
    set,
    accounts: () => Object.fromEntries(rows.map((row) => [row.organizationId, row.accountId])),
    row: (id: string) => rows.find((row) => row.organizationId === id),
    api: {
      read: async () => set(),
      async put(next: readonly NewMapping[], etag: string | null) {
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

const none = new Map<string, string>();

describe('saving changed rows', () => {
  it('puts them into what somebody else has saved at the same moment', async () => {
    const server = serverOf(rowOf('a', '1'));
    const shown = server.set();
    server.others.push(() => server.write([rowOf('a', '1'), rowOf('b', '2')]));
    const saved = await saveMappings(server.api, shown, new Map([toAccount('c', '3')]), none);
    expect(server.accounts()).toEqual({ a: '1', b: '2', c: '3' });
    expect([saved.left.size, saved.set.etag]).toEqual([0, server.set().etag]);
  });

  it('leaves out a row that the other has changed too, and stores the others', async () => {
    const server = serverOf(rowOf('a', '1'));
    const shown = server.set();
    server.others.push(() => server.write([rowOf('a', '7')]));
    const changes = new Map([toAccount('a', '2', '1'), toAccount('b', '3')]);
    const saved = await saveMappings(server.api, shown, changes, none);
    expect(server.accounts()).toEqual({ a: '7', b: '3' });
    expect([[...saved.left], saved.refused.size]).toEqual([['a'], 0]);
  });

  it('takes the same choice of two people as one', async () => {
    const server = serverOf(rowOf('a', '1'));
    const shown = server.set();
    server.others.push(() => server.write([rowOf('a', '2')]));
    const saved = await saveMappings(server.api, shown, new Map([toAccount('a', '2', '1')]), none);
    expect([server.accounts(), saved.left.size]).toEqual([{ a: '2' }, 0]);
  });

  it('keeps what belongs to the account of a row while the account stays', async () => {
    const server = serverOf(
      rowOf('a', '1', { contractId: 'k1', addService: true }),
      rowOf('b', '1', { contractId: 'k2' }),
    );
    const contact = { ...target('1')!, contactId: '9' };
    const changes = new Map<string, Change>([
      ['a', { target: contact, from: target('1') }],
      toAccount('b', '2', '1'),
    ]);
    await saveMappings(server.api, server.set(), changes, none);
    expect(server.row('a')).toMatchObject({ contactId: '9', contractId: 'k1', addService: true });
    expect(server.row('b')).toMatchObject({ accountId: '2', contractId: null });
  });

  it('leaves out what the server refuses, also while others save', async () => {
    const server = serverOf();
    server.refusedAccounts.add('2');
    const shown = server.set();
    server.others.push(
      () => undefined,
      () => server.write([rowOf('z', '9')]),
    );
    const changes = new Map([toAccount('a', '1'), toAccount('b', '2')]);
    const saved = await saveMappings(server.api, shown, changes, none);
    expect(server.accounts()).toEqual({ a: '1', z: '9' });
    expect([...saved.refused]).toEqual([['b', 'Not 2.']]);
  });

  it('ends when others are always faster, and for a wrong row that is not one of these', async () => {
    const server = serverOf();
    server.others.push(...Array.from({ length: 50 }, () => () => server.write([])));
    const changes = new Map([toAccount('a', '1')]);
    await expect(saveMappings(server.api, server.set(), changes, none)).rejects.toThrow('Late.');
    const other = serverOf(rowOf('x', '2'));
    other.refusedAccounts.add('2');
    await expect(saveMappings(other.api, other.set(), changes, none)).rejects.toThrow('Wrong.');
  });
});
