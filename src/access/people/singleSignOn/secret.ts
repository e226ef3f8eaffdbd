/** The secret that a provider gave us, sealed with the data key of the workspace. */
import type { Database } from '../../../db/database.ts';
import type { SecretBox } from '../../../secrets/index.ts';
import type { ProviderRow } from './store.ts';

interface Parts {
  db: Database;
  secretBox: SecretBox;
}

const placeOf = (workspaceId: string, id: string) => ({
  workspaceId,
  connectionId: id,
  field: 'clientSecret',
});

export async function sealSecret(
  parts: Parts,
  workspaceId: string,
  id: string,
  secret: string,
): Promise<string> {
  return parts.secretBox.seal(placeOf(workspaceId, id), secret, await dataKeyOf(parts, workspaceId));
}

/** @throws Error when the key at hand does not open it */
export async function openSecret(
  parts: Parts,
  { workspace_id: workspaceId, id, client_secret: sealed }: ProviderRow,
): Promise<string> {
  const opened = parts.secretBox.open(placeOf(workspaceId, id), sealed, await dataKeyOf(parts, workspaceId));
  if (!opened.ok) throw new Error(`the client secret cannot be read (${opened.reason}): enter it again`);
  return opened.value;
}

async function dataKeyOf({ db }: Parts, workspaceId: string): Promise<string> {
  const { rows } = await db.inWorkspace(workspaceId, (tx) =>
    tx.query<{ data_key: string }>('select data_key from workspaces where id = $1', [workspaceId]),
  );
  return rows[0]?.data_key ?? '';
}
