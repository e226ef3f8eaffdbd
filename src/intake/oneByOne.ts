/**
 * Large requests are read one at a time, with a breath in between: many that come together would keep the loop busy for
 * seconds, and whoever is to be turned away would not even learn that (promise P11). Small ones go at once.
 */

export interface OneByOne {
  /** Does `work` when it is the turn of a request of so many bytes; rejects with what it throws. */
  run<T>(bytes: number, work: () => T): Promise<T>;
}

/** A few alerts: reading them costs less than a millisecond. */
const smallBytes = 16 * 1024;

export function createOneByOne(): OneByOne {
  const queue: (() => void)[] = [];

  function next(): void {
    queue[0]?.();
    queue.shift();
    if (queue.length > 0) setImmediate(next);
  }

  return {
    run<T>(bytes: number, work: () => T): Promise<T> {
      if (bytes <= smallBytes) return Promise.try(work);
      return new Promise<T>((resolve) => {
        queue.push(() => resolve(Promise.try(work)));
        if (queue.length === 1) setImmediate(next);
      });
    },
  };
}
