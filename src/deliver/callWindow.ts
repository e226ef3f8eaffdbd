/**
 * Calls of a rolling window, by small spans of time, so that they can be kept in the database and shared by processes
 * (promise P8). A span leaves the window with its last moment: the count is never too low.
 */

/** Calls of one span, by its start in milliseconds. */
export interface CallCount {
  at: number;
  calls: number;
}

export interface CallWindow {
  add(at: number, calls: number): void;
  /** When a call of this moment leaves the window. */
  leavesAt(at: number): number;
  /** Calls in the window that ends now. */
  used(now: number): number;
  /** When the oldest of them leave the window; undefined when there are none. */
  reliefAt(now: number): number | undefined;
  /** Calls since the last flush; empties the list. */
  takeUnsaved(): CallCount[];
  unsaved(): number;
  /** The flush failed: they are to be flushed later. */
  putBack(counts: readonly CallCount[]): void;
  /** All calls as the database has them, those of other processes too; ours that are not flushed are added. */
  replace(counts: readonly CallCount[]): void;
  /** The PSA counts over another time than was known. */
  resize(windowMs: number): void;
}

/** A call arrives at the PSA a little after it was counted here; the window is longer by what that may differ. */
const slackMs = 2_000;
const spansPerWindow = 60;

/** A sixtieth of the window, from one second to one minute: an hour is counted by minutes, a minute by seconds. */
const spanOf = (windowMs: number): number =>
  Math.min(60_000, Math.max(1_000, Math.floor(windowMs / spansPerWindow / 1_000) * 1_000));

export function createCallWindow(initialMs: number): CallWindow {
  let windowMs = initialMs;
  let spanMs = spanOf(windowMs);
  let spans = new Map<number, number>();
  let unsaved = new Map<number, number>();

  const startOf = (at: number): number => Math.floor(at / spanMs) * spanMs;

  function addTo(to: Map<number, number>, at: number, calls: number): void {
    to.set(startOf(at), (to.get(startOf(at)) ?? 0) + calls);
  }

  const leavesAt = (start: number): number => start + spanMs + windowMs + slackMs;

  function forget(now: number): void {
    for (const start of spans.keys()) if (leavesAt(start) <= now) spans.delete(start);
  }

  const sum = (counts: ReadonlyMap<number, number>): number =>
    [...counts.values()].reduce((total, calls) => total + calls, 0);

  /** Of a coarse span nobody knows when its calls were made: the latest moment counts. */
  const moved = (counts: ReadonlyMap<number, number>, byMs: number): Map<number, number> => {
    const to = new Map<number, number>();
    for (const [start, calls] of counts) addTo(to, start + byMs, calls);
    return to;
  };

  return {
    add(at, calls) {
      addTo(spans, at, calls);
      addTo(unsaved, at, calls);
    },
    leavesAt: (at) => leavesAt(startOf(at)),
    used(now) {
      forget(now);
      return sum(spans);
    },
    reliefAt(now) {
      forget(now);
      return spans.size === 0 ? undefined : leavesAt(Math.min(...spans.keys()));
    },
    takeUnsaved() {
      const counts = [...unsaved].map(([at, calls]) => ({ at, calls }));
      unsaved.clear();
      return counts;
    },
    unsaved: () => sum(unsaved),
    putBack(counts) {
      for (const { at, calls } of counts) addTo(unsaved, at, calls);
    },
    replace(counts) {
      spans = new Map(unsaved);
      for (const { at, calls } of counts) addTo(spans, at, calls);
    },
    resize(nextMs) {
      if (nextMs === windowMs) return;
      const before = spanMs;
      windowMs = nextMs;
      spanMs = spanOf(windowMs);
      const byMs = Math.max(0, before - spanMs);
      spans = moved(spans, byMs);
      unsaved = moved(unsaved, byMs);
    },
  };
}
