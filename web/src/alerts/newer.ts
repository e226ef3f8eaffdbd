/** A list that stands still: what comes meanwhile is counted, what is shown is kept up to date. */
import type { ListedAlert } from './queries.ts';

const idOf = ({ id }: ListedAlert): bigint => BigInt(id);

/**
 * The rows to show and how many newer ones there are. `shown` has been read page by page, `newest` is the first page of
 * now. An empty list has no place to lose, so it takes what is new at once.
 */
export function standStill(
  shown: readonly ListedAlert[],
  newest: readonly ListedAlert[],
): { rows: readonly ListedAlert[]; newer: number } {
  const [top] = shown;
  if (!top) return { rows: newest, newer: 0 };
  const fresh = new Map(newest.map((alert) => [alert.id, alert]));
  const first = idOf(top);
  return {
    rows: shown.map((alert) => fresh.get(alert.id) ?? alert),
    newer: newest.filter((alert) => idOf(alert) > first).length,
  };
}
