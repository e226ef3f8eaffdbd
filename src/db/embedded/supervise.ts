import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, launch, type Postmaster, stopPostmaster } from './postmaster.ts';
import { isPostmasterOf } from './processes.ts';

export type Supervised = { pid(): number; stop(): Promise<void> };

const watchMs = 500;
const longestPauseMs = 30_000;

/**
 * Watches a server and starts it again when it ends without being told to, for example because somebody killed it or
 * memory ran out. The postmaster itself starts its own children again; this is for the postmaster.
 */
export function supervise(cluster: Cluster, first: Postmaster): Supervised {
  const stopping = new AbortController();
  let current = first.pid;

  async function watch(): Promise<void> {
    while (await isPostmasterOf(current, cluster.clusterDir)) await pause(watchMs);
    if (!stopping.signal.aborted) cluster.log.warn('PostgreSQL has ended unexpectedly and is started again.');
    for (let pauseMs = 1_000; !stopping.signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      // An adopted server may have had another socket directory; clients know that one.
      const again = await launch({ ...cluster, socketDir: first.socketDir }).catch((error: Error) => error);
      if (!(again instanceof Error)) {
        current = again.pid;
        return watch();
      }
      cluster.log.warn(`PostgreSQL could not be started again: ${again.message}`);
      await pause(pauseMs);
    }
  }

  /** Does not keep the process alive: a Herald that ends without `stop` leaves an orphan, which is adopted later. */
  async function pause(durationMs: number): Promise<void> {
    await sleep(durationMs, undefined, { ref: false, signal: stopping.signal }).catch(() => {});
    if (stopping.signal.aborted) throw new Stopped();
  }

  const watching = watch().catch((error) => {
    if (!(error instanceof Stopped)) throw error;
  });

  return {
    pid: () => current,
    async stop() {
      stopping.abort();
      await watching;
      await stopPostmaster(current, cluster.clusterDir);
    },
  };
}

class Stopped extends Error {}
