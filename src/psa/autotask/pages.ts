/** Our pages over Autotask's rows: by id, so that a page can be asked for again (fact sheet autotask §2.5). */
import type { Page, Read, Refusal } from '../contract.ts';
import { largestPage } from './client.ts';
import { recordId } from './ids.ts';

/** Our cursor is the last id of the page before. The first page includes id 0. Undefined if it is none of ours. */
export function readCursor(cursor: string | undefined): number | undefined {
  return cursor === undefined ? -1 : recordId(cursor);
}

/** One page of rows whose ids come after `from`. */
export function toPage<Row extends { id: number }, T>(
  rows: readonly Row[],
  from: number,
  convert: (row: Row) => T,
): Read<Page<T>> {
  const ordered = rows.toSorted((a, b) => a.id - b.id);
  // Without this a dropped condition would be a list without an end.
  if (ordered.some((row) => row.id <= from)) return filterIgnored;
  const items = ordered.map(convert);
  if (rows.length < largestPage) return { kind: 'ok', value: { items } };
  return { kind: 'ok', value: { items, nextCursor: String(ordered.at(-1)!.id) } };
}

export const unknownCursor: Refusal = {
  kind: 'refused',
  reason: 'invalid',
  text: 'The cursor is not one of this list.',
};
export const noSuchAccount: Refusal = {
  kind: 'refused',
  reason: 'notFound',
  field: 'account',
  text: 'The account id is not one of Autotask.',
};
export const filterIgnored: Refusal = {
  kind: 'refused',
  reason: 'serverError',
  text: 'Autotask ignored the search condition and answered with other records.',
};
