/**
 * Asks the system for addresses, which takes one of the few threads that files and other names need too, for as long
 * as DNS is silent (promise H-6). So names take turns: those that answered quickly last time have turns of their own,
 * and a name whose DNS hangs, or two hundred of them, keep neither those nor the files of this process waiting.
 */
import { lookup } from 'node:dns/promises';
import type { Resolve } from './types.ts';

/** How many names may be asked for at a time. */
export interface NameTurns {
  /** For names that answered quickly last time. */
  quick: number;
  /** For all others. */
  others: number;
}

export interface NamesOptions {
  turns?: NameTurns;
  /** Asks for one name; the system if left out. */
  ask?: Resolve;
  /** Monotonic milliseconds. */
  now?: () => number;
  /** A name that has waited longer for its turn is given up: nobody waits for it any more. */
  mostWaitMs?: number;
}

const quickMs = 1_000;
const mostKnown = 1_000;
/** What libuv has unless told otherwise (`bin/herald` asks for more). */
const usualThreads = 4;

/** Half of the threads for quick names, a quarter for others: the rest is left for files. */
export function turnsFor(threads = Number(process.env.UV_THREADPOOL_SIZE ?? usualThreads)): NameTurns {
  const known = Number.isInteger(threads) && threads > 0 ? threads : usualThreads;
  return { quick: Math.max(1, Math.floor(known / 2)), others: Math.max(1, Math.floor(known / 4)) };
}

/**
 * One question per name at a time; answers are not kept, so a changed address counts at once.
 * Rejects like `dns.promises.lookup`, with the code EAI_AGAIN when its turn does not come.
 */
export function createNames(options: NamesOptions = {}): Resolve {
  const { ask = askSystem, now = () => performance.now(), mostWaitMs = 10_000 } = options;
  const turns = options.turns ?? turnsFor();
  const lanes = { quick: createLane(turns.quick), others: createLane(turns.others) };
  const underway = new Map<string, Promise<string[]>>();
  const quickNames = new Set<string>();

  function remember(host: string, tookMs: number): void {
    quickNames.delete(host);
    if (tookMs > quickMs) return;
    quickNames.add(host);
    const [oldest] = quickNames;
    if (quickNames.size > mostKnown && oldest !== undefined) quickNames.delete(oldest);
  }

  async function askInTurn(host: string): Promise<string[]> {
    const lane = quickNames.has(host) ? lanes.quick : lanes.others;
    const leave = await lane.enter(mostWaitMs);
    const askedAt = now();
    try {
      return await ask(host);
    } finally {
      leave();
      remember(host, now() - askedAt);
    }
  }

  return (host) => {
    const asked = underway.get(host);
    if (asked) return asked;
    const answer = askInTurn(host).finally(() => underway.delete(host));
    underway.set(host, answer);
    return answer;
  };
}

async function askSystem(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}

/** So many at a time, first come first served. */
function createLane(size: number) {
  const waiting = new Set<() => void>();
  let busy = 0;

  const leave = () => {
    busy -= 1;
    const [next] = waiting;
    next?.();
  };

  return {
    /** @throws Error EAI_AGAIN after `mostWaitMs` */
    enter(mostWaitMs: number): Promise<() => void> {
      if (busy < size) {
        busy += 1;
        return Promise.resolve(leave);
      }
      return new Promise((resolve, reject) => {
        const start = () => {
          clearTimeout(timer);
          waiting.delete(start);
          busy += 1;
          resolve(leave);
        };
        const timer = setTimeout(() => {
          waiting.delete(start);
          reject(Object.assign(new Error('too many names are being asked for'), { code: 'EAI_AGAIN' }));
        }, mostWaitMs);
        waiting.add(start);
      });
    },
  };
}
