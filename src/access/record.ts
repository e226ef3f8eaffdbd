import { type By, record } from '../audit/index.ts';
import type { Tx } from '../db/database.ts';
import { type KeyRow, toApiKey } from './store.ts';

/** The audit's entry of a key that is made or revoked; the key itself is not in it. */
export function recordKey(
  tx: Tx,
  workspaceId: string,
  by: By,
  action: 'apiKey.create' | 'apiKey.revoke',
  row: KeyRow,
): Promise<void> {
  const { id, createdAt, ...members } = toApiKey(row);
  const target = { kind: 'apiKey', id, name: members.name } as const;
  const isMade = action === 'apiKey.create';
  return record(tx, workspaceId, by, { action, target, [isMade ? 'after' : 'before']: members });
}
