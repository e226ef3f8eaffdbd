/** Contracts that were chosen and are not stored yet. They outlive the page, in this tab of the browser. */
import { useSyncExternalStore } from 'react';
import type { Kept } from './rows.ts';

export interface ContractDraft {
  kept: Kept;
  /** Why the server did not take a row, by organization. */
  refused: ReadonlyMap<string, string>;
  /** Saves that run or wait for their turn. */
  saves: number;
  /** What kept the last save from being done that belongs to no row. */
  problem: unknown;
}

/** By person and connection; the browser's storage is a copy, which may be full or switched off. */
const inMemory = new Map<string, ContractDraft>();
const listeners = new Set<() => void>();

const nameOf = (place: string): string => `herald.contracts.${place}`;

/** The same object until it changes. */
export function readDraft(place: string): ContractDraft {
  const known = inMemory.get(place);
  if (known) return known;
  const fresh = { kept: readStored(place), refused: new Map(), saves: 0, problem: undefined };
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
export function changeDraft(place: string, change: (before: ContractDraft) => Partial<ContractDraft>): void {
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
export const useContractDraft = (place: string): ContractDraft =>
  useSyncExternalStore(listen, () => readDraft(place));
