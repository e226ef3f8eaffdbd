/** Lists: `{items, nextCursor}` with `limit`, `cursor` and `q`. A cursor is the position of the last item shown. */
import { z } from 'zod';
import { Problem } from '../errors.ts';

const defaultLimit = 50;
const mostLimit = 200;

/** Members of a list's query; spread them into its schema. A limit out of range is refused, not cut. */
export const pageQuery = {
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/)
    .transform(Number)
    .pipe(z.number().max(mostLimit))
    .default(defaultLimit)
    .meta({ description: `How many items, 1 to ${mostLimit}; ${defaultLimit} if absent.` }),
  cursor: z.string().max(1_000).optional().meta({ description: '`nextCursor` of the page before.' }),
};

/** Free text to search for. */
export const searchQuery = { q: z.string().max(200).optional() };

/** A switch in a query. */
export const flagQuery = z.enum(['true', 'false']).transform((text) => text === 'true');

/** The schema of a page of these items. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export interface Page<T> {
  items: T[];
  /** Null on the last page. */
  nextCursor: string | null;
}

/** What a position is made of: the values that the list is sorted by, and the id. */
export type Position = readonly (string | number)[];

/** A cursor of the list `list`. It is not secret: the query it goes into is fenced by workspace as every other. */
export function writeCursor(list: string, position: Position): string {
  return Buffer.from(JSON.stringify([list, ...position])).toString('base64url');
}

/**
 * The position that a cursor stands for; undefined without one.
 * @throws Problem 400 when it is not a cursor of this list (promises I-27)
 */
export function readCursor<T extends Position>(
  list: string,
  cursor: string | undefined,
  shape: z.ZodType<T>,
): T | undefined {
  if (cursor === undefined) return undefined;
  const parsed = z.array(z.unknown()).safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  const [name, ...position] = parsed.data ?? [];
  const result = shape.safeParse(position);
  if (name === list && result.success && writeCursor(list, result.data) === cursor) return result.data;
  throw new Problem(400, 'invalidCursor', 'The cursor is not one of this list. Start again without it.');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Makes a page of `limit` items from `limit + 1` rows: the one too many says that there is a next page. */
export function toPage<Row, Item>(
  list: string,
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  positionOf: (row: Row) => Position,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { items: shown.map(toItem), nextCursor: hasMore ? writeCursor(list, positionOf(last)) : null };
}

/** What a route is asked for, as {@link pageQuery} and {@link searchQuery} have read it. */
export interface PageQuery {
  limit: number;
  cursor?: string | undefined;
  q?: string | undefined;
}

/** A list that is read from the database page by page. */
export interface PagedList<Row, At extends Position> {
  /**
   * Which rows are wanted: those after the position, one more than will be shown.
   * @throws Problem 400 when the cursor is not one of this list
   */
  wanted(query: PageQuery): { limit: number; after: At | undefined; pattern: string | undefined };
  /** The page of the rows that were wanted. */
  page<Item>(rows: readonly Row[], query: PageQuery, toItem: (row: Row) => Item): Page<Item>;
}

/** Says once what the cursors of a list are made of: how they are written is how they are read. */
export function pagedList<Row, At extends Position | []>(
  list: string,
  shape: z.ZodType<At>,
  positionOf: (row: Row) => At,
): PagedList<Row, At> {
  return {
    wanted: ({ limit, cursor, q }) => ({
      limit: limit + 1,
      after: readCursor(list, cursor, shape),
      pattern: q === undefined ? undefined : likePattern(q),
    }),
    page: (rows, { limit }, toItem) => toPage(list, rows, limit, toItem, positionOf),
  };
}

/** `q` as a pattern for ILIKE: found anywhere, its own wildcards taken literally (ASVS 1.2.9). */
export function likePattern(q: string): string {
  return `%${q.replace(/[\\%_]/g, '\\$&')}%`;
}
