/**
 * Sensitive changes need a proof that is not older than some minutes. The server then answers `recentSignInNeeded`; whoever
 * shows the screens is asked (app/ProveAgain.tsx), and the change is sent once more.
 */
import { Problem } from './problem.ts';

/** Asks the person; false when they do not want to. */
type Asker = () => Promise<boolean>;

let asker: Asker | undefined;
let asking: Promise<boolean> | undefined;

/** Says who asks from now on. Answers how to take that back. */
export function askWith(ask: Asker): () => void {
  asker = ask;
  return () => {
    if (asker === ask) asker = undefined;
  };
}

const isRefusedAsOld = (error: unknown): boolean =>
  error instanceof Problem && error.code === 'recentSignInNeeded';

/** Changes under way at the same time are asked about once. */
function askOnce(): Promise<boolean> {
  asking ??= (asker?.() ?? Promise.resolve(false)).finally(() => {
    asking = undefined;
  });
  return asking;
}

/** Does it; again after a fresh proof when the server wants one. @throws what `work` throws */
export async function provenAgain<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isRefusedAsOld(error) || !(await askOnce())) throw error;
    return work();
  }
}
