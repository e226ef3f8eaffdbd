/** Signals that ask a running command to end. */

export interface Stop {
  /** Resolves at the first signal, or when {@link Stop.now} is called. */
  readonly asked: Promise<void>;
  /** Aborted at the same moment. */
  readonly abort: AbortSignal;
  /** Which signal it was. */
  readonly signal: string | undefined;
  /** Asks for the end as a signal does. */
  now(): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm hands on the Ctrl-C that the terminal has sent already: both are one wish. */
const sameWishMs = 1_000;

/** `onAgain` is called when somebody asks a second time, more than a second after the first. */
export function createStop({ onAgain }: { onAgain?: () => void } = {}): Stop {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  let first: { signal: string | undefined; at: number } | undefined;

  function ask(signal: string | undefined): void {
    if (first === undefined) {
      first = { signal, at: performance.now() };
      controller.abort();
      resolve();
    } else if (signal !== undefined && performance.now() - first.at > sameWishMs) onAgain?.();
  }

  for (const signal of signals) process.on(signal, ask);
  return {
    asked: promise,
    abort: controller.signal,
    get signal() {
      return first?.signal;
    },
    now: () => ask(undefined),
  };
}
