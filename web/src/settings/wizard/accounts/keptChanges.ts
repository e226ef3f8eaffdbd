/** Changed rows that the server does not have yet: they outlive the page, in this tab of the browser. */
import type { Change } from './saveMappings.ts';

export type Kept = readonly (readonly [organizationId: string, change: Change])[];

/** By person and connection; the browser's storage is a copy, which may be full or switched off. */
const inMemory = new Map<string, Kept>();

const nameOf = (place: string): string => `herald.mappings.${place}`;

export function readKept(place: string): Kept {
  const known = inMemory.get(place);
  if (known) return known;
  try {
    return JSON.parse(sessionStorage.getItem(nameOf(place)) ?? '[]') as Kept;
  } catch {
    return [];
  }
}

export function writeKept(place: string, kept: Kept): void {
  inMemory.set(place, kept);
  try {
    if (kept.length > 0) sessionStorage.setItem(nameOf(place), JSON.stringify(kept));
    else sessionStorage.removeItem(nameOf(place));
  } catch {
    // Leaving the page by its address loses them then; leaving the step does not.
  }
}
