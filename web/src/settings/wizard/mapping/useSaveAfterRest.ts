import { useEffect, useRef } from 'react';

/** A moment after the last change, so that ten keys are one save. */
const restMs = 800;

interface Rest {
  /** There is something to save. */
  isWaiting: boolean;
  isSaving: boolean;
  /** Each further change begins the rest anew. */
  kept: unknown;
}

/** Saves a moment after the last change, and when one goes on. */
export function useSaveAfterRest(save: () => Promise<void>, { isWaiting, isSaving, kept }: Rest): void {
  const latest = useRef({ save, isWaiting });
  latest.current = { save, isWaiting };
  const isWanted = isWaiting && !isSaving;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each further change begins the rest anew
  useEffect(() => {
    if (!isWanted) return;
    const timer = setTimeout(() => void latest.current.save(), restMs);
    return () => clearTimeout(timer);
  }, [isWanted, kept]);
  // Whoever goes on at once finds it saved in the next step; it waits for its turn behind what is on its way.
  useEffect(
    () => () => {
      if (latest.current.isWaiting) void latest.current.save();
    },
    [],
  );
}
