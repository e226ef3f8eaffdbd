/** Time as the delivery core sees it, and the send permit that is made of it. */
import type { Permit } from '../psa/contract.ts';
import { mostRoundMs, type Timing } from './timing.ts';

export interface Clock {
  /** Milliseconds since some start; never jumps. */
  monotonic(): number;
  /** Milliseconds since 1970. */
  wall(): number;
  sleep(ms: number): Promise<void>;
}

/**
 * A permit that runs from now (promises §2.2): a process can be stopped between COMMIT and the write, and go on after
 * its successor has sent. Both clocks are asked, because one stands still while a machine is suspended and the other
 * can be set.
 */
export function startPermit(clock: Clock, permitMs: number): Permit {
  const isWithin = startTimer(clock);
  return () => isWithin(permitMs);
}

function startTimer(clock: Clock): (ms: number) => boolean {
  const monotonic = clock.monotonic();
  const wall = clock.wall();
  return (ms) => {
    const elapsedWall = clock.wall() - wall;
    return clock.monotonic() - monotonic < ms && elapsedWall < ms && elapsedWall > -ms;
  };
}

/**
 * A round begins; answers the permits of what it commits. W is counted from the start of its transaction, so a round that
 * took too long may send nothing either: a process can be stopped inside the transaction as well.
 */
export function beginRound(clock: Clock): (timing: Timing) => Permit {
  const isWithin = startTimer(clock);
  return (timing) => {
    const permit = startPermit(clock, timing.permitMs);
    return () => permit() && isWithin(mostRoundMs(timing));
  };
}
