/**
 * What can befall the host or the process of an instance (promises §3.7), done from inside of it: the clock jumps, the
 * event loop stands still, somebody has forgotten a catch. The instance is started with {@link hostArgs}.
 */
import { root } from '../processes.ts';

export type Deed =
  /** `Date` is so much ahead of the real time; time that only goes forward is not touched. */
  | { kind: 'clock'; shiftMs: number }
  /** Nothing of this process runs for so long. */
  | { kind: 'block'; ms: number }
  /** An error that nobody catches. */
  | { kind: 'surprise'; in: 'timer' | 'promise' | 'stream' };

/** Names the file in which a deed is written before the signal comes. */
export const deedVariable = 'HARNESS_DEED_FILE';

export const hostArgs: readonly string[] = ['--import', `${root}test/harness/host/register.ts`];
