/** Lists that are asked of the PSA when one wants to see them, in our pages. */
import { z } from 'zod';
import { Problem } from '../errors.ts';
import { readCursor, writeCursor } from '../http/index.ts';
import type { Page, Read } from '../psa/contract.ts';
import { type Asking, unwrap } from './ask.ts';

/** The PSA's pages have their own size: a position is the PSA's cursor and the place within its page. */
const place = z.tuple([z.string(), z.string(), z.int().min(0)]);

interface Wanted {
  /** Names the list in its cursors. */
  list: string;
  /** What is listed: a cursor is of no use for anything else. */
  of: string;
  limit: number;
  cursor?: string | undefined;
}

/** @throws Problem 400 for a cursor of another list, and what {@link unwrap} throws */
export async function readPsaPage<T>(
  { list, of, limit, cursor }: Wanted,
  begin: () => Promise<Asking>,
  read: (asking: Asking, cursor: string | undefined) => Promise<Read<Page<T>>>,
): Promise<{ items: T[]; nextCursor: string | null }> {
  const [ofWhat, psaCursor, offset] = readCursor(list, cursor, place) ?? [of, '', 0];
  if (ofWhat !== of) throw new Problem(400, 'invalidCursor', 'The cursor is of another list.');
  const asking = await begin();
  const page = await read(asking, psaCursor === '' ? undefined : psaCursor);
  const { items, nextCursor } = await unwrap(asking, page);
  const end = offset + limit;
  const next = end < items.length ? ([psaCursor, end] as const) : nextCursor && ([nextCursor, 0] as const);
  return {
    items: items.slice(offset, end),
    nextCursor: next ? writeCursor(list, [of, ...next]) : null,
  };
}
