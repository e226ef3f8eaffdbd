import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { likePattern, pagedList, readCursor, toPage, writeCursor } from './paging.ts';

const shape = z.tuple([z.string(), z.int()]);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a cursor', () => {
  it('is read as it was written', () => {
    expect(readCursor('things', writeCursor('things', ['a ü', 7]), shape)).toEqual(['a ü', 7]);
    expect(readCursor('things', undefined, shape)).toBeUndefined();
  });

  it.each([
    ['of another list', writeCursor('others', ['a', 7])],
    ['with too few parts', writeCursor('things', ['a'])],
    ['with a part of another kind', writeCursor('things', ['a', '7'])],
    ['that is not base64', '$$$'],
    ['that is not JSON', Buffer.from('{').toString('base64url')],
    ['that is no list', encode({ 0: 'things' })],
    ['with foreign characters', `${writeCursor('things', ['a', 7])}*`],
    ['that is empty', ''],
  ])('%s is refused', (_name, cursor) => {
    expect(() => readCursor('things', cursor, shape)).toThrow(
      expect.objectContaining({ status: 400, code: 'invalidCursor' }),
    );
  });
});

describe('a page', () => {
  const page = (rows: number[], limit: number) => toPage('things', rows, limit, String, (row) => ['x', row]);

  it.each([
    [[], 2, [], false],
    [[1, 2], 2, ['1', '2'], false],
    [[1, 2, 3], 2, ['1', '2'], true],
  ])('of rows %j by %i', (rows, limit, items, hasMore) => {
    const { items: shown, nextCursor } = page(rows, limit);
    expect(shown).toEqual(items);
    expect(nextCursor).toBe(hasMore ? writeCursor('things', ['x', 2]) : null);
  });
});

describe('a paged list', () => {
  const list = pagedList('things', shape, (row: number) => ['x', row]);

  it('wants one row more than it shows, after the position of the cursor', () => {
    expect(list.wanted({ limit: 2 })).toEqual({ limit: 3, after: undefined, pattern: undefined });
    const { nextCursor } = list.page([1, 2, 3], { limit: 2 }, String);
    expect(list.wanted({ limit: 2, cursor: nextCursor ?? '', q: '5%' })).toEqual({
      limit: 3,
      after: ['x', 2],
      pattern: '%5\\%%',
    });
    expect(list.page([3], { limit: 2 }, String)).toEqual({ items: ['3'], nextCursor: null });
  });

  it('refuses the cursor of another list', () => {
    expect(() => list.wanted({ limit: 2, cursor: writeCursor('others', ['x', 2]) })).toThrow(
      expect.objectContaining({ code: 'invalidCursor' }),
    );
  });
});

it('wildcards in a search stand for themselves', () => {
  expect(likePattern('50%_\\')).toBe('%50\\%\\_\\\\%');
});
