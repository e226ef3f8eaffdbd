import { useEffect, useState, useSyncExternalStore } from 'react';
import type { DraftState } from './draftState.ts';
import { type DraftKind, type OpenDraft, openDraft } from './openDraft.ts';

/** A form that begins with what is stored, and follows it while nobody has typed. `kind` stays the first one given. */
export function useDraft<S, V>(stored: S, kind: DraftKind<S, V>): OpenDraft<S, V> & DraftState<S, V> {
  const [draft] = useState(() => openDraft(kind, stored));
  const state = useDraftState(draft, stored);
  return { ...draft, ...state };
}

/** The state of a form that is held elsewhere, told what is stored. */
export function useDraftState<S, V>(draft: OpenDraft<S, V>, stored: S): DraftState<S, V> {
  const state = useSyncExternalStore(draft.subscribe, draft.state);
  useEffect(() => draft.see(stored), [draft, stored]);
  return state;
}

/** Why a form cannot be saved right now. */
export function whyNotSave(isUntouched: boolean, isConflict: boolean): string | undefined {
  if (isConflict) return 'Decide first between your state and the other one.';
  return isUntouched ? 'Nothing has been changed.' : undefined;
}
