import type { Database, Tx } from '../db/database.ts';
import { holdWaiting, skipForRemoved } from '../receipts/index.ts';
import { giveUpWaiting, holdRest, markBacklog, sortBacklog } from './backlog.ts';

/**
 * What becomes of deliveries when a connection changes. Those with a transaction are told in that of the change, after the
 * change; the rows follow once it is committed, in `onChanged`.
 */
export interface Effects {
  /** A person must act: what waits is held for credentials. */
  onStopped(tx: Tx, workspaceId: string, connectionId: string): Promise<void>;
  /** New credentials, or the old ones work again: what was held for credentials goes on (decision 5). */
  onCredentialsRenewed(tx: Tx, workspaceId: string, connectionId: string): Promise<void>;
  /** What waits is held (decision 5). */
  onPause(tx: Tx, workspaceId: string, connectionId: string): Promise<void>;
  /** Before the change, without its lock: what came back since the pause began is held too, so that it is asked about. */
  beforeResume(workspaceId: string, connectionId: string): Promise<void>;
  /** In the transaction of the change, before it: the few that came back since then. */
  onResuming(tx: Tx, workspaceId: string, connectionId: string): Promise<void>;
  /** What the pause has held is left unsent or delivered (decision 5). */
  onResume(tx: Tx, workspaceId: string, connectionId: string, held: 'leave' | 'deliver'): Promise<void>;
  /** Before the removal, without its lock: what waits ends as skipped. */
  beforeRemove(workspaceId: string, connectionId: string): Promise<void>;
  /** The connection is about to go: what has come since then ends as skipped too. */
  onRemove(tx: Tx, workspaceId: string, connectionId: string): Promise<void>;
  /**
   * The change is committed: whoever serves the connection looks again, and what it meant for deliveries is done when this
   * resolves. If it fails, the next sweep does it (connections.ts).
   */
  onChanged(workspaceId: string, connectionId: string): Promise<void>;
}

/** Decision 5: a pause and broken credentials hold for reasons of their own, and are lifted apart. */
export function createEffects(
  db: Database,
  tell: (workspaceId: string, connectionId: string) => void,
): Effects {
  return {
    onStopped: (tx, workspaceId, id) => markBacklog(tx, workspaceId, id, 'sort'),
    onCredentialsRenewed: (tx, workspaceId, id) => markBacklog(tx, workspaceId, id, 'sort'),
    onPause: (tx, workspaceId, id) => markBacklog(tx, workspaceId, id, 'sort'),
    beforeResume: (workspaceId, id) => holdRest(db, workspaceId, id),
    onResuming: (tx, workspaceId, id) => holdWaiting(tx, workspaceId, id, 'pause'),
    onResume: (tx, workspaceId, id, held) => markBacklog(tx, workspaceId, id, held),
    beforeRemove: (workspaceId, id) => giveUpWaiting(db, workspaceId, id),
    onRemove: skipForRemoved,
    async onChanged(workspaceId, id) {
      tell(workspaceId, id);
      if (await sortBacklog(db, workspaceId, id)) tell(workspaceId, id);
    },
  };
}
