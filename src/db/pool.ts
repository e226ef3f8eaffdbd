/** Connections to the database, shared: nobody waits long for one, and all of them can be replaced at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DatabaseUnavailable } from './trouble.ts';

export interface Pool {
  /** @throws DatabaseUnavailable when there is none within two seconds, or none can be made */
  take(): Promise<pg.PoolClient>;
  /** Connections made until now are closed and not used again, each as soon as nobody has it (promise L-2). */
  replaceAll(): void;
  /** How long the first of those who wait for a connection has waited, in milliseconds; 0 if nobody does. */
  readonly waitedMs: number;
  readonly waiting: number;
  close(): Promise<void>;
}

const goodbyeMs = 1_000;

/** The end of connections, waited for a moment only: one that swallows everything never ends (promise L-7). */
export async function shortly(end: Promise<unknown>): Promise<void> {
  await Promise.race([end, sleep(goodbyeMs, undefined, { ref: false })]);
}

/** The default of the library is to wait for ever. */
const mostWaitMs = 2_000;

export function createPool(config: pg.PoolConfig): Pool {
  const pool = new pg.Pool({
    ...config,
    connectionTimeoutMillis: mostWaitMs,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    // Before anything on the way forgets a connection that nobody uses.
    keepAliveInitialDelayMillis: 10_000,
  });
  // A connection that breaks while idle is replaced by the pool at its next use.
  pool.on('error', () => undefined);
  let generation = 0;
  const generations = new WeakMap<pg.PoolClient, number>();
  pool.on('connect', (client) => {
    generations.set(client, generation);
    // One that breaks while somebody has it tells them by their next statement; unheard, it would end the process.
    client.on('error', () => undefined);
  });
  /** When each who waits began to, in that order. */
  const waits = new Set<{ since: number }>();

  async function connect(): Promise<pg.PoolClient> {
    const wait = { since: performance.now() };
    waits.add(wait);
    try {
      return await pool.connect();
    } catch (cause) {
      throw new DatabaseUnavailable(cause);
    } finally {
      waits.delete(wait);
    }
  }

  return {
    async take() {
      for (;;) {
        const client = await connect();
        if (generations.get(client) === generation) return client;
        client.release(true);
      }
    },
    replaceAll() {
      generation += 1;
    },
    get waitedMs() {
      const [first] = waits;
      return first ? performance.now() - first.since : 0;
    },
    get waiting() {
      return pool.waitingCount;
    },
    close: () => shortly(pool.end()),
  };
}
