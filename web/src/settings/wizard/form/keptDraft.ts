/**
 * What was typed and the server does not take yet is kept in this browser, for the same person, until it is taken: one
 * leaves the wizard and comes back to it. Secrets are never handed in.
 */
import { readText, writeText } from '../../../drafts/keptText.ts';
import type { FormStep, StepValues } from '../step.ts';

export interface KeptDraft {
  values: StepValues;
  /** The state of the server that was changed: another one means that somebody else was there. */
  base: StepValues;
}

const nameOf = (userId: string, connectionId: string, step: FormStep): string =>
  `herald.draft.${userId}.${connectionId}.${step}`;

/** Undefined when nothing is kept, or it cannot be read. */
export const readKept = (userId: string, connectionId: string, step: FormStep): KeptDraft | undefined =>
  parse(readText(nameOf(userId, connectionId, step)));

/** The place of one form in the browser. */
export interface Keeper {
  /** What was there when it was opened. */
  found: KeptDraft | undefined;
  /** Undefined forgets it. A browser that keeps nothing loses only what it would have kept. */
  keep(draft: KeptDraft | undefined): void;
}

/** Other tabs have the same place: only what this form has found or kept itself is its own to forget. */
export function openKeeper(userId: string, connectionId: string, step: FormStep): Keeper {
  const name = nameOf(userId, connectionId, step);
  let own = readText(name);
  return {
    found: parse(own),
    keep(draft) {
      const text = draft ? JSON.stringify(draft) : null;
      if (text === own) return;
      if (text !== null || readText(name) === own) writeText(name, text);
      own = text;
    },
  };
}

function parse(text: string | null): KeptDraft | undefined {
  try {
    return text === null ? undefined : (JSON.parse(text) as KeptDraft);
  } catch {
    return undefined;
  }
}
