/** Tells a process of the harness where to die or to stop (promises §3.0, crash points). */
import { root } from '../processes.ts';

export interface CrashAt {
  /** A name from the sources: see points.ts. */
  point: string;
  /** 1 = the first time that it comes there. */
  passage: number;
  /** SIGSTOP holds it there until it is sent SIGCONT. */
  deed: 'SIGKILL' | 'SIGSTOP';
  /**
   * A file that counts the passages, a byte each, over all processes that are started with it. Nothing happens and
   * nothing is counted before it is there.
   */
  counter: string;
}

/** What the hook of register.ts reads. The product itself knows nothing of it. */
export const variable = 'HARNESS_CRASH_AT';

export const crashArgs = (at: CrashAt | undefined): string[] =>
  at ? ['--import', `${root}test/harness/crash/register.ts`] : [];

export const crashEnvironment = (at: CrashAt | undefined): Record<string, string> =>
  at ? { [variable]: JSON.stringify(at) } : {};
