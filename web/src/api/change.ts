/** Changes of things that two people may have on their screens at the same time. */
import { getVersioned, isStale, sendVersioned, type Versioned } from './client.ts';

/** Somebody else has changed the same thing since it was shown; nothing was sent over it. */
export class ChangedMeanwhile<T> extends Error {
  /** What is different now, one sentence each. */
  readonly differences: readonly string[];
  /** As it is now. */
  readonly now: Versioned<T>;

  constructor(differences: readonly string[], now: Versioned<T>) {
    super(`Somebody else was first. ${differences.join(' ')}`);
    this.differences = differences;
    this.now = now;
  }
}

/**
 * Changes what was shown. Where only other parts of it were changed meanwhile, as `differencesOf` says, the change
 * goes through.
 * @throws ChangedMeanwhile
 * @throws Problem
 */
export async function change<T>(
  path: string,
  shown: Versioned<T>,
  body: object,
  differencesOf: (was: T, now: T) => string[],
): Promise<Versioned<T>> {
  try {
    return await sendVersioned<T>('PATCH', path, { body, ifMatch: shown.etag });
  } catch (error) {
    if (!isStale(error)) throw error;
  }
  const now = await getVersioned<T>(path);
  const differences = differencesOf(shown.value, now.value);
  if (differences.length > 0) throw new ChangedMeanwhile(differences, now);
  return sendVersioned<T>('PATCH', path, { body, ifMatch: now.etag });
}
