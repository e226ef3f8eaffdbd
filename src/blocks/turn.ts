/**
 * Behind intake, workers describe alerts in blocks, so that lists find them by any member and the dashboard need not count
 * them all (docs/adr/0015). Whatever is not described yet is read directly: a turn that is late costs time, never truth.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Database, DatabaseBusy, DatabaseUnavailable, type Tx } from '../db/database.ts';
import { listWorkspaces } from '../workspaces/index.ts';
import { describeChanged, describeNew, describePlain, skipChanged, skipNew, skipPlain } from './describe.ts';
import { countAllAnew, countDue, lookForMoves, skipDue } from './recount.ts';
import { takeBlocks } from './store.ts';

/** Pieces of one kind in a turn; then the other workspaces have theirs. */
const mostPieces = 400;
/** It works a third of the time, so that intake and deliveries have the rest. */
const restsFor = 2;

/** Work that is done piece by piece, each in a transaction that stays short. */
interface Kind {
  name: string;
  /** Blocks, or notes of changes, in one piece. */
  most: number;
  /** Answers how many were done; 0 = nothing is left. */
  work(tx: Tx, workspaceId: string, most: number): Promise<number>;
  /** What to do instead of the smallest piece, which fails; answers what it was. */
  skip(tx: Tx, workspaceId: string): Promise<string | undefined>;
}

const kinds: readonly Kind[] = [
  { name: 'new', most: 50, work: describeNew, skip: skipNew },
  { name: 'changed', most: 100, work: describeChanged, skip: skipChanged },
  { name: 'plain', most: 1, work: describePlain, skip: skipPlain },
  {
    name: 'moves',
    most: 1,
    async work(tx, workspaceId) {
      await lookForMoves(tx, workspaceId);
      return 0;
    },
    async skip(tx, workspaceId) {
      await countAllAnew(tx, workspaceId);
      return 'all';
    },
  },
  { name: 'counts', most: 100, work: countDue, skip: skipDue },
];

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
      for (const kind of kinds) {
        if (isClosing) return;
        await go(workspaceId, kind).catch((error) =>
          log.warn({ workspaceId, kind: kind.name, err: error }, 'blocks.failed'),
        );
      }
    }
  }

  /** A piece that fails is halved until what is wrong is alone; that is skipped, and the pieces grow again. */
  async function go(workspaceId: string, kind: Kind): Promise<void> {
    let size = kind.most;
    for (let piece = 0; piece < mostPieces && !isClosing; piece += 1) {
      const startedAt = performance.now();
      try {
        const done = await alone(workspaceId, (tx) => kind.work(tx, workspaceId, size));
        if (!done) return;
        size = Math.min(2 * size, kind.most);
      } catch (error) {
        if (!mayBeOfThePiece(error)) throw error;
        if (size > 1) size = Math.floor(size / 2);
        else await skip(workspaceId, kind, error);
      }
      await rest(restsFor * (performance.now() - startedAt));
    }
  }

  async function skip(workspaceId: string, kind: Kind, error: unknown): Promise<void> {
    const skipped = await alone(workspaceId, (tx) => kind.skip(tx, workspaceId));
    if (skipped === undefined) throw error;
    log.warn({ workspaceId, kind: kind.name, block: skipped, err: error }, 'blocks.skipped');
  }

  /** Undefined: another process is at it. */
  function alone<T>(workspaceId: string, work: (tx: Tx) => Promise<T>): Promise<T | undefined> {
    return db.inWorkspace(workspaceId, async (tx) =>
      (await takeBlocks(tx, workspaceId)) ? work(tx) : undefined,
    );
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

/** A database that is not there, or takes no changes, fails every piece; one that takes too long may be rid of a large one. */
function mayBeOfThePiece(error: unknown): boolean {
  return error instanceof DatabaseBusy || !(error instanceof DatabaseUnavailable);
}
