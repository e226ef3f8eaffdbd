/** What depends on a secret key that is lost, and how it is forgotten; the part of `herald rekey` that works on the database. */
import type { Config } from '../config.ts';
import { forgetSecrets, listSealed } from '../connections/forgetSecrets.ts';
import type { Database } from '../db/database.ts';
import { forgetMailSecrets, hasMailSecrets } from '../email/index.ts';
import type { SecretBox } from '../secrets/index.ts';
import { changeSettings } from '../settings/index.ts';
import { readPresentKeys, readStartKeys } from '../startKeys.ts';
import { listWorkspaces } from '../workspaces/index.ts';

/** What the key at hand does not open. */
export interface Lost {
  workspaceIds: string[];
  /** Names of the connections whose credentials are lost. */
  connections: string[];
  /** So are passwords of mail servers. */
  hasMail: boolean;
}

/** Makes no key. @throws StartupError when the key at hand cannot be used */
export async function findLost(db: Database, config: Config): Promise<Lost> {
  const box = await readPresentKeys(config);
  const lost: Lost = { workspaceIds: [], connections: [], hasMail: false };
  for (const workspaceId of await db.unfenced(listWorkspaces)) {
    if (box && (await opens(db, box, workspaceId))) continue;
    lost.workspaceIds.push(workspaceId);
    await db.inWorkspace(workspaceId, async (tx) => {
      lost.connections.push(...(await listSealed(tx, workspaceId)));
      lost.hasMail ||= await hasMailSecrets(tx, workspaceId);
    });
  }
  return lost;
}

const opens = (db: Database, box: SecretBox, workspaceId: string): Promise<boolean> =>
  db.inWorkspace(workspaceId, async (tx) => {
    const { rows } = await tx.query('select data_key from workspaces where id = $1', [workspaceId]);
    return box.rewrap(workspaceId, rows[0].data_key).ok;
  });

/**
 * One transaction per workspace, after the new key is on disk: killed at any moment, each workspace has its old data key
 * or a new one that can be opened, and doing it again finishes it. Answers where the new key is kept.
 */
export async function forgetLost(db: Database, config: Config, { workspaceIds }: Lost): Promise<string> {
  const { secretBox, file } = await readStartKeys(config);
  for (const workspaceId of workspaceIds) {
    await changeSettings(db, workspaceId, async (tx) => {
      await forgetSecrets(tx, workspaceId, secretBox.newDataKey(workspaceId));
      await forgetMailSecrets(tx, workspaceId);
    });
  }
  return file?.path ?? 'HERALD_SECRET_KEY';
}
