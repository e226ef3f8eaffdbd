/** Changed rows that the server does not have yet: they outlive the page, in this tab of the browser. */
import type { Change } from './saveMappings.ts';

export type Kept = readonly (readonly [organizationId: string, change: Change])[];

/** By connection; the browser's storage is a copy, which may be full or switched off. */
const inMemory = new Map<string, Kept>();

const nameOf = (connectionId: string): string => `herald.mappings.${connectionId}`;

export function readKept(connectionId: string): Kept {
  const known = inMemory.get(connectionId);
  if (known) return known;
  try {
    return JSON.parse(sessionStorage.getItem(nameOf(connectionId)) ?? '[]') as Kept;
  } catch {
    return [];
  }
}

export function writeKept(connectionId: string, kept: Kept): void {
  inMemory.set(connectionId, kept);
  try {
    if (kept.length > 0) sessionStorage.setItem(nameOf(connectionId), JSON.stringify(kept));
    else sessionStorage.removeItem(nameOf(connectionId));
  } catch {
    // Leaving the page by its address loses them then; leaving the step does not.
  }
}
