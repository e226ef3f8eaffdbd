import { describe, expect, it } from 'vitest';
import { Table } from './table.ts';

function filled(): Table {
  const table = new Table(['owner', 'name'], 10);
  table.insert({ id: 5, owner: 1, name: 'Five' });
  table.insert({ id: 3, owner: 1, name: 'Three' });
  table.insert({ id: 8, owner: 2, name: 'five' });
  return table;
}

const idsOf = (rows: Iterable<{ id: number }>): number[] => [...rows].map((row) => row.id);

describe('a table', () => {
  it('gives records in the order of their ids, from a place on, either way', () => {
    const table = filled();
    expect(idsOf(table.after(Number.NEGATIVE_INFINITY))).toEqual([3, 5, 8]);
    expect(idsOf(table.after(3))).toEqual([5, 8]);
    expect(idsOf(table.after(4))).toEqual([5, 8]);
    expect(idsOf(table.before(Number.POSITIVE_INFINITY))).toEqual([8, 5, 3]);
    expect(idsOf(table.before(8))).toEqual([5, 3]);
  });

  it('hands out ids above all that exist', () => {
    const table = filled();
    expect([table.takeId(), table.takeId()]).toEqual([10, 11]);
    table.insert({ id: 40 });
    expect(table.takeId()).toBe(41);
  });

  it.each([
    ['owner', [1], [3, 5]],
    ['owner', [2, 1, 7], [3, 5, 8]],
    ['name', ['FIVE'], [5, 8]],
    ['name', ['none'], []],
    ['name', [null], []],
    ['id', [8, 3, 99, 3], [3, 8]],
  ])('looks up %s in %j', (field, values, ids) => {
    expect(filled().lookUp(field, values)).toEqual(ids);
  });

  it('says when there is no index', () => {
    expect(filled().lookUp('other', [1])).toBeUndefined();
  });

  it('keeps indexes right over changes and deletions', () => {
    const table = filled();
    table.update(3, { owner: 2, name: null });
    expect([table.lookUp('owner', [1]), table.lookUp('owner', [2]), table.lookUp('name', ['three'])]).toEqual(
      [[5], [3, 8], []],
    );
    expect(table.get(3)).toEqual({ id: 3, owner: 2 });
    table.delete(3);
    expect([table.size, table.lookUp('owner', [2]), idsOf(table.after(0))]).toEqual([2, [8], [5, 8]]);
  });

  it('refuses an id twice', () => {
    expect(() => filled().insert({ id: 5 })).toThrow('exists already');
  });

  it('hides a record until its time', () => {
    const table = filled();
    table.hideUntil(5, 1000);
    expect([table.isHidden(5, 999), table.isHidden(8, 999), table.isHidden(5, 1000)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
