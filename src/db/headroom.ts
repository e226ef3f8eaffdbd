/**
 * Whether the disk of the embedded database has room for more (promises L-3, P11). A PostgreSQL that cannot write its
 * log stops, so no alert is taken any more before that; what was taken is still delivered, which needs a little.
 */
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Problem } from '../errors.ts';
import { diskFull } from './trouble.ts';

export interface Headroom {
  /** Why nothing new is stored now; undefined = there is room. */
  problem(): Problem | undefined;
  /** Looks again now; done every second by itself. */
  look(): Promise<void>;
  close(): void;
}

/** Bytes of a disk. */
export interface Space {
  size: number;
  free: number;
}

export interface HeadroomOptions {
  /** The cluster's directory. */
  clusterDir: string;
  log: Logger;
  /** Answers the space of the disk on which a path is; for tests. */
  spaceOf?: (path: string) => Promise<Space>;
}

const lookEveryMs = 1_000;
const gigabyte = 1024 ** 3;

/** Below a tenth of the disk, and below 2 GB on a large one: a laptop with 9 % free is not full. */
export const leastFree = (size: number): number => Math.min(size / 10, 2 * gigabyte);

/** How large the server's log may grow on this disk in megabytes, so that it does not use up the headroom itself. */
export const mostLogMegabytes = (size: number): number =>
  Math.max(64, Math.min(2_048, Math.floor(size / 20 / 1024 ** 2)));

/** Starts looking at once; until the first look is done there is room. */
export function watchHeadroom({ clusterDir, log, spaceOf = spaceOnDisk }: HeadroomOptions): Headroom {
  // The log of the server may be on a disk of its own.
  const paths = [clusterDir, join(clusterDir, 'pg_wal')];
  let isLow = false;

  async function look(): Promise<void> {
    const spaces = await Promise.all(paths.map((path) => spaceOf(path).catch(() => undefined)));
    const low = spaces.find((space) => space && space.free < leastFree(space.size));
    if ((low !== undefined) === isLow) return;
    isLow = low !== undefined;
    if (low) log.error({ freeBytes: low.free, leastBytes: leastFree(low.size) }, 'database.disk.full');
    else log.warn('database.disk.hasRoom');
  }

  const timer = setInterval(() => void look(), lookEveryMs);
  timer.unref();
  void look();
  return {
    problem: () => (isLow ? diskFull() : undefined),
    look,
    close: () => clearInterval(timer),
  };
}

/** Of the disk that holds this path, as a user without special rights may use it. */
export async function spaceOnDisk(path: string): Promise<Space> {
  const { bsize, blocks, bavail } = await statfs(path);
  return { size: blocks * bsize, free: bavail * bsize };
}
