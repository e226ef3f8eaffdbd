/** A further workspace. No API makes one yet, so its rows are made by the product's own functions, with a key of its own. */
import { randomUUID } from 'node:crypto';
import { makeKey } from '../../src/access/keys.ts';
import { insertKey } from '../../src/access/store.ts';
import { openDatabase } from '../../src/db/database.ts';
import { readStartKeys } from '../../src/startKeys.ts';
import { insertWorkspace } from '../../src/workspaces/store.ts';
import { secretKey } from './service.ts';

/** Answers its admin key. */
export async function makeWorkspace(databaseUrl: string, name: string): Promise<string> {
  const { secretBox } = await readStartKeys({ secretKey, databaseUrl, dataDir: '' });
  const db = openDatabase({ url: databaseUrl, poolSize: 1 });
  const id = randomUUID();
  const { key, ...kept } = makeKey();
  try {
    await db.inWorkspace(id, async (tx) => {
      await insertWorkspace(tx, id, name, secretBox.newDataKey(id));
      await insertKey(tx, id, { ...kept, id: randomUUID(), name, scopes: ['admin'] });
    });
  } finally {
    await db.close();
  }
  return key;
}
