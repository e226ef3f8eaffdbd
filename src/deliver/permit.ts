/** Time as the delivery core sees it, and the send permit that is made of it. */
import type { Permit } from '../psa/contract.ts';

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
  const monotonic = clock.monotonic();
  const wall = clock.wall();
  return () => {
    const elapsedWall = clock.wall() - wall;
    return clock.monotonic() - monotonic < permitMs && elapsedWall < permitMs && elapsedWall > -permitMs;
  };
}
