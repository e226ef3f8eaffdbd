/**
 * The one door to the database: a pool that works as `herald_app`, and transactions that set their workspace before
 * anything else, so that row-level security fences every statement (design §7).
 */

import pg from 'pg';
import { crashPoint } from '../crashPoints.ts';
import { arrayLiteral } from './arrayLiteral.ts';
import { createPool, type Pool } from './pool.ts';
import { explain, troubleOf } from './trouble.ts';

export { DatabaseBusy, DatabaseUnavailable, ReadAgain } from './trouble.ts';

/** What a store function needs: a client inside a transaction. */
export interface Tx {
  // biome-ignore lint/suspicious/noExplicitAny: row types are declared by each store function.
  query<R extends pg.QueryResultRow = any>(text: string, values?: unknown[]): Promise<pg.QueryResult<R>>;
}

/** Transactions; both run `work` again from the beginning when others were in the way of it (promise L-8). */
export interface Transactions {
  /** Runs `work` in one transaction of this workspace; rolls back if it throws. */
  inWorkspace<T>(workspaceId: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** For tables without a workspace only (leases, indexes): everything else reads as empty here. */
  unfenced<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

export interface Database extends Transactions {
  /** Over two connections that nothing else uses: for health, logins and leases when all others are taken (promise L-5). */
  readonly reserve: Transactions;
  /** A connection of its own for LISTEN; the caller ends it. */
  listener(): Promise<pg.Client>;
  /** Refreshes the planner's picture of the hot tables (they are created empty and never analysed). */
  analyze(tables: readonly string[]): Promise<void>;
  close(): Promise<void>;
  readonly waiting: number;
  /** How long the first of those who wait for a connection has waited, in milliseconds. */
  readonly waitedMs: number;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const mostRuns = 3;
/** To begin is no work: a connection that does not answer by then leads nowhere, and another one is taken. */
const mostBeginMs = 5_000;
const reserveSize = 2;

const sessionSettings = [
  'lock_timeout=3s',
  'statement_timeout=15s',
  // A process that is stopped in a transaction keeps its locks, that of its lease among them: the server ends it before
  // the lease of 15 s is over, so that another worker takes over as after a crash (promise P9; L-4 asks for 60 s).
  'idle_in_transaction_session_timeout=10s',
  // Whatever the server's own setting becomes while we run: 202 means that it is on the disk (promise P1).
  'synchronous_commit=on',
  // The statements are short and their tables start out without statistics: just-in-time compilation only costs.
  'jit=off',
  // They find their rows by key; a plan that reads a whole table is right only while that table is tiny.
  'random_page_cost=1.1',
];

const sessionOptions = (role: 'herald_app' | 'herald_people'): string =>
  [`role=${role}`, ...sessionSettings].map((setting) => `-c ${setting}`).join(' ');

export interface DatabaseOptions {
  url: string;
  /** The owner's address, for ANALYZE; default: the same. */
  ownerUrl?: string;
  poolSize?: number;
  /**
   * A statement without an answer for this long ends with its connection, and all that are idle go with it. Longer than
   * statement_timeout: it strikes only when the database or the way to it is gone, of which people hear within 20 s
   * (promise L-7).
   */
  queryTimeoutMs?: number;
}

export function openDatabase({
  url,
  ownerUrl = url,
  poolSize = 12,
  queryTimeoutMs = 18_000,
}: DatabaseOptions): Database {
  const config: pg.PoolConfig = {
    connectionString: url,
    query_timeout: queryTimeoutMs,
    options: sessionOptions('herald_app'),
    application_name: 'herald',
  };
  const pool = createPool({ ...config, max: poolSize });
  const reserve = createPool({ ...config, max: reserveSize });
  const listeners = new Set<pg.Client>();
  const beginMs = Math.min(mostBeginMs, queryTimeoutMs);

  /** After a failover the old primary answers, but takes no changes: everything connects anew (promise L-2). */
  function leave(): void {
    for (const one of [pool, reserve]) one.replaceAll();
    for (const client of listeners) void client.end().catch(() => undefined);
  }

  return {
    ...transactionsOf(pool, poolSize, beginMs, leave),
    reserve: transactionsOf(reserve, reserveSize, beginMs, leave),
    async listener() {
      const client = new pg.Client({
        connectionString: url,
        keepAlive: true,
        keepAliveInitialDelayMillis: 10_000,
        connectionTimeoutMillis: 5_000,
        query_timeout: queryTimeoutMs,
        application_name: 'herald listen',
      });
      // The caller may not listen yet, or no longer, when it breaks.
      client.on('error', () => undefined);
      await client.connect();
      listeners.add(client);
      client.once('end', () => listeners.delete(client));
      return client;
    },
    async analyze(tables) {
      const client = new pg.Client({ connectionString: ownerUrl });
      // What breaks between two statements is told by the next one.
      client.on('error', () => undefined);
      await client.connect();
      try {
        await client.query(`analyze ${tables.join(', ')}`);
      } finally {
        await client.end();
      }
    },
    async close() {
      await Promise.all([pool.close(), reserve.close()]);
    },
    get waiting() {
      return pool.waiting;
    },
    get waitedMs() {
      return pool.waitedMs;
    },
  };
}

/** The way to the tables of people, by a role that may touch nothing else (docs/adr/0012). */
export interface PeopleDatabase {
  /** As {@link Transactions.unfenced}. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Runs `work` in the same transaction, but as the application in this workspace: a change of people and its entry in
   * the audit commit together or not at all.
   */
  asApplication<T>(tx: Tx, workspaceId: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** For the library that keeps sign-ins: what it needs of a pool. */
  pool: pg.Pool;
  close(): Promise<void>;
}

const peoplePoolSize = 4;

/** Opens a small pool of its own, so that sign-ins and deliveries do not wait for each other. */
export function openPeople({
  url,
  queryTimeoutMs = 18_000,
}: Pick<DatabaseOptions, 'url' | 'queryTimeoutMs'>): PeopleDatabase {
  const pool = createPool({
    connectionString: url,
    query_timeout: queryTimeoutMs,
    options: sessionOptions('herald_people'),
    application_name: 'herald people',
    max: peoplePoolSize,
  });
  const beginMs = Math.min(mostBeginMs, queryTimeoutMs);
  const { unfenced } = transactionsOf(pool, peoplePoolSize, beginMs, pool.replaceAll);
  return {
    transaction: unfenced,
    async asApplication(tx, workspaceId, work) {
      if (!uuidPattern.test(workspaceId)) throw new Error('a workspace id is a UUID in lower case');
      await tx.query(`set local role herald_app; set local herald.workspace = '${workspaceId}'`);
      const value = await work(tx);
      await tx.query(`set local role herald_people; set local herald.workspace = ''`);
      return value;
    },
    pool: { connect: pool.take, end: pool.close } as unknown as pg.Pool,
    close: pool.close,
  };
}

function transactionsOf(pool: Pool, poolSize: number, beginMs: number, onReadOnly: () => void): Transactions {
  async function transaction<T>(begin: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let run = 1; ; run++) {
      const came = await runOnce(await pool.take(), deadlined(begin, beginMs), work);
      if ('value' in came) return came.value;
      const { error, phase } = came;
      if (troubleOf(error) === 'readOnly') onReadOnly();
      // What swallowed this connection may have swallowed the idle ones too.
      if (troubleOf(error) === 'unanswered') pool.replaceAll();
      if (!mayRunAgain(came, run, poolSize)) throw explain(error, phase === 'commit');
    }
  }
  return {
    inWorkspace(workspaceId, work) {
      if (!uuidPattern.test(workspaceId)) throw new Error('a workspace id is a UUID in lower case');
      return transaction(`begin; set local herald.workspace = '${workspaceId}'`, work);
    },
    unfenced: (work) => transaction('begin', work),
  };
}

/** The library takes a deadline for a single query; its types do not tell. */
const deadlined = (text: string, query_timeout: number): pg.QueryConfig & { query_timeout: number } => ({
  text,
  query_timeout,
});

/** How far a transaction came before it failed. */
interface Failure {
  error: unknown;
  phase: 'begin' | 'work' | 'commit';
}

/** One transaction on this connection, which is given back. */
async function runOnce<T>(
  client: pg.PoolClient,
  begin: pg.QueryConfig,
  work: (tx: Tx) => Promise<T>,
): Promise<{ value: T } | Failure> {
  let broken: Error | undefined;
  let phase: Failure['phase'] = 'begin';
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  try {
    await client.query(begin);
    phase = 'work';
    const value = await work(prepared(client));
    phase = 'commit';
    crashPoint('before-commit');
    const { command } = await client.query('commit');
    crashPoint('after-commit');
    // A statement has failed and `work` has not told: the server answers such a commit with a rollback.
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back');
    return { value };
  } catch (error) {
    // A connection that has swallowed a statement would swallow this too.
    if (troubleOf(error) === 'unanswered') broken = error as Error;
    else
      await client.query('rollback').catch((failure: Error) => {
        broken = failure;
      });
    return { error, phase };
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** Nothing happened, so the same work may be done again; what a lost COMMIT came to is not known (promise L-8). */
function mayRunAgain({ error, phase }: Failure, run: number, poolSize: number): boolean {
  const trouble = troubleOf(error);
  if (trouble === 'again') return run < mostRuns;
  if (trouble === 'unanswered') return phase === 'begin' && run < mostRuns;
  if (trouble !== 'gone' || phase === 'commit') return false;
  // Cut while they were idle: any number of the others may have been, too.
  return run < mostRuns || (phase === 'begin' && run <= poolSize);
}

/** Statement texts are constants of the code, so each connection plans them once instead of at every call. */
const statementNames = new Map<string, string>();

function prepared(client: pg.PoolClient): Tx {
  return {
    query(text, values) {
      if (values === undefined) return client.query(text);
      let name = statementNames.get(text);
      if (name === undefined) {
        name = `s${statementNames.size}`;
        statementNames.set(text, name);
      }
      const sent = values.map((value) => (Array.isArray(value) ? arrayLiteral(value) : value));
      return client.query({ name, text, values: sent });
    },
  };
}
