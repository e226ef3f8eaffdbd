/** Wakes a drain at a time that several things may ask for; the earliest counts. */
export interface Alarm {
  /** Rings then; an earlier time that was set already stands. */
  at(time: number): void;
  /** Never rings again. */
  end(): void;
}

/** Times are milliseconds of the clock that `now` reads. */
export function createAlarm(now: () => number, ring: () => void): Alarm {
  let timer: NodeJS.Timeout | undefined;
  let next = Number.POSITIVE_INFINITY;
  return {
    at(time) {
      if (time >= next) return;
      clearTimeout(timer);
      next = time;
      timer = setTimeout(
        () => {
          next = Number.POSITIVE_INFINITY;
          ring();
        },
        Math.max(1, time - now()),
      );
    },
    end() {
      clearTimeout(timer);
      next = Number.NEGATIVE_INFINITY;
    },
  };
}
