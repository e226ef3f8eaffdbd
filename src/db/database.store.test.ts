import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/freshDatabase.ts';
import { type Database, DatabaseBusy, DatabaseUnavailable, openDatabase, type Tx } from './database.ts';
import { connectionUrl } from './embedded/connection.ts';

let fresh: FreshDatabase;
let db: Database;
const workspaceId = randomUUID();

beforeAll(async () => {
  fresh = await freshDatabase();
  db = openDatabase({ url: fresh.url, poolSize: 3 });
  await inside((tx) =>
    tx.query(`insert into workspaces (id, name, data_key) values ($1, 'Test', 'none')`, [workspaceId]),
  );
});
beforeEach(() => inside((tx) => rename(tx, 'Test')));
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const inside = <T>(work: (tx: Tx) => Promise<T>) => db.inWorkspace(workspaceId, work);
const rename = (tx: Tx, name: string) => tx.query('update workspaces set name = $1', [name]);
const nameNow = async () => (await inside((tx) => tx.query('select name from workspaces'))).rows[0].name;
const failing = (code: string) => Object.assign(new Error(code), { code });

describe('a transaction', () => {
  it('is rolled back when its work throws, and the connection is good for the next', async () => {
    await expect(
      inside(async (tx) => {
        await rename(tx, 'Lost');
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await nameNow()).toBe('Test');
  });

  it('takes a workspace id only as a UUID in lower case, never as SQL', async () => {
    for (const id of ['', `'; drop table alerts; --`, randomUUID().toUpperCase(), `${randomUUID()}'`]) {
      expect(() => db.inWorkspace(id, async () => undefined)).toThrow('UUID');
    }
  });

  it('leaves its workspace behind: the next one on the same connection starts without', async () => {
    await inside((tx) => tx.query('select 1'));
    const seen = await Promise.all(
      Array.from({ length: 3 }, () => db.unfenced((tx) => tx.query('select id from workspaces'))),
    );
    expect(seen.map(({ rowCount }) => rowCount)).toEqual([0, 0, 0]);
  });

  it('has limits for locks, statements and idling', async () => {
    const { rows } = await inside((tx) =>
      tx.query(
        `select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement,
                current_setting('idle_in_transaction_session_timeout') as idle, current_user as role`,
      ),
    );
    expect(rows[0]).toEqual({ lock: '3s', statement: '15s', idle: '10s', role: 'herald_app' });
  });
});

describe('work that was in the way of others (L-8)', () => {
  it.each(['40P01', '40001'])('%s is run again, from the beginning', async (code) => {
    let runs = 0;
    await inside(async (tx) => {
      runs += 1;
      await rename(tx, `${await nameOf(tx)}+`);
      if (runs < 3) throw failing(code);
    });
    expect([runs, await nameNow()]).toEqual([3, 'Test+']);
  });

  it.each(['40P01', '40001'])('%s at every run is given up after three, as busy', async (code) => {
    let runs = 0;
    const work = inside(async (tx) => {
      runs += 1;
      await rename(tx, 'Lost');
      throw failing(code);
    });
    await expect(work).rejects.toThrow(DatabaseBusy);
    expect([runs, await nameNow()]).toEqual([3, 'Test']);
  });

  it.each(['23505', '22P02', '42601', 'XX000'])(
    '%s is a surprise: run once, shown as it is',
    async (code) => {
      let runs = 0;
      const error = failing(code);
      const work = inside(async () => {
        runs += 1;
        throw error;
      });
      await expect(work).rejects.toBe(error);
      expect(runs).toBe(1);
    },
  );
});

/** Ends every connection of the product, as a restart of the database does. */
async function cutAll(): Promise<void> {
  const admin = new pg.Client(fresh.adminUrl);
  await admin.connect();
  await admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`,
  );
  await admin.end();
}

/** A way to the database that can swallow what goes through, as a half-open connection does. */
async function openWay() {
  const { host, port, user = '', database = '', password } = new pg.Client(fresh.url);
  const behindAt = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  const way = { url: '', isSwallowing: false, connections: 0 };
  const server = createServer((socket) => {
    way.connections += 1;
    const behind = connect(behindAt);
    socket.on('data', (data) => way.isSwallowing || behind.write(data));
    behind.on('data', (data) => way.isSwallowing || socket.write(data));
    for (const end of [socket, behind]) end.on('error', () => undefined);
    socket.on('close', () => behind.destroy());
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port: ownPort } = server.address() as AddressInfo;
  way.url = connectionUrl({
    host: '127.0.0.1',
    port: ownPort,
    user,
    database,
    password: String(password ?? ''),
  });
  return way;
}

const nameOf = async (tx: Tx) => (await tx.query('select name from workspaces')).rows[0].name;

describe('a database that does not serve', () => {
  it('a lock that is not let go is busy after the limit, for everybody who needs it (L-4)', async () => {
    const held = Promise.withResolvers<void>();
    const has = Promise.withResolvers<void>();
    const holder = inside(async (tx) => {
      await rename(tx, 'Held');
      has.resolve();
      await held.promise;
    });
    await has.promise;
    const waiting = inside(async (tx) => {
      await tx.query(`set local lock_timeout = '50ms'`);
      await rename(tx, 'Other');
    });
    await expect(waiting).rejects.toMatchObject({ status: 503, code: 'databaseBusy', retryAfterSeconds: 2 });
    held.resolve();
    await holder;
    expect(await nameNow()).toBe('Held');
  });

  it('a statement that takes too long is busy', async () => {
    const work = inside(async (tx) => {
      await tx.query(`set local statement_timeout = '50ms'`);
      await tx.query('select pg_sleep(10)');
    });
    await expect(work).rejects.toThrow(DatabaseBusy);
  });

  it('a connection that is cut in the middle is unavailable, and replaced', async () => {
    const work = inside(async (tx) => {
      await rename(tx, 'Lost');
      await cutAll();
      await rename(tx, 'Lost as well');
    });
    await expect(work).rejects.toThrow(DatabaseUnavailable);
    expect(await nameNow()).toBe('Test');
  });

  it('a way to it that swallows everything is given up in time, and not waited for twice (L-7)', async () => {
    const way = await openWay();
    const through = openDatabase({ url: way.url, poolSize: 1, queryTimeoutMs: 300 });
    await through.unfenced((tx) => tx.query('select 1'));
    way.isSwallowing = true;
    const work = through.unfenced((tx) => tx.query('select 1'));
    await expect(work).rejects.toThrow(DatabaseUnavailable);
    way.isSwallowing = false;
    await through.unfenced((tx) => tx.query('select 1'));
    // The one that fell silent, one that was tried in its place, and this one.
    expect(way.connections).toBe(3);
    await through.close();
  });

  it('connections that are cut while idle are replaced without anybody noticing', async () => {
    await Promise.all(Array.from({ length: 3 }, () => inside((tx) => tx.query('select pg_sleep(0.05)'))));
    await cutAll();
    await expect.poll(() => nameNow().catch(() => undefined)).toBe('Test');
  });

  it('when all connections are taken, the next one waits two seconds and is told so (L-5)', async () => {
    const release = Promise.withResolvers<void>();
    const holders = Array.from({ length: 3 }, () => inside(() => release.promise));
    await expect(inside(async () => undefined)).rejects.toMatchObject({
      status: 503,
      code: 'databaseUnavailable',
    });
    expect(db.waiting).toBe(0);
    release.resolve();
    await Promise.all(holders);
    expect(await nameNow()).toBe('Test');
  });

  it('an address where nobody listens is unavailable', async () => {
    const nowhere = openDatabase({ url: 'postgresql://herald@127.0.0.1:9/x' });
    await expect(nowhere.unfenced(async () => undefined)).rejects.toThrow(DatabaseUnavailable);
    await nowhere.close();
  });
});
