/** Lists of the API, page by page. */
import type { Client } from './client.ts';
import type { Terminal } from './terminal.ts';

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

const mostPerPage = 200;

export interface Listed<T> {
  items: T[];
  hasMore: boolean;
}

/** The first `limit` entries of a list; `query` holds its filters, those that are undefined are left out. */
export async function readList<T>(
  client: Client,
  path: string,
  limit: number,
  query: Readonly<Record<string, string | undefined>> = {},
): Promise<Listed<T>> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const wanted = new URLSearchParams({ limit: String(Math.min(limit - items.length, mostPerPage)) });
    for (const [name, value] of Object.entries(query)) if (value !== undefined) wanted.set(name, value);
    if (cursor !== null) wanted.set('cursor', cursor);
    const page: Page<T> = await client.get<Page<T>>(`${path}?${wanted}`);
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && items.length < limit);
  return { items, hasMore: cursor !== null };
}

/** Every entry of a list, however long. */
export async function readAll<T>(
  client: Client,
  path: string,
  query: Readonly<Record<string, string | undefined>> = {},
): Promise<T[]> {
  return (await readList<T>(client, path, Number.POSITIVE_INFINITY, query)).items;
}

/** Says on the side that a list was cut. */
export function sayIfMore({ items, hasMore }: Listed<unknown>, terminal: Terminal): void {
  if (hasMore) terminal.err(`There are more than these ${items.length}; --limit shows more.`);
}
