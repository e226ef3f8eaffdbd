import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/freshDatabase.ts';
import { type Database, openDatabase } from '../db/database.ts';
import type { KeyScope } from '../http/index.ts';
import { createSecretBox } from '../secrets/index.ts';
import { ensureDefaultWorkspace } from '../workspaces/index.ts';
import { type Access, type AccessOptions, createAccess } from './access.ts';
import { makeKey } from './keys.ts';
import { insertKey, revokeKey } from './store.ts';

const environmentKey = 'k'.repeat(40);
let fresh: FreshDatabase;
let db: Database;
let workspaceId: string;
let access: Access | undefined;

beforeAll(async () => {
  fresh = await freshDatabase();
  db = openDatabase({ url: fresh.url, poolSize: 4 });
  const box = createSecretBox([{ id: 'a', key: randomBytes(32) }], 'a');
  workspaceId = await ensureDefaultWorkspace(db, box);
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});
afterEach(() => access?.close());

function open(more: Partial<AccessOptions> = {}): Access {
  access = createAccess({ db, apiKey: environmentKey, defaultWorkspaceId: workspaceId, ...more });
  return access;
}

async function storeKey(
  scopes: KeyScope[] = ['intake'],
  source?: string,
): Promise<{ id: string; header: string }> {
  const made = makeKey();
  const id = crypto.randomUUID();
  const { prefix, hash } = made;
  await db.inWorkspace(workspaceId, (tx) =>
    insertKey(tx, workspaceId, { id, name: 'a key', prefix, hash, scopes, source }),
  );
  return { id, header: `Bearer ${made.key}` };
}

const revoke = (id: string) => db.inWorkspace(workspaceId, (tx) => revokeKey(tx, workspaceId, id));

/** A database that counts the questions put to it. */
function counting(): { db: Database; count: () => number } {
  let count = 0;
  const counted: Database = {
    ...db,
    reserve: {
      ...db.reserve,
      unfenced: (work) => {
        count += 1;
        return db.reserve.unfenced(work);
      },
    },
  };
  return { db: counted, count: () => count };
}

describe('a bearer key', () => {
  it('of the environment is an admin of the default workspace', async () => {
    const actor = await open().authenticate(`bearer ${environmentKey}`);
    expect(actor).toEqual({ workspaceId, keyId: 'environment', name: 'HERALD_API_KEY', scopes: ['admin'] });
  });

  it('that is stored leads to its workspace, scopes and source', async () => {
    const { id, header } = await storeKey(['intake', 'read'], 'edr');
    expect(await open().authenticate(header)).toEqual({
      workspaceId,
      keyId: id,
      name: 'a key',
      scopes: ['intake', 'read'],
      source: 'edr',
    });
  });

  it.each([
    undefined,
    '',
    'Bearer',
    `Basic ${environmentKey}`,
    environmentKey,
    `Bearer ${environmentKey}x`,
    `Bearer ${environmentKey.slice(1)}`,
    `Bearer hrld_${'a'.repeat(43)}`,
    `Bearer ${'a'.repeat(10_000)}`,
  ])('%s is nobody', async (header) => {
    expect(await open().authenticate(header)).toBeUndefined();
  });

  it('in use is answered at once, without a question to the database', async () => {
    const { header } = await storeKey();
    const counted = counting();
    const opened = open({ db: counted.db });
    await opened.authenticate(header);
    const before = counted.count();
    for (let n = 0; n < 100; n++) expect(opened.authenticate(header)).toMatchObject({ name: 'a key' });
    expect(counted.count()).toBe(before);
  });

  it('asked for many times at the same moment is looked up once or twice', async () => {
    const { header } = await storeKey();
    const counted = counting();
    const opened = open({ db: counted.db });
    const actors = await Promise.all(Array.from({ length: 200 }, () => opened.authenticate(header)));
    expect(actors.every((actor) => actor?.name === 'a key')).toBe(true);
    expect(counted.count()).toBeLessThanOrEqual(2);
  });

  it('that is unknown is remembered as such for a moment', async () => {
    const { key } = makeKey();
    const counted = counting();
    let at = 0;
    const opened = open({ db: counted.db, now: () => at });
    expect(await opened.authenticate(`Bearer ${key}`)).toBeUndefined();
    expect(opened.authenticate(`Bearer ${key}`)).toBeUndefined();
    expect(counted.count()).toBe(1);
    at = 2_000;
    expect(await opened.authenticate(`Bearer ${key}`)).toBeUndefined();
    expect(counted.count()).toBe(2);
  });
});

describe('a revoked key', () => {
  it('stops with the next check in the background', async () => {
    const { id, header } = await storeKey();
    const opened = open();
    await opened.authenticate(header);
    expect(await revoke(id)).toBe(true);
    await opened.refresh();
    expect(await opened.authenticate(header)).toBeUndefined();
  });

  it('stops after 4.5 s even if no check came through', async () => {
    const { id, header } = await storeKey();
    let at = 0;
    const opened = open({ now: () => at });
    await opened.authenticate(header);
    await revoke(id);
    at = 4_499;
    expect(opened.authenticate(header)).toMatchObject({ keyId: id });
    at = 4_501;
    expect(await opened.authenticate(header)).toBeUndefined();
  });

  it('stops at once where it was revoked', async () => {
    const { id, header } = await storeKey();
    const opened = open();
    await opened.authenticate(header);
    await revoke(id);
    opened.forget(id);
    expect(await opened.authenticate(header)).toBeUndefined();
  });

  it('cannot be revoked twice', async () => {
    const { id } = await storeKey();
    expect([await revoke(id), await revoke(id)]).toEqual([true, false]);
  });
});

it('a key that is confirmed stays good', async () => {
  const { header } = await storeKey();
  let at = 0;
  const opened = open({ now: () => at });
  await opened.authenticate(header);
  at = 4_000;
  await opened.refresh();
  at = 8_000;
  expect(opened.authenticate(header)).toMatchObject({ name: 'a key' });
});

it('while the database does not answer, a key that is due for a check is not let in', async () => {
  const { header } = await storeKey();
  let at = 0;
  let broken = false;
  const opened = open({
    now: () => at,
    db: {
      ...db,
      reserve: {
        ...db.reserve,
        unfenced: (work) => (broken ? Promise.reject(new Error('gone')) : db.reserve.unfenced(work)),
      },
    },
  });
  await opened.authenticate(header);
  broken = true;
  at = 5_000;
  await expect(opened.authenticate(header)).rejects.toThrow('gone');
});

it('several processes that start together make one default workspace', async () => {
  const other = await freshDatabase();
  const otherDb = openDatabase({ url: other.url, poolSize: 6 });
  const box = createSecretBox([{ id: 'a', key: randomBytes(32) }], 'a');
  const ids = await Promise.all(Array.from({ length: 6 }, () => ensureDefaultWorkspace(otherDb, box)));
  expect(new Set(ids).size).toBe(1);
  await otherDb.close();
  await other.drop();
});
