import type { Tx } from '../db/database.ts';
import type { Sent } from './answer.ts';
import type { DeliveryRow } from './row.ts';
import { loadAttempts, loadSurplus, loadWritesOf } from './store.ts';

/** Everything that was sent for these deliveries. */
export async function loadSent(
  tx: Tx,
  workspaceId: string,
  deliveries: readonly DeliveryRow[],
): Promise<Sent> {
  const writes = await loadWritesOf(
    tx,
    workspaceId,
    deliveries.map(({ id }) => id),
  );
  if (writes.length === 0) return { writes, attempts: [], surplus: [] };
  const writeIds = [...new Set(writes.map(({ write_id }) => write_id))];
  return {
    writes,
    attempts: await loadAttempts(tx, workspaceId, writeIds),
    surplus: await loadSurplus(tx, workspaceId, writeIds),
  };
}
