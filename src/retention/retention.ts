/**
 * Retention: once an hour one process goes over a workspace and removes what is older than it is to be kept. It goes piece
 * by piece, each a short transaction that waits for nobody (test L-10 of the promises), and rests in between.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { crashPoint } from '../crashPoints.ts';
import type { Database, Tx } from '../db/database.ts';
import { removeAlerts } from './alerts.ts';
import { removeKeys, removeOfRemovedConnections } from './leftovers.ts';
import type { Piece } from './piece.ts';
import { takeTurn } from './turns.ts';
import { removeWrites } from './writes.ts';

export interface RetentionParts {
  db: Database;
  log: Logger;
  /** So many alerts were removed: for metrics. */
  onRemoved?(alerts: number): void;
  /** Milliseconds between two pieces that removed something. */
  restMs?: number;
}

export interface Retention {
  /** Goes over the workspaces whose turn it is, one after the other; a failure in one is logged, and its next turn comes. */
  turn(): Promise<void>;
  /** Ends after the piece that is under way. */
  close(): Promise<void>;
}

/** One kind of thing, removed from `after` on. Ids rise, so that what must stay is passed over once in a run. */
type Remove = (tx: Tx, workspaceId: string, after: string) => Promise<Piece>;

const kinds: readonly Remove[] = [removeAlerts, removeWrites, removeKeys, removeOfRemovedConnections];

export function createRetention({ db, log, onRemoved, restMs = 100 }: RetentionParts): Retention {
  let isClosing = false;
  let running: Promise<void> = Promise.resolve();

  async function turns(): Promise<void> {
    while (!isClosing) {
      crashPoint('before-retention-turn');
      const workspaceId = await db.unfenced(takeTurn);
      crashPoint('after-retention-turn');
      if (workspaceId === undefined) return;
      await clear(workspaceId).catch((error) => log.warn({ workspaceId, err: error }, 'retention.failed'));
    }
  }

  async function clear(workspaceId: string): Promise<void> {
    const sum: Record<string, number> = {};
    try {
      for (const remove of kinds) await removeAll(workspaceId, remove, sum);
    } finally {
      if (Object.keys(sum).length > 0) log.info({ workspaceId, ...sum }, 'retention.removed');
    }
  }

  async function removeAll(workspaceId: string, remove: Remove, sum: Record<string, number>): Promise<void> {
    for (let after: string | undefined = '0'; after !== undefined && !isClosing; ) {
      const piece: Piece = await removePiece(db, workspaceId, remove, after);
      let rows = 0;
      for (const [what, count] of Object.entries(piece.removed)) {
        if (count > 0) sum[what] = (sum[what] ?? 0) + count;
        rows += count;
      }
      if (piece.removed.alerts) onRemoved?.(piece.removed.alerts);
      after = piece.next;
      if (rows > 0 && after !== undefined) await sleep(restMs);
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

async function removePiece(db: Database, workspaceId: string, remove: Remove, after: string): Promise<Piece> {
  const piece = await db.inWorkspace(workspaceId, async (tx) => {
    const done = await remove(tx, workspaceId, after);
    crashPoint('before-retention-commit');
    return done;
  });
  crashPoint('after-retention-commit');
  return piece;
}
