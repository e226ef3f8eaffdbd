/** Virtual time: a priority queue of events. Events of one moment come in an order that the seed decides. */

export interface Loop {
  /** Milliseconds. */
  now(): number;
  at(time: number, run: () => void): void;
  /** Runs events until none is left; false when there were more than `most`. */
  run(most: number): boolean;
}

interface Event {
  time: number;
  order: number;
  run: () => void;
}

export function createLoop(random: () => number): Loop {
  /** A binary heap: the children of i are 2i + 1 and 2i + 2. */
  const heap: Event[] = [];
  let now = 0;

  function up(event: Event): void {
    let i = heap.length;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(event, heap[parent] as Event)) break;
      heap[i] = heap[parent] as Event;
      i = parent;
    }
    heap[i] = event;
  }

  function takeFirst(): Event {
    const first = heap[0] as Event;
    const last = heap.pop() as Event;
    if (heap.length > 0) down(last);
    return first;
  }

  function down(event: Event): void {
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) child += 1;
      if (!isBefore(heap[child] as Event, event)) break;
      heap[i] = heap[child] as Event;
      i = child;
    }
    heap[i] = event;
  }

  return {
    now: () => now,
    at(time, run) {
      up({ time: Math.max(time, now), order: random(), run });
    },
    run(most) {
      for (let count = 0; heap.length > 0; count += 1) {
        if (count > most) return false;
        const { time, run } = takeFirst();
        now = time;
        run();
      }
      return true;
    },
  };
}

const isBefore = (a: Event, b: Event): boolean => a.time < b.time || (a.time === b.time && a.order < b.order);
