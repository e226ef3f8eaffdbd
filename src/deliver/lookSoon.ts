import type { Tx } from '../db/database.ts';

/**
 * A person has resumed the connection or given it more calls: writes that were put off for want of that are looked up at
 * once, and sent again if they may.
 */
export async function lookSoon(tx: Tx, workspaceId: string, connectionId: string): Promise<void> {
  await tx.query(
    `update attempts set next_look_at = now()
      where workspace_id = $1 and connection_id = $2 and attempt_state = 'uncertain' and misses > 0
        and next_look_at > now()`,
    [workspaceId, connectionId],
  );
}
