/**
 * What was typed and the server does not take yet is kept in this browser, for the same person, until it is taken: one
 * leaves the wizard and comes back to it. Secrets are never handed in.
 */
import type { FormStep, StepValues } from './step.ts';

export interface KeptDraft {
  values: StepValues;
  /** The state of the server that was changed: another one means that somebody else was there. */
  base: StepValues;
}

const nameOf = (userId: string, connectionId: string, step: FormStep): string =>
  `herald.draft.${userId}.${connectionId}.${step}`;

/** Undefined when nothing is kept, or it cannot be read. */
export function readKept(userId: string, connectionId: string, step: FormStep): KeptDraft | undefined {
  try {
    const text = localStorage.getItem(nameOf(userId, connectionId, step));
    return text === null ? undefined : (JSON.parse(text) as KeptDraft);
  } catch {
    return undefined;
  }
}

/** Undefined forgets it. A browser that keeps nothing loses only what it would have kept. */
export function keepDraft(
  userId: string,
  connectionId: string,
  step: FormStep,
  draft: KeptDraft | undefined,
): void {
  const name = nameOf(userId, connectionId, step);
  try {
    if (draft) localStorage.setItem(name, JSON.stringify(draft));
    else localStorage.removeItem(name);
  } catch {
    // Full, or switched off.
  }
}
