import { describe, expect, it } from 'vitest';
import type { Change } from './part.ts';
import { saveRows } from './saveRows.ts';
import { accountIds, rowOf, serverOf } from './testing/mappings.ts';

const toAccount = (id: string, to: string, from: string | null = null): [string, Change<string>] => [
  id,
  { to, from: from as string },
];

describe('saving changed rows', () => {
  it('puts them into what somebody else has saved at the same moment', async () => {
    const server = serverOf(rowOf('a', '1'));
    const shown = server.set();
    server.others.push(() => server.write([rowOf('a', '1'), rowOf('b', '2')]));
    const saved = await saveRows(accountIds, server.api, { shown, changes: new Map([toAccount('c', '3')]) });
    expect(server.accounts()).toEqual({ a: '1', b: '2', c: '3' });
    expect([saved.left.size, saved.set.etag]).toEqual([0, server.set().etag]);
  });

  it('leaves out a row that the other has changed too, and stores the others', async () => {
    const server = serverOf(rowOf('a', '1'));
    const shown = server.set();
    server.others.push(() => server.write([rowOf('a', '7')]));
    const changes = new Map([toAccount('a', '2', '1'), toAccount('b', '3')]);
    const saved = await saveRows(accountIds, server.api, { shown, changes });
    expect(server.accounts()).toEqual({ a: '7', b: '3' });
    expect([[...saved.left], saved.refused.size]).toEqual([['a'], 0]);
  });

  it('takes the same choice of two people as one', async () => {
    const server = serverOf(rowOf('a', '1'));
    const shown = server.set();
    server.others.push(() => server.write([rowOf('a', '2')]));
    const changes = new Map([toAccount('a', '2', '1')]);
    const saved = await saveRows(accountIds, server.api, { shown, changes });
    expect([server.accounts(), saved.left.size]).toEqual([{ a: '2' }, 0]);
  });

  it('takes a row away that is to be none', async () => {
    const server = serverOf(rowOf('a', '1'), rowOf('b', '2'));
    const changes = new Map([['a', { to: null, from: '1' }]]);
    await saveRows(accountIds, server.api, { shown: server.set(), changes });
    expect(server.accounts()).toEqual({ b: '2' });
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
    const saved = await saveRows(accountIds, server.api, { shown, changes });
    expect(server.accounts()).toEqual({ a: '1', z: '9' });
    expect([...saved.refused]).toEqual([['b', 'Not 2.']]);
  });

  it('does not send what was refused before, and goes on saying why', async () => {
    const server = serverOf();
    const changes = new Map([toAccount('a', '1'), toAccount('b', '2')]);
    const refusedBefore = new Map([
      ['b', 'Not 2.'],
      ['gone', 'Not 3.'],
    ]);
    const saved = await saveRows(accountIds, server.api, { shown: server.set(), changes, refusedBefore });
    expect(server.asked).toEqual([['1']]);
    expect([[...saved.left], [...saved.refused]]).toEqual([['b'], [['b', 'Not 2.']]]);
  });

  it('ends when others are always faster, and for a wrong row that is not one of these', async () => {
    const server = serverOf();
    server.others.push(...Array.from({ length: 50 }, () => () => server.write([])));
    const changes = new Map([toAccount('a', '1')]);
    await expect(saveRows(accountIds, server.api, { shown: server.set(), changes })).rejects.toThrow('Late.');
    const other = serverOf(rowOf('x', '2'));
    other.refusedAccounts.add('2');
    await expect(saveRows(accountIds, other.api, { shown: other.set(), changes })).rejects.toThrow('Wrong.');
  });
});
