/** Looks over the workspaces for critical alerts that their PSA does not take, in the sweep of every worker. */

import type { Logger } from 'pino';
import { crashPoint } from '../crashPoints.ts';
import type { Database } from '../db/database.ts';
import { decideWayOuts } from '../deliver/wayOut.ts';
import { loadOwedCritical, loadPatience, recordWayOuts, takeTurns } from '../deliver/wayOutStore.ts';

export interface WayOutParts {
  db: Database;
  log: Logger;
  /** So many critical alerts were decided to need the way out: for metrics. */
  onWayOut?(count: number): void;
}

/**
 * Decides for the workspaces whose turn it is; a failure in one is logged, and its next turn comes. Answers those in which
 * people are to be told now.
 */
export async function findWayOuts({ db, log, onWayOut }: WayOutParts): Promise<string[]> {
  crashPoint('before-way-out-turn');
  const turns = await db.unfenced(takeTurns);
  crashPoint('after-way-out-turn');
  const found: string[] = [];
  for (const workspaceId of turns) {
    try {
      const count = await decideFor(db, workspaceId);
      if (count === 0) continue;
      log.warn({ workspaceId, alerts: count }, 'wayOut.decided');
      onWayOut?.(count);
      found.push(workspaceId);
    } catch (error) {
      log.warn({ workspaceId, err: error }, 'wayOut.failed');
    }
  }
  return found;
}

/** Answers how many were decided now. Any number of processes may do it at once: each alert is recorded by one. */
export async function decideFor(db: Database, workspaceId: string): Promise<number> {
  const decided = await db.inWorkspace(workspaceId, async (tx) => {
    const patience = await loadPatience(tx, workspaceId);
    if (!patience) return 0;
    const { afterMinutes, now } = patience;
    const owed = await loadOwedCritical(tx, workspaceId, afterMinutes);
    const count = await recordWayOuts(tx, workspaceId, decideWayOuts(owed, afterMinutes, now));
    crashPoint('before-way-outs-commit');
    return count;
  });
  crashPoint('after-way-outs-commit');
  return decided;
}
