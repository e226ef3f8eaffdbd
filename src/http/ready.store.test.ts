import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/freshDatabase.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { createReadyCheck } from './ready.ts';

let fresh: FreshDatabase;
let db: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = openDatabase({ url: fresh.url, poolSize: 2 });
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

it('a migrated database is ready', async () => {
  expect(await createReadyCheck(db, 1)()).toBeUndefined();
});

it('one that lacks a migration is not, and the answer says what to do', async () => {
  expect(await createReadyCheck(db, 9_999)()).toMatch(
    /^The database is at version \d+; version 9999 is needed\. Run "herald migrate"\.$/,
  );
});

it('an answer is used again for a second, then asked anew', async () => {
  let at = 0;
  let asked = 0;
  const counted: Database = {
    ...db,
    reserve: {
      ...db.reserve,
      unfenced: (work) => {
        asked += 1;
        return asked > 1 ? Promise.reject(new Error('gone')) : db.reserve.unfenced(work);
      },
    },
  };
  const check = createReadyCheck(counted, 1, () => at);
  expect([await check(), await check()]).toEqual([undefined, undefined]);
  at = 1_001;
  expect(await check()).toBe('The database does not answer.');
  expect(asked).toBe(2);
});
