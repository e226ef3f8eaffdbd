/** Whether everything that is sealed can be opened with the secret key at hand (promise P16). */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import type { Database } from '../../db/database.ts';
import {
  createSecretBox,
  loadOrCreateKeyFile,
  type MasterKeys,
  parseMasterKeys,
  type SecretBox,
} from '../../secrets/index.ts';
import { KEY_FILE_NAME } from '../../secrets/key-file.ts';
import { type Finding, many, ok, problem } from './finding.ts';

const check = 'keys';

export async function checkKeys(
  db: Database,
  config: Pick<Config, 'secretKey' | 'databaseUrl' | 'dataDir'>,
  workspaceIds: readonly string[],
): Promise<Finding[]> {
  const read = await readKeys(config);
  if (!read.ok) return [problem(check, read.message)];
  const box = createSecretBox(read.keys, read.keys[0].id);
  let sealed = 0;
  const closed: string[] = [];
  for (const workspaceId of workspaceIds) {
    const found = await openAll(db, box, workspaceId);
    sealed += found.sealed;
    closed.push(...found.closed);
  }
  if (closed.length > 0) {
    const words = `The secret key does not open ${closed.join(', ')}. Bring back the key that sealed it, or enter the credentials again.`;
    return [problem(check, words)];
  }
  return [ok(check, `The secret key opens ${many(sealed, 'sealed value')}.`)];
}

/** Without making a key: a new one would open nothing of what is there. */
async function readKeys({
  secretKey,
  databaseUrl,
  dataDir,
}: Pick<Config, 'secretKey' | 'databaseUrl' | 'dataDir'>): Promise<MasterKeys> {
  if (secretKey !== undefined) return parseMasterKeys(secretKey);
  if (databaseUrl !== undefined) {
    const message = 'HERALD_SECRET_KEY is missing: set it to the secret that the server has.';
    return { ok: false, message };
  }
  const path = join(dataDir, KEY_FILE_NAME);
  if (existsSync(path)) return loadOrCreateKeyFile(dataDir);
  const message = `The key file ${path} is missing: bring it back from where you keep a copy.`;
  return { ok: false, message };
}

/** How many values a workspace holds sealed, its data key among them, and what stays closed. */
async function openAll(
  db: Database,
  box: SecretBox,
  workspaceId: string,
): Promise<{ sealed: number; closed: string[] }> {
  const { dataKey, connections } = await db.inWorkspace(workspaceId, async (tx) => {
    const workspace = await tx.query('select data_key from workspaces where id = $1', [workspaceId]);
    const { rows } = await tx.query<{ id: string; name: string; sealed: Record<string, string> }>(
      `select id, name, sealed from connections where workspace_id = $1
       union all
       select workspace_id, 'E-mail', (select coalesce(jsonb_object_agg('smtp ' || key, value), '{}') from jsonb_each(sealed))
         from mail_settings where workspace_id = $1`,
      [workspaceId],
    );
    return { dataKey: workspace.rows[0]?.data_key as string | undefined, connections: rows };
  });
  if (dataKey === undefined) return { sealed: 0, closed: [] };
  if (!box.rewrap(workspaceId, dataKey).ok) {
    return { sealed: 1, closed: [`the data key of workspace ${workspaceId}`] };
  }
  const values = connections.flatMap(({ id, name, sealed }) =>
    Object.entries(sealed).map(([field, text]) => ({ id, name, field, text })),
  );
  const closed = values
    .filter(({ id, field, text }) => !box.open({ workspaceId, connectionId: id, field }, text, dataKey).ok)
    .map(({ name, field }) => `"${field}" of ${name}`);
  return { sealed: 1 + values.length, closed };
}
