/** The secret key is lost for good: what it had sealed is forgotten, and a person is asked for it again. */
import { bySystem, record } from '../audit/index.ts';
import type { Tx } from '../db/database.ts';
import { holdWaiting } from '../receipts/index.ts';

const words = 'The secret key was lost, and the credentials with it. Enter them again.';

/** The connections that hold sealed secrets, by name, oldest first. */
export async function listSealed(tx: Tx, workspaceId: string): Promise<string[]> {
  const { rows } = await tx.query<{ name: string }>(
    `select name from connections where workspace_id = $1 and sealed <> '{}' order by created_at, id`,
    [workspaceId],
  );
  return rows.map(({ name }) => name);
}

/**
 * Forgets every sealed secret of a workspace and gives it another data key, in a change of settings. Connections in use
 * need a person then, and what waits for them is held for credentials; everything else stays as it is.
 */
export async function forgetSecrets(tx: Tx, workspaceId: string, dataKey: string): Promise<void> {
  await tx.query('update workspaces set data_key = $2 where id = $1', [workspaceId, dataKey]);
  const { rows } = await tx.query<{ id: string; name: string; connection_state: string }>(
    `update connections
        set sealed = '{}', revision = revision + 1,
            attention = case when connection_state = 'draft' then attention else $2 end,
            attention_since = case when connection_state = 'draft' then attention_since else now() end
      where workspace_id = $1 and sealed <> '{}'
     returning id, name, connection_state`,
    [workspaceId, words],
  );
  for (const { id, connection_state } of rows) {
    if (connection_state !== 'draft') await holdWaiting(tx, workspaceId, id, 'credentials');
  }
  for (const { id, name } of rows) {
    await record(tx, workspaceId, bySystem('commandLine', 'Command line'), {
      action: 'connection.forget',
      target: { kind: 'connection', id, name },
      after: { attention: words },
    });
  }
}
