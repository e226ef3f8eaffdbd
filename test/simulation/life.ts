/**
 * One life of a process: what it goes on with happens at its time, unless it has been killed, and later when it is stopped
 * as by SIGSTOP.
 */
import type { World } from './world.ts';

export interface Life {
  /** Goes on in this process: never after its death, and only when it is not stopped. */
  later(ms: number, run: () => void): void;
  /** A moment at which the process may be killed or stopped. */
  moment(run: () => void): void;
  isDead(): boolean;
  isStopped(): boolean;
  tell(words: string): void;
}

const mostUsualStopMs = 120_000;
/** Now and then far longer than a lease, a permit or a transaction lasts. */
const mostStopMs = 1_200_000;

/** @param ends what happens to the rest of the world when the process dies, or stands still */
export function createLife(world: World, id: number, ends: { died(): void; stopped(): void }): Life {
  const { loop, chance, conditions, counts } = world;
  let isDead = false;
  let stoppedUntil = 0;

  const tell = (words: string): void => world.tell?.(loop.now(), `${id} ${words}`);

  function later(ms: number, run: () => void): void {
    loop.at(loop.now() + ms, () => goOn(run));
  }

  function goOn(run: () => void): void {
    if (isDead) return;
    if (loop.now() < stoppedUntil) loop.at(stoppedUntil, () => goOn(run));
    else run();
  }

  function die(): void {
    counts.crashes += 1;
    tell('is killed');
    isDead = true;
    ends.died();
  }

  function stop(ms: number): void {
    counts.stops += 1;
    tell(`is stopped for ${Math.round(ms)} ms`);
    stoppedUntil = loop.now() + ms;
    ends.stopped();
  }

  return {
    later,
    moment(run) {
      if (isDead) return;
      if (chance.is(conditions.crash)) die();
      else if (chance.is(conditions.stop)) {
        stop(chance.is(0.2) ? chance.between(0, mostStopMs) : chance.between(5_000, mostUsualStopMs));
        later(0, run);
      } else run();
    },
    isDead: () => isDead,
    isStopped: () => loop.now() < stoppedUntil,
    tell,
  };
}
