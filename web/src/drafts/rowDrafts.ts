/**
 * Changed rows of a table that the server does not have yet. They outlive the page, in this tab of the browser, and are
 * known wherever one is.
 */
import { useSyncExternalStore } from 'react';

interface RowDraft {
  /** What is kept for the next page too; as JSON in the browser's storage. */
  kept: readonly unknown[];
}

export interface RowDrafts<Draft extends RowDraft> {
  /** The same object until it changes. */
  read(place: string): Draft;
  /** Also when the page has gone meanwhile: what was saved is not kept any more. */
  change(place: string, change: (before: Draft) => Partial<Draft>): void;
  /** The draft as it is now, in whatever step one is. */
  use(place: string): Draft;
}

/** Of this person: whoever signs in next in this tab saves nothing in their name. */
export const placeOf = (userId: string, connectionId: string): string => `${userId}.${connectionId}`;

/**
 * Drafts of one table, by {@link placeOf}. The browser's storage is a copy, which may be full or switched off.
 *
 * @param name in the storage
 * @param nothing a draft in which nothing is kept
 */
export function createRowDrafts<Draft extends RowDraft>(name: string, nothing: Draft): RowDrafts<Draft> {
  const inMemory = new Map<string, Draft>();
  const listeners = new Set<() => void>();
  const nameOf = (place: string): string => `herald.${name}.${place}`;

  function readStored(place: string): Draft['kept'] {
    try {
      return JSON.parse(sessionStorage.getItem(nameOf(place)) ?? '[]') as Draft['kept'];
    } catch {
      return [];
    }
  }

  function store(place: string, kept: Draft['kept']): void {
    try {
      if (kept.length > 0) sessionStorage.setItem(nameOf(place), JSON.stringify(kept));
      else sessionStorage.removeItem(nameOf(place));
    } catch {
      // Leaving the page by its address loses them then; leaving the step does not.
    }
  }

  function read(place: string): Draft {
    const known = inMemory.get(place);
    if (known) return known;
    const fresh = { ...nothing, kept: readStored(place) };
    inMemory.set(place, fresh);
    return fresh;
  }

  function listen(tell: () => void): () => void {
    listeners.add(tell);
    return () => listeners.delete(tell);
  }

  return {
    read,
    change(place, change) {
      const before = read(place);
      const after = { ...before, ...change(before) };
      inMemory.set(place, after);
      if (after.kept !== before.kept) store(place, after.kept);
      for (const tell of listeners) tell();
    },
    use: (place) => useSyncExternalStore(listen, () => read(place)),
  };
}
