/** What becomes of changed rows when one changes them again, takes them back, or the server has taken them. Pure. */
import type { Mapping } from './queries.ts';
import { isSame, type Target, targetOf } from './rows.ts';

/** What a row shall be, and what it was when that was chosen. */
export interface Change {
  target: Target;
  from: Target;
}

/** Changed rows by organization, in the order in which they were changed. */
export type Kept = readonly (readonly [organizationId: string, change: Change])[];

/** The same on its way to the server. */
export type Sent = ReadonlyMap<string, Change>;

export type Stored = ReadonlyMap<string, Mapping>;

type Targets = readonly (readonly [organizationId: string, target: Target])[];

/**
 * Rows are changed. What a row was stays what one saw first, unless one was told that somebody else has changed it; a
 * change that leads back to it is none, unless the row is on its way.
 */
export function withTargets(
  before: Kept,
  targets: Targets,
  { stored, sent }: { stored: Stored; sent: Sent },
): Kept {
  const next = new Map(before);
  for (const [id, target] of targets) {
    const known = next.get(id);
    const isSeen = known !== undefined && conflictOf(stored.get(id), known) === undefined;
    const from = isSeen ? known.from : targetOf(stored.get(id));
    if (isSame(from, target) && !sent.has(id)) next.delete(id);
    else next.set(id, { target, from });
  }
  return [...next];
}

/** Takes back what is not stored of these organizations; all of them if left out. What is on its way is put back after it. */
export function withoutRows(before: Kept, ids: readonly string[] | undefined, sent: Sent): Kept {
  const gone = new Set(ids);
  return before.flatMap(([id, change]): Kept => {
    if (ids && !gone.has(id)) return [[id, change]];
    return sent.has(id) ? [[id, { ...change, target: change.from }]] : [];
  });
}

/** What is still to be saved when the server has taken `sent` but for the rows `left`. */
export function afterSave(kept: Kept, sent: Sent, left: ReadonlySet<string>): Kept {
  return kept.flatMap(([id, change]): Kept => {
    const was = sent.get(id);
    if (!was || left.has(id)) return isSame(change.target, change.from) ? [] : [[id, change]];
    return isSame(change.target, was.target) ? [] : [[id, { ...change, from: was.target }]];
  });
}

/** Why a row is not saved: somebody else has changed the same one since it was seen. `lastBy`: who was there last, if known. */
export function conflictOf(
  mapping: Mapping | undefined,
  { target, from }: Change,
  lastBy?: string,
): string | undefined {
  const now = targetOf(mapping);
  if (isSame(now, from) || isSame(now, target)) return undefined;
  const isSameAccount = now?.accountId === from?.accountId;
  const mapped = isSameAccount
    ? 'changed its contact, note or review date'
    : `mapped it to ${now?.accountName}`;
  const what = now ? mapped : 'removed its mapping';
  const who = lastBy === undefined ? '' : ` The last change of the mappings is by ${lastBy}.`;
  return `Somebody else ${what} meanwhile.${who} Undo to take that over, or choose again.`;
}

/** All such rows with their reasons. */
export function conflictsOf(
  stored: Stored,
  changes: Iterable<readonly [string, Change]>,
  lastBy?: string,
): Map<string, string> {
  const conflicts = new Map<string, string>();
  for (const [id, change] of changes) {
    const words = conflictOf(stored.get(id), change, lastBy);
    if (words !== undefined) conflicts.set(id, words);
  }
  return conflicts;
}

/** The stored rows of a set by organization. */
export const storedOf = (mappings: readonly Mapping[]): Stored =>
  new Map(mappings.map((mapping) => [mapping.organizationId, mapping]));
