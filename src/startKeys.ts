/** The master key at start: read or made, and proven to be the one that the database was set up with (promises P16, O4). */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { Database } from './db/database.ts';
import { explainFileError } from './db/embedded/errors.ts';
import { StartupError } from './errors.ts';
import {
  createSecretBox,
  loadOrCreateKeyFile,
  type MasterKey,
  parseMasterKeys,
  type SecretBox,
} from './secrets/index.ts';
import { KEY_FILE_NAME } from './secrets/key-file.ts';

export interface StartKeys {
  secretBox: SecretBox;
  /** The current one first. */
  masterKeys: readonly [MasterKey, ...MasterKey[]];
  /** The key file they come from; undefined: HERALD_SECRET_KEY. */
  file: { path: string; isNew: boolean } | undefined;
}

/**
 * HERALD_SECRET_KEY, or a key file in the data directory when the database is embedded.
 * @throws StartupError with one sentence, or EmbeddedError when the data directory cannot be used
 */
export async function readStartKeys(
  config: Pick<Config, 'secretKey' | 'databaseUrl' | 'dataDir'>,
): Promise<StartKeys> {
  const { secretKey, databaseUrl, dataDir } = config;
  if (secretKey === undefined && databaseUrl !== undefined) {
    throw new StartupError(
      'HERALD_SECRET_KEY is missing: with DATABASE_URL, set it to a secret of at least 32 characters (openssl rand -base64 32).',
    );
  }
  if (secretKey !== undefined) {
    const parsed = parseMasterKeys(secretKey);
    if (!parsed.ok) throw new StartupError(parsed.message);
    const { keys } = parsed;
    return { secretBox: createSecretBox(keys, keys[0].id), masterKeys: keys, file: undefined };
  }
  const read = await loadOrCreateKeyFile(dataDir).catch((error: unknown) => {
    throw explainFileError(error, dataDir);
  });
  if (!read.ok) throw new StartupError(read.message);
  const { keys, path, isNew } = read;
  return { secretBox: createSecretBox(keys, keys[0].id), masterKeys: keys, file: { path, isNew } };
}

/** The same without making a key; undefined when there is none. */
export async function readPresentKeys(
  config: Parameters<typeof readStartKeys>[0],
): Promise<SecretBox | undefined> {
  const isMissing = config.secretKey === undefined && !existsSync(join(config.dataDir, KEY_FILE_NAME));
  return isMissing ? undefined : (await readStartKeys(config)).secretBox;
}

/**
 * Opens the data key of a workspace: with another master key nothing of what is sealed could be read, and what is sealed
 * from now on could not be read by those who have the right one.
 * @throws StartupError that says which key is wrong; a key file that was made just now for nothing is removed again
 */
export async function refuseForeignKey(
  db: Database,
  { secretBox, file }: StartKeys,
  workspaceId: string,
): Promise<void> {
  const dataKey = await db.inWorkspace(workspaceId, async (tx) => {
    const { rows } = await tx.query('select data_key from workspaces where id = $1', [workspaceId]);
    return rows[0].data_key as string;
  });
  if (secretBox.rewrap(workspaceId, dataKey).ok) return;
  if (file?.isNew) await rm(file.path, { force: true });
  throw new StartupError(foreignKeyWords(file));
}

const lostWords = 'If it is lost for good: "herald rekey".';

function foreignKeyWords(file: StartKeys['file']): string {
  if (!file) {
    return `HERALD_SECRET_KEY is not the key that this database was set up with: set it to that one; to change it, put the new one in front and keep the old one behind a comma. ${lostWords}`;
  }
  if (file.isNew) {
    return `The key file ${file.path} is missing, and this database holds secrets that were sealed with it: put it back from where you keep a copy, or set HERALD_SECRET_KEY to the key. ${lostWords}`;
  }
  return `The key in ${file.path} is not the one that this database was set up with: put the right file back, or set HERALD_SECRET_KEY to the key. ${lostWords}`;
}
