/** Changes of things that two people may have on their screens at the same time. */
import type { QueryClient, QueryKey } from '@tanstack/react-query';
import { getVersioned, isStale, sendVersioned, type Versioned } from './client.ts';
import { asProblem, type LastChange } from './problem.ts';

/** Somebody else has changed the same thing since it was shown; nothing was sent over it. */
export class ChangedMeanwhile<T> extends Error {
  /** As it is now. */
  readonly now: T;
  /** Who was there last; unknown where no save was refused. */
  readonly lastChange: LastChange | undefined;

  /** `differences`: what is different now, one sentence each. */
  constructor(differences: readonly string[], now: T, lastChange?: LastChange) {
    const who = lastChange ? `${lastChange.by} has changed it last.` : 'Somebody else was first.';
    super([who, ...differences].join(' '));
    this.now = now;
    this.lastChange = lastChange;
  }
}

/** Other parts of a thing may be changed all the time; so often in a row it is not waited for. */
const mostTries = 5;

/**
 * Changes what was shown. Where only other parts of it were changed meanwhile, as `differencesOf` says, the change
 * goes through. `reason`: why, for the audit.
 * @throws ChangedMeanwhile
 * @throws Problem
 */
export async function change<T>(
  path: string,
  shown: Versioned<T>,
  body: object,
  differencesOf: (was: T, now: T) => string[],
  reason?: string,
): Promise<Versioned<T>> {
  const put = (etag: string | null) => sendVersioned<T>('PATCH', path, { body, ifMatch: etag, reason });
  return repeatStale(shown, put, async (lastChange) => {
    const now = await getVersioned<T>(path);
    const differences = differencesOf(shown.value, now.value);
    if (differences.length > 0) throw new ChangedMeanwhile(differences, now, lastChange);
    return now;
  });
}

/**
 * Sends a change for the revision that is shown, and again for the one that `look` reads when that was outdated. `look`
 * throws when what it finds is in the way.
 */
export async function repeatStale<T, Answer>(
  shown: Versioned<T>,
  put: (etag: string | null) => Promise<Answer>,
  look: (lastChange: LastChange | undefined) => Promise<Versioned<T>>,
): Promise<Answer> {
  let { etag } = shown;
  for (let tries = 1; ; tries += 1) {
    try {
      return await put(etag);
    } catch (error) {
      if (!isStale(error) || tries === mostTries) throw error;
      ({ etag } = await look(asProblem(error).lastChange));
    }
  }
}

/** Keeps what a change has answered; what was asked before it, and answers later, is older and not kept. */
export async function keepAnswer<T>(client: QueryClient, queryKey: QueryKey, answer: T): Promise<void> {
  await client.cancelQueries({ queryKey, exact: true });
  client.setQueryData(queryKey, answer);
}

/** Waits for a change, and keeps what it answers, or what it has found instead of what was shown. @throws what it throws */
export async function keepChanged<T>(
  client: QueryClient,
  queryKey: QueryKey,
  changing: Promise<Versioned<T>>,
): Promise<Versioned<T>> {
  try {
    const answer = await changing;
    await keepAnswer(client, queryKey, answer);
    return answer;
  } catch (error) {
    if (error instanceof ChangedMeanwhile) await keepAnswer(client, queryKey, error.now);
    throw error;
  }
}

/**
 * Runs a change that outlives its screen. It is looked after as all changes are (the session that has ended), and what
 * goes wrong is thrown only.
 */
export function runChange<T>(client: QueryClient, work: () => Promise<T>): Promise<T> {
  // Not remembered: what is sent may be a secret.
  const options = { mutationFn: work, meta: { showsProblem: true }, gcTime: 0 };
  return client.getMutationCache().build<T, Error, undefined, unknown>(client, options).execute(undefined);
}
