/** What the connections to the database stand: all taken, cut, read-only after a failover (promises L-1 to L-8). */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/freshDatabase.ts';
import {
  type Database,
  DatabaseBusy,
  DatabaseUnavailable,
  openDatabase,
  openPeople,
  type Tx,
} from './database.ts';

let fresh: FreshDatabase;
let db: Database;
const poolSize = 3;

beforeAll(async () => {
  fresh = await freshDatabase();
  db = openDatabase({ url: fresh.url, poolSize });
});
beforeEach(() => db.unfenced((tx) => tx.query('delete from leases')));
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const addLease = (tx: Tx) =>
  tx.query('insert into leases (workspace_id, channel_id) values (gen_random_uuid(), gen_random_uuid())');
const leases = async () =>
  (await db.unfenced((tx) => tx.query('select count(*)::int as n from leases'))).rows[0].n;

/** Takes all connections but the reserve until told to let them go. */
function occupy(): () => Promise<void> {
  const release = Promise.withResolvers<void>();
  const holders = Array.from({ length: poolSize }, () => db.unfenced(() => release.promise));
  return async () => {
    release.resolve();
    await Promise.all(holders);
  };
}

describe('when all connections are taken (L-5)', () => {
  it('the reserve goes on, and those who wait are known by how long', async () => {
    const release = occupy();
    const waiting = db.unfenced(addLease);
    await sleep(60);
    expect(db.waitedMs).toBeGreaterThan(50);
    const { rows } = await db.reserve.unfenced((tx) => tx.query('select 1 as one'));
    expect(rows).toEqual([{ one: 1 }]);
    await release();
    await waiting;
    expect([db.waitedMs, await leases()]).toEqual([0, 1]);
  });

  it('whoever waits in vain is told after two seconds, and all is well after', async () => {
    const release = occupy();
    await expect(db.unfenced(addLease)).rejects.toMatchObject({ status: 503, retryAfterSeconds: 2 });
    await release();
    expect(await leases()).toBe(0);
  });
});

describe('a connection that is cut while somebody has it (L-1)', () => {
  it('tells them by their next statement, and does not end the process', async () => {
    // As the library that keeps sign-ins uses it, which listens to nothing.
    const people = openPeople({ url: fresh.url });
    const client = await people.pool.connect();
    const { rows } = await client.query('select pg_backend_pid() as pid');
    const cut = new Promise((end) => client.once('end', end));
    const admin = new pg.Client(fresh.adminUrl);
    await admin.connect();
    await admin.query('select pg_terminate_backend($1)', [rows[0].pid]);
    await admin.end();
    await cut;
    await expect(client.query('select 1')).rejects.toThrow();
    client.release(true);
    await people.close();
  });
});

describe('a server that takes no changes (L-2)', () => {
  it('is left with all connections: the next transaction begins on a new one', async () => {
    const makeReadOnly = (tx: Tx) => tx.query('set default_transaction_read_only = on');
    const both = [makeReadOnly, makeReadOnly];
    await Promise.all(both.map((work) => db.unfenced((tx) => work(tx).then(() => sleep(50)))));
    await expect(db.unfenced(addLease)).rejects.toMatchObject({ status: 503, code: 'databaseReadOnly' });
    await Promise.all([db.unfenced(addLease), db.unfenced(addLease), db.unfenced(addLease)]);
    expect(await leases()).toBe(3);
  });

  it('loses its listener, who connects anew', async () => {
    const listener = await db.listener();
    const ended = new Promise((resolve) => listener.once('end', resolve));
    await expect(
      db.unfenced(async (tx) => {
        await tx.query('set transaction read only');
        await addLease(tx);
      }),
    ).rejects.toThrow(DatabaseUnavailable);
    await ended;
  });
});

describe('what the server lacks is said in words, to come again', () => {
  it.each([
    ['53100', 'diskFull', /disk of the database is full/],
    ['53200', 'databaseBusy', /busy/],
    ['53300', 'databaseUnavailable', /does not answer/],
    ['55P03', 'databaseBusy', /busy/],
    ['25006', 'databaseReadOnly', /takes no changes/],
  ])('%s is %s', async (sqlState, code, text) => {
    const work = db.unfenced((tx) =>
      tx.query(`do $$ begin raise exception 'no' using errcode = '${sqlState}'; end $$`),
    );
    await expect(work).rejects.toMatchObject({ status: 503, code, message: expect.stringMatching(text) });
    await expect(work).rejects.toMatchObject({ retryAfterSeconds: expect.any(Number) });
  });
});

it('a failed statement that the work keeps to itself is no commit', async () => {
  const work = db.unfenced(async (tx) => {
    await addLease(tx);
    await tx.query('select no_such_column').catch(() => undefined);
  });
  await expect(work).rejects.toThrow('rolled back');
  await expect(work).rejects.not.toThrow(DatabaseBusy);
});
