import type { Tx } from '../db/database.ts';
import { holdWaiting, releaseHeld, skipForRemoved, skipHeld } from '../receipts/index.ts';

/** What becomes of deliveries when a connection changes; each in the transaction of the change, after the change. */
export interface Effects {
  /** A person must act: what waits is held for credentials. */
  onStopped(tx: Tx, workspaceId: string, connectionId: string): Promise<void>;
  /** New credentials, or the old ones work again: what was held for credentials goes on (decision 5). */
  onCredentialsRenewed(tx: Tx, workspaceId: string, connectionId: string): Promise<void>;
  /** What waits is held (decision 5). */
  onPause(tx: Tx, workspaceId: string, connectionId: string): Promise<void>;
  /** What the pause has held is left unsent or delivered (decision 5). */
  onResume(tx: Tx, workspaceId: string, connectionId: string, held: 'leave' | 'deliver'): Promise<void>;
  /** The connection is about to go: what waits for it ends as skipped. */
  onRemove(tx: Tx, workspaceId: string, connectionId: string): Promise<void>;
  /** The change is committed: whoever serves the connection looks again. */
  onChanged(workspaceId: string, connectionId: string): void;
}

/** Decision 5: a pause and broken credentials hold for reasons of their own, and are lifted apart. */
export function createEffects(onChanged: Effects['onChanged']): Effects {
  return {
    onStopped: (tx, workspaceId, id) => holdWaiting(tx, workspaceId, id, 'credentials'),
    async onCredentialsRenewed(tx, workspaceId, id) {
      await releaseHeld(tx, workspaceId, id, 'credentials');
    },
    onPause: (tx, workspaceId, id) => holdWaiting(tx, workspaceId, id, 'pause'),
    async onResume(tx, workspaceId, id, held) {
      if (held === 'deliver') await releaseHeld(tx, workspaceId, id, 'pause');
      else await skipHeld(tx, workspaceId, id, 'pause');
    },
    onRemove: skipForRemoved,
    onChanged,
  };
}
