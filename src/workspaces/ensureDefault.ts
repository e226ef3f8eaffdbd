import { randomUUID } from 'node:crypto';
import type { Database } from '../db/database.ts';
import type { SecretBox } from '../secrets/index.ts';
import { insertWorkspace, lockOldestWorkspace } from './store.ts';

/**
 * The id of the default workspace, which is the oldest one; makes it, with a data key of its own, when there is none.
 * Any number of processes may call it at once: one workspace comes of it.
 */
export function ensureDefaultWorkspace(
  db: Database,
  secretBox: Pick<SecretBox, 'newDataKey'>,
): Promise<string> {
  const newId = randomUUID();
  return db.inWorkspace(newId, async (tx) => {
    const oldest = await lockOldestWorkspace(tx);
    if (oldest !== undefined) return oldest;
    await insertWorkspace(tx, newId, 'Default', secretBox.newDataKey(newId));
    return newId;
  });
}
