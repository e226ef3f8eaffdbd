/** Changed rows that the server does not have yet. They outlive the page, in this tab of the browser; every step knows of them. */
import { useSyncExternalStore } from 'react';
import type { LastChange } from '../../../api/problem.ts';
import type { Kept, Sent } from './draftRows.ts';

export interface MappingDraft {
  kept: Kept;
  /** Rows that are on their way, as they were sent. */
  sent: Sent;
  /** Why the server did not take a row, by organization. */
  refused: ReadonlyMap<string, string>;
  /** Who was first when somebody else has changed one of these rows. */
  lastChange: LastChange | undefined;
  /** Saves that run or wait for their turn. */
  saves: number;
  /** What kept the last save from being done that belongs to no row. */
  problem: unknown;
}

const nothing: MappingDraft = {
  kept: [],
  sent: new Map(),
  refused: new Map(),
  lastChange: undefined,
  saves: 0,
  problem: undefined,
};

/** By person and connection; the browser's storage is a copy, which may be full or switched off. */
const inMemory = new Map<string, MappingDraft>();
const listeners = new Set<() => void>();

/** Of this person: whoever signs in next in this tab saves nothing in their name. */
export const placeOf = (userId: string, connectionId: string): string => `${userId}.${connectionId}`;

const nameOf = (place: string): string => `herald.mappings.${place}`;

/** The same object until it changes. */
export function readDraft(place: string): MappingDraft {
  const known = inMemory.get(place);
  if (known) return known;
  const fresh = { ...nothing, kept: readStored(place) };
  inMemory.set(place, fresh);
  return fresh;
}

function readStored(place: string): Kept {
  try {
    return JSON.parse(sessionStorage.getItem(nameOf(place)) ?? '[]') as Kept;
  } catch {
    return [];
  }
}

/** Also when the page has gone meanwhile: what was saved is not kept any more. */
export function changeDraft(place: string, change: (before: MappingDraft) => Partial<MappingDraft>): void {
  const before = readDraft(place);
  const after = { ...before, ...change(before) };
  inMemory.set(place, after);
  if (after.kept !== before.kept) store(place, after.kept);
  for (const tell of listeners) tell();
}

function store(place: string, kept: Kept): void {
  try {
    if (kept.length > 0) sessionStorage.setItem(nameOf(place), JSON.stringify(kept));
    else sessionStorage.removeItem(nameOf(place));
  } catch {
    // Leaving the page by its address loses them then; leaving the step does not.
  }
}

function listen(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

/** The draft as it is now, in whatever step one is. */
export const useMappingDraft = (place: string): MappingDraft =>
  useSyncExternalStore(listen, () => readDraft(place));
