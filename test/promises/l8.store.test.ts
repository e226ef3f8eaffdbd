/** Transactions that the database gives up (promises L-8): what was rolled back whole is done again, and nothing else. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Database, DatabaseBusy, openDatabase, type Tx } from '../../src/db/database.ts';
import { type FreshDatabase, freshDatabase } from '../freshDatabase.ts';
import { conclude } from '../harness/conclude.ts';
import { countOf, mostTestMs } from './counts.ts';

let fresh: FreshDatabase;
let db: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = openDatabase({ url: fresh.url, poolSize: 3 });
  await prepareCut();
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const mostRuns = 3;
const others = 'datname = current_database() and pid <> pg_backend_pid()';
const addLease = (tx: Tx) =>
  tx.query('insert into leases (workspace_id, channel_id) values (gen_random_uuid(), gen_random_uuid())');
const addEpoch = (tx: Tx, channelId: string) =>
  tx.query('update leases set epoch = epoch + 1 where channel_id = $1', [channelId]);

/** A transaction that meets trouble in its first run: how often it was run, and how often it took effect. */
interface Ran {
  runs: number;
  effects: number;
  /** When all is as it must be. */
  wanted: { runs: readonly number[]; effects: number };
}

const cases: [name: string, meet: () => Promise<Ran>][] = [
  ['a deadlock', deadlock],
  ['a serialization failure', serializationFailure],
  ['a statement that a person cancels', cancelled],
  ['a connection that is ended', ended],
  ['a connection that is ended at COMMIT', endedAtCommit],
  ['a serialization failure at every run', alwaysInTheWay],
];

it(
  'L-8: a transaction that the database gave up takes effect once, by running it again',
  async () => {
    const other: string[] = [];
    for (let run = 0; run < countOf('L-8'); run += 1) {
      for (const [name, meet] of cases) {
        await db.unfenced((tx) => tx.query('delete from leases'));
        other.push(
          ...(await meet().then(judge, ({ message }) => [message])).map((said) => `${name}: ${said}`),
        );
      }
    }
    conclude('L-8', { other });
  },
  mostTestMs,
);

const judge = ({ runs, effects, wanted }: Ran): string[] =>
  wanted.runs.includes(runs) && effects === wanted.effects
    ? []
    : [`${runs} runs, ${effects} effects; wanted were ${wanted.runs.join(' or ')} and ${wanted.effects}`];

const leases = async (): Promise<number> =>
  (await db.unfenced((tx) => tx.query('select count(*)::int as n from leases'))).rows[0].n;

/** Two transactions that wait for each other in a circle, once. */
async function deadlock(): Promise<Ran> {
  const channels = [randomUUID(), randomUUID()];
  await db.unfenced((tx) =>
    tx.query(
      'insert into leases (workspace_id, channel_id) values (gen_random_uuid(), $1), (gen_random_uuid(), $2)',
      channels,
    ),
  );
  let runs = 0;
  const bothHaveOne = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const side = (mine: number) =>
    db.unfenced(async (tx) => {
      runs += 1;
      await addEpoch(tx, channels[mine] as string);
      bothHaveOne[mine]?.resolve();
      await Promise.all(bothHaveOne.map(({ promise }) => promise));
      await addEpoch(tx, channels[1 - mine] as string);
    });
  await Promise.all([side(0), side(1)]);
  const { rows } = await db.unfenced((tx) => tx.query('select sum(epoch)::int as n from leases'));
  // The one that was given up may be back before the other has both, and meet it once more.
  return { runs, effects: rows[0].n, wanted: { runs: [3, 4], effects: 4 } };
}

/** Another transaction changes the row between what this one read and what it writes. */
async function conflict(wins: (runs: number) => boolean): Promise<{ runs: number; error?: unknown }> {
  const channelId = randomUUID();
  await db.unfenced((tx) =>
    tx.query('insert into leases (workspace_id, channel_id) values (gen_random_uuid(), $1)', [channelId]),
  );
  let runs = 0;
  const work = db.unfenced(async (tx) => {
    runs += 1;
    await tx.query('set transaction isolation level repeatable read');
    await tx.query('select epoch from leases');
    if (wins(runs)) await asAdmin(`update leases set epoch = epoch where channel_id = '${channelId}'`);
    await addEpoch(tx, channelId);
    await addLease(tx);
  });
  return work.then(
    () => ({ runs }),
    (error: unknown) => ({ runs, error }),
  );
}

async function serializationFailure(): Promise<Ran> {
  const { runs } = await conflict((n) => n === 1);
  return { runs, effects: (await leases()) - 1, wanted: { runs: [2], effects: 1 } };
}

async function alwaysInTheWay(): Promise<Ran> {
  const { runs, error } = await conflict(() => true);
  expect(error).toBeInstanceOf(DatabaseBusy);
  return { runs, effects: (await leases()) - 1, wanted: { runs: [mostRuns], effects: 0 } };
}

async function cancelled(): Promise<Ran> {
  let runs = 0;
  await db.unfenced(async (tx) => {
    runs += 1;
    await addLease(tx);
    if (runs > 1) return;
    const cancel = `select pg_cancel_backend(pid) from pg_stat_activity where ${others} and query ~ 'pg_sleep'`;
    await Promise.all([tx.query('select pg_sleep(10)'), expect.poll(() => asAdmin(cancel)).toBe(1)]);
  });
  return { runs, effects: await leases(), wanted: { runs: [2], effects: 1 } };
}

async function ended(): Promise<Ran> {
  let runs = 0;
  await db.unfenced(async (tx) => {
    runs += 1;
    await addLease(tx);
    if (runs === 1) await asAdmin(`select pg_terminate_backend(pid) from pg_stat_activity where ${others}`);
    await addLease(tx);
  });
  return { runs, effects: (await leases()) / 2, wanted: { runs: [2], effects: 1 } };
}

/** Nobody knows whether it was stored. */
async function endedAtCommit(): Promise<Ran> {
  let runs = 0;
  const work = db.unfenced(async (tx) => {
    runs += 1;
    await addLease(tx);
    await tx.query('set local herald.cut = on');
  });
  await expect(work).rejects.toThrow(/did not confirm/);
  return { runs, effects: await leases(), wanted: { runs: [1], effects: 0 } };
}

/** The trigger is run by COMMIT itself. */
const prepareCut = () =>
  asAdmin(`
    create function cut() returns trigger language plpgsql as $$
    begin
      if current_setting('herald.cut', true) = 'on' then perform pg_terminate_backend(pg_backend_pid()); end if;
      return null;
    end $$;
    alter function cut() security definer;
    create constraint trigger cut after insert on leases deferrable initially deferred
      for each row execute function cut()`);

/** Answers how many rows it was about. */
async function asAdmin(text: string): Promise<number> {
  const admin = new pg.Client(fresh.adminUrl);
  await admin.connect();
  const { rowCount } = await admin.query(text);
  await admin.end();
  return rowCount ?? 0;
}
