/** Credentials that the secret key in use does not open: a person must act, and is told so (promises P16). */
import { changeSettings } from '../settings/index.ts';
import type { Asker, Where } from './ask.ts';
import { recordStop } from './recordStop.ts';
import type { Sessions } from './session.ts';
import { findCredentials, setAttention } from './store.ts';

const words =
  'The stored credentials cannot be read with the secret key in use. Enter them again, or bring the key back and verify the connection.';

/** Sets *attention* and holds what waits. Found at each attempt to serve the connection; said and signalled once. */
export async function stopUnreadable(
  { db, effects, sessions }: Asker & { sessions: Pick<Sessions, 'credentialsOf'> },
  { workspaceId, connectionId }: Where,
): Promise<void> {
  const row = await db.inWorkspace(workspaceId, (tx) => findCredentials(tx, workspaceId, connectionId));
  if (!row || row.attention !== null) return;
  const isNews = await changeSettings(db, workspaceId, async (tx) => {
    // Others may have been saved meanwhile.
    const found = await sessions.credentialsOf(tx, workspaceId, connectionId);
    if (found.ok || found.reason !== 'unreadable') return false;
    const changed = await setAttention(tx, workspaceId, connectionId, words);
    if (!changed) return false;
    await effects.onStopped(tx, workspaceId, connectionId);
    await recordStop(tx, { workspaceId, connectionId }, words);
    return true;
  });
  if (isNews) await effects.onChanged(workspaceId, connectionId);
}
