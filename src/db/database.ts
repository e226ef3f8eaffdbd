/**
 * The one door to the database: a pool that works as `herald_app`, and transactions that set their workspace before
 * anything else, so that row-level security fences every statement (design §7).
 */
import pg from 'pg';
import { Problem } from '../errors.ts';

/** What a store function needs: a client inside a transaction. */
export interface Tx {
  // biome-ignore lint/suspicious/noExplicitAny: row types are declared by each store function.
  query<R extends pg.QueryResultRow = any>(text: string, values?: unknown[]): Promise<pg.QueryResult<R>>;
}

export interface Database {
  /** Runs `work` in one transaction of this workspace; rolls back if it throws. */
  inWorkspace<T>(workspaceId: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** For tables without a workspace only (leases, indexes): everything else reads as empty here. */
  unfenced<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** A connection of its own for LISTEN; the caller ends it. */
  listener(): Promise<pg.Client>;
  /** Refreshes the planner's picture of the hot tables (they are created empty and never analysed). */
  analyze(tables: readonly string[]): Promise<void>;
  close(): Promise<void>;
  readonly waiting: number;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Deadlock and serialisation failure: nothing happened, the same work may be done again (promises L-8). */
const againCodes = new Set(['40P01', '40001']);
const mostRuns = 3;

const sessionOptions = [
  'role=herald_app',
  'lock_timeout=3s',
  'statement_timeout=15s',
  'idle_in_transaction_session_timeout=60s',
  // The statements are short and their tables start out without statistics: just-in-time compilation only costs.
  'jit=off',
  // They find their rows by key; a plan that reads a whole table is right only while that table is tiny.
  'random_page_cost=1.1',
]
  .map((setting) => `-c ${setting}`)
  .join(' ');

export interface DatabaseOptions {
  url: string;
  /** The owner's address, for ANALYZE; default: the same. */
  ownerUrl?: string;
  poolSize?: number;
  /**
   * A statement without an answer for this long ends with its connection. Longer than statement_timeout: it strikes
   * only when the database or the way to it is gone (promise L-7).
   */
  queryTimeoutMs?: number;
}

export function openDatabase({
  url,
  ownerUrl = url,
  poolSize = 12,
  queryTimeoutMs = 20_000,
}: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 2_000,
    query_timeout: queryTimeoutMs,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    options: sessionOptions,
    application_name: 'herald',
  });
  // A connection that breaks while idle is replaced by the pool at its next use.
  pool.on('error', () => undefined);

  async function acquire(): Promise<pg.PoolClient> {
    try {
      return await pool.connect();
    } catch (cause) {
      throw new DatabaseUnavailable(cause);
    }
  }

  async function transaction<T>(begin: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let run = 1; ; run++) {
      const client = await acquire();
      let broken: Error | undefined;
      let hasBegun = false;
      const onError = (error: Error) => {
        broken = error;
      };
      client.on('error', onError);
      try {
        await client.query(begin);
        hasBegun = true;
        const value = await work(prepared(client));
        await client.query('commit');
        return value;
      } catch (error) {
        const code = (error as { code?: string }).code;
        // A connection that has swallowed a statement would swallow this too.
        if (isUnanswered(error)) broken = error as Error;
        else
          await client.query('rollback').catch((failure: Error) => {
            broken = failure;
          });
        if (code !== undefined && againCodes.has(code) && run < mostRuns) continue;
        // It was cut while it was idle: nothing was asked of it yet, and another one may be whole.
        if (!hasBegun && !isUnanswered(error) && isConnectionLoss(error) && run <= poolSize) continue;
        if (isConnectionLoss(error)) throw new DatabaseUnavailable(error);
        throw isBusy(code) ? new DatabaseBusy(error) : error;
      } finally {
        client.off('error', onError);
        client.release(broken);
      }
    }
  }

  return {
    inWorkspace(workspaceId, work) {
      if (!uuidPattern.test(workspaceId)) throw new Error('a workspace id is a UUID in lower case');
      return transaction(`begin; set local herald.workspace = '${workspaceId}'`, work);
    },
    unfenced: (work) => transaction('begin', work),
    async listener() {
      const client = new pg.Client({
        connectionString: url,
        keepAlive: true,
        connectionTimeoutMillis: 5_000,
        query_timeout: queryTimeoutMs,
        application_name: 'herald listen',
      });
      // The caller may not listen yet, or no longer, when it breaks.
      client.on('error', () => undefined);
      await client.connect();
      return client;
    },
    async analyze(tables) {
      const client = new pg.Client({ connectionString: ownerUrl });
      await client.connect();
      try {
        await client.query(`analyze ${tables.join(', ')}`);
      } finally {
        await client.end();
      }
    },
    close: () => pool.end(),
    get waiting() {
      return pool.waitingCount;
    },
  };
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
      return client.query({ name, text, values });
    },
  };
}

/**
 * For work that finds, inside its transaction, that what it has read is no longer so: it is rolled back and done
 * again, as after a serialisation failure.
 */
export class ReadAgain extends Error {
  readonly code = '40001';
}

/** The database did not answer; nothing of the request was stored unless it was acknowledged. */
export class DatabaseUnavailable extends Problem {
  constructor(
    cause: unknown,
    code = 'databaseUnavailable',
    message = 'The database does not answer. Nothing was stored; send it again shortly.',
  ) {
    super(503, code, message, { retryAfterSeconds: 2 });
    this.cause = cause;
  }
}

/** The database works, but somebody is in the way; what was asked for was rolled back (promises L-4, L-8). */
export class DatabaseBusy extends DatabaseUnavailable {
  constructor(cause: unknown) {
    super(cause, 'databaseBusy', 'The database is busy. Nothing was stored; send it again shortly.');
  }
}

/** A lock or a statement took too long, or others were in the way at every run. */
const isBusy = (code: string | undefined): boolean =>
  code === '55P03' || code === '57014' || (code !== undefined && againCodes.has(code));

/** The client gave up waiting for an answer. */
const isUnanswered = (error: unknown): boolean => /Query read timeout/.test((error as Error).message ?? '');

/** Class 08, 57P01–57P03 and socket errors: the connection is gone, whatever was being done. */
function isConnectionLoss(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return (
    isUnanswered(error) ||
    /^(08...|57P0[123]|53300|ECONN.*|EPIPE|ENOENT)$/.test(code) ||
    /Connection terminated|not queryable|timeout exceeded when trying to connect/i.test(message)
  );
}
