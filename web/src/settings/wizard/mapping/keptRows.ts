/** What becomes of changed rows when one changes them again, takes them back, or the server has taken them. Pure. */
import type { Change, Kept, PartRules, Sent, Wanted } from './part.ts';
import type { Mapping, Stored } from './set.ts';

/**
 * Rows are changed. What a row was stays what one saw first, unless one was told that somebody else has changed it; a
 * change that leads back to it is none, unless the row is on its way.
 */
export function withRows<V>(
  rules: PartRules<V>,
  before: Kept<V>,
  wanted: Wanted<V>,
  { stored, sent }: { stored: Stored; sent: Sent<V> },
): Kept<V> {
  const next = new Map(before);
  for (const [id, to] of wanted) {
    const known = next.get(id);
    const isSeen = known !== undefined && conflictOf(rules, stored.get(id), known) === undefined;
    const from = isSeen ? known.from : rules.valueOf(stored.get(id));
    if (rules.isSame(from, to) && !sent.has(id)) next.delete(id);
    else next.set(id, { to, from });
  }
  return [...next];
}

/** Takes back what is not stored of these organizations; all of them if left out. What is on its way is put back after it. */
export function withoutRows<V>(
  before: Kept<V>,
  ids: ReadonlySet<string> | undefined,
  sent: Sent<V>,
): Kept<V> {
  return before.flatMap(([id, change]): Kept<V> => {
    if (ids && !ids.has(id)) return [[id, change]];
    return sent.has(id) ? [[id, { ...change, to: change.from }]] : [];
  });
}

/** What is still to be saved when the server has taken `sent` but for the rows `left`. */
export function afterSave<V>(
  { isSame }: PartRules<V>,
  kept: Kept<V>,
  sent: Sent<V>,
  left: ReadonlySet<string>,
): Kept<V> {
  return kept.flatMap(([id, change]): Kept<V> => {
    const was = sent.get(id);
    if (!was || left.has(id)) return isSame(change.to, change.from) ? [] : [[id, change]];
    return isSame(change.to, was.to) ? [] : [[id, { ...change, from: was.to }]];
  });
}

/** Why a row is not saved: somebody else has changed the same one since it was seen. */
function conflictOf<V>(
  rules: PartRules<V>,
  mapping: Mapping | undefined,
  change: Change<V>,
  lastBy?: string,
): string | undefined {
  const now = rules.valueOf(mapping);
  if (rules.isSame(now, change.from) || rules.isSame(now, change.to)) return undefined;
  return rules.conflictWords(now, change, lastBy);
}

/** All such rows with their reasons. `lastBy`: who was there last, if known. */
export function conflictsOf<V>(
  rules: PartRules<V>,
  stored: Stored,
  changes: Iterable<readonly [string, Change<V>]>,
  lastBy?: string,
): Map<string, string> {
  const conflicts = new Map<string, string>();
  for (const [id, change] of changes) {
    const words = conflictOf(rules, stored.get(id), change, lastBy);
    if (words !== undefined) conflicts.set(id, words);
  }
  return conflicts;
}

/** Rows that cannot be sent as they are, with their reasons. */
export function mistakesOf<V>({ mistakeIn }: PartRules<V>, kept: Kept<V>): Map<string, string> {
  const mistakes = new Map<string, string>();
  for (const [id, { to }] of kept) {
    const words = mistakeIn?.(to);
    if (words !== undefined) mistakes.set(id, words);
  }
  return mistakes;
}
