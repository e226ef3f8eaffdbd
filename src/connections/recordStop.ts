import { bySystem, record } from '../audit/index.ts';
import type { Tx } from '../db/database.ts';
import type { Where } from './ask.ts';
import { findConnection } from './store.ts';

/** The audit's entry of a connection that Herald stopped by itself: a person must act, for the reason in `words`. */
export async function recordStop(tx: Tx, { workspaceId, connectionId }: Where, words: string): Promise<void> {
  const row = await findConnection(tx, workspaceId, connectionId);
  if (!row) return;
  await record(tx, workspaceId, bySystem('delivery'), {
    action: 'connection.stop',
    target: { kind: 'connection', id: connectionId, name: row.name },
    after: { attention: words },
  });
}
