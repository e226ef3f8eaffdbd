/**
 * Behind intake, workers describe alerts in blocks, so that lists find them by any member and the dashboard need not count
 * them all (docs/adr/0015). Whatever is not described yet is read directly: a turn that is late costs time, never truth.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { listWorkspaces } from '../connections/store.ts';
import type { Database, Tx } from '../db/database.ts';
import { countOpen, describeChanged, describeNew, forgetGone, readNow, takeBlocks } from './store.ts';

/** Pieces of one kind in a turn; then the other workspaces have theirs. */
const mostPieces = 200;
/** It works a third of the time, so that intake and deliveries have the rest. */
const restsFor = 2;

export interface Blocks {
  /** Goes over all workspaces; a failure in one is logged, and its next turn comes. */
  turn(): Promise<void>;
  /** Ends after the piece that is under way. */
  close(): Promise<void>;
}

/** `rest` waits for so many milliseconds after a piece. */
export function createBlocks({
  db,
  log,
  rest = (ms) => sleep(ms),
}: {
  db: Database;
  log: Logger;
  rest?: (ms: number) => Promise<void>;
}): Blocks {
  let isClosing = false;
  let running: Promise<void> = Promise.resolve();

  async function turns(): Promise<void> {
    for (const workspaceId of await db.unfenced(listWorkspaces)) {
      if (isClosing) return;
      await describe(workspaceId).catch((error) => log.warn({ workspaceId, err: error }, 'blocks.failed'));
    }
  }

  async function describe(workspaceId: string): Promise<void> {
    const since = await db.unfenced(readNow);
    const kinds = [
      describeNew,
      describeChanged,
      (tx: Tx, id: string) => countOpen(tx, id, since),
      forgetGone,
    ];
    for (const kind of kinds) {
      for (let piece = 0; piece < mostPieces && !isClosing; piece += 1) {
        const startedAt = performance.now();
        const done = await db.inWorkspace(workspaceId, async (tx) =>
          (await takeBlocks(tx, workspaceId)) ? kind(tx, workspaceId) : 0,
        );
        if (done === 0) break;
        await rest(restsFor * (performance.now() - startedAt));
      }
    }
  }

  return {
    turn() {
      running = turns();
      return running;
    },
    async close() {
      isClosing = true;
      await running.catch(() => undefined);
    },
  };
}
