/**
 * What a failure of PostgreSQL means for whoever asked (promises L-1 to L-8): a table of codes, and the answers that
 * they come to. What is not here is a surprise and stays the error that it was.
 */
import { Problem } from '../errors.ts';

export type Trouble =
  /** Others were in the way and it was rolled back whole: the same work may be done again. */
  | 'again'
  /** A lock or a statement took too long. */
  | 'busy'
  /** The server has no memory or connection left. */
  | 'exhausted'
  /** The server takes no changes: it was the primary before a failover. */
  | 'readOnly'
  | 'diskFull'
  /** The connection is gone, whatever was being done. */
  | 'gone'
  /** The client gave up waiting for an answer; the connection is of no use any more. */
  | 'unanswered';

const troubles: readonly (readonly [RegExp, Trouble])[] = [
  [/^(40P01|40001)$/, 'again'],
  [/^(55P03|57014)$/, 'busy'],
  [/^(53200|53400)$/, 'exhausted'],
  [/^25006$/, 'readOnly'],
  [/^53100$/, 'diskFull'],
  // Class 08, shutdown and recovery, time-outs that end the session, too many connections, sockets.
  [/^(08...|57P0[1235]|25P0[34]|53300|ECONN.*|EPIPE|ENOENT|ETIMEDOUT|EMFILE|ENFILE)$/, 'gone'],
];

const goneTexts =
  /Connection terminated|not queryable|timeout exceeded when trying to connect|connection is closed/i;

/** `undefined` = nothing that is known here. */
export function troubleOf(error: unknown): Trouble | undefined {
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string };
  if (/Query read timeout/.test(message)) return 'unanswered';
  // A person has cancelled it: that is no sign that it takes too long.
  if (code === '57014' && /user request/.test(message)) return 'again';
  const known = troubles.find(([pattern]) => pattern.test(code));
  if (known) return known[1];
  return goneTexts.test(message) ? 'gone' : undefined;
}

/** The database did not answer; nothing of the request was stored unless it was acknowledged. */
export class DatabaseUnavailable extends Problem {
  constructor(
    cause: unknown,
    code = 'databaseUnavailable',
    message = 'The database does not answer. Nothing was stored; send it again shortly.',
    retryAfterSeconds = 2,
  ) {
    super(503, code, message, { retryAfterSeconds });
    this.cause = cause;
  }
}

/** The database works, but somebody is in the way; what was asked for was rolled back (promises L-4, L-8). */
export class DatabaseBusy extends DatabaseUnavailable {
  constructor(cause: unknown) {
    super(cause, 'databaseBusy', 'The database is busy. Nothing was stored; send it again shortly.');
  }
}

/**
 * For work that finds, inside its transaction, that what it has read is no longer so: it is rolled back and done
 * again, as after a serialisation failure.
 */
export class ReadAgain extends Error {
  readonly code = '40001';
}

const unconfirmed =
  'The database did not confirm that this was stored. Send it again: what is known already is not stored twice.';
const readOnly =
  'The database takes no changes now, as after a failover. Nothing was stored; send it again shortly.';

/** For the people who run Herald, as much as for those who send. */
export const diskFull = (cause?: unknown): DatabaseUnavailable =>
  new DatabaseUnavailable(
    cause,
    'diskFull',
    'The disk of the database is full. Nothing was stored: free some space, then send it again.',
    30,
  );

/** The answer for an error of a transaction: a 503 that says when to come again, or the error itself. */
export function explain(error: unknown, wasCommitting = false): unknown {
  switch (troubleOf(error)) {
    case 'again':
    case 'busy':
    case 'exhausted':
      return new DatabaseBusy(error);
    case 'readOnly':
      return new DatabaseUnavailable(error, 'databaseReadOnly', readOnly, 5);
    case 'diskFull':
      return diskFull(error);
    case 'gone':
    case 'unanswered':
      return wasCommitting
        ? new DatabaseUnavailable(error, undefined, unconfirmed)
        : new DatabaseUnavailable(error);
    case undefined:
      return error;
  }
}
