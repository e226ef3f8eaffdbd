import type { Tx } from '../db/database.ts';
import type { Sent } from './answer.ts';
import { type DeliveryRow, loadAttempts, loadSurplus } from './store.ts';

/** Everything that was sent for these deliveries. */
export async function loadSent(
  tx: Tx,
  workspaceId: string,
  deliveries: readonly DeliveryRow[],
): Promise<Sent> {
  const writeIds = deliveries.flatMap(({ write_id }) => write_id ?? []);
  if (writeIds.length === 0) return { attempts: [], surplus: [] };
  return {
    attempts: await loadAttempts(tx, workspaceId, writeIds),
    surplus: await loadSurplus(tx, workspaceId, writeIds),
  };
}
