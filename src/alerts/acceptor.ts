/** The way in: alerts that arrive together are stored together, and each caller learns what became of its own. */
import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';
import { createGroupCommit } from '../db/groupCommit.ts';
import { Problem } from '../errors.ts';
import { createFairShare, type Place } from '../fairShare.ts';
import { stringify } from '../http/lossless.ts';
import type { Accepted, Incoming } from './accept.ts';
import { bodyHash, dedupKey } from './identity.ts';
import { bodyOf } from './store.ts';
import type { Alert } from './types.ts';

export interface Acceptor {
  /**
   * Stores an alert with what it owes; resolves after COMMIT.
   * `keyId` is the API key that sent it: one sender cannot fill the waiting room (promise P11).
   * @throws Problem 503 or 429 when too much is waiting, 503 when the database does not answer or its disk is full:
   * nothing was stored
   */
  accept(
    workspaceId: string,
    alert: Alert,
    directed?: Incoming['directed'],
    keyId?: string,
  ): Promise<Accepted>;
  /**
   * Keeps room for so many alerts of a request that is still to be read; answers how to give it back, just before they
   * are handed over. So a request that is turned away is not read first.
   * @throws Problem as {@link accept}
   */
  reserve(sender: { workspaceId: string; keyId?: string }, alerts: number): () => void;
  /** Resolves when everything that was taken is stored. */
  idle(): Promise<void>;
}

export interface AcceptorParts {
  db: Database;
  log: Logger;
  /** One transaction for a batch of a workspace (`src/pipeline.ts`); answers in its order. */
  store(workspaceId: string, entries: readonly Incoming[]): Promise<Accepted[]>;
  /** Called after COMMIT with the channels that have something to do. */
  wake(workspaceId: string, channelIds: readonly string[]): void;
  onStored?(status: Accepted['status']): void;
  /** Why nothing is taken now, such as a full disk; undefined = nothing is in the way. */
  whyNot?(): Problem | undefined;
}

/** More than this is turned away: it would wait longer than its sender does. */
const mostPending = 20_000;
/** The same in characters of stored JSON: large alerts must not fill the memory. */
const mostPendingSize = 256 * 1024 * 1024;
/** What one transaction takes well within its time; a larger alert goes alone. */
const mostBatchSize = 16 * 1024 * 1024;
/** The planner learns what the hot tables look like when they have grown this far (design §4). */
const analyzeAfter = [1_000, 10_000, 100_000];
const hotTables = ['alerts', 'deliveries', 'ticket_groups', 'writes', 'attempts'];

export function createAcceptor({ db, log, store, wake, onStored, whyNot }: AcceptorParts): Acceptor {
  let stored = 0;
  const numbers = createFairShare(mostPending);
  const sizes = createFairShare(mostPendingSize);

  const commits = createGroupCommit<Incoming, Accepted>({
    maxBatch: 500,
    maxBatchSize: mostBatchSize,
    maxBatchesPerWorkspace: 2,
    maxBatches: 8,
    windowMs: 2,
    async commit(workspaceId, entries) {
      const answers = await store(workspaceId, entries);
      wake(workspaceId, [...new Set(answers.flatMap(({ channels }) => channels))]);
      for (const { status } of answers) onStored?.(status);
      count(answers.length);
      return answers;
    },
  });

  function count(more: number): void {
    const before = stored;
    stored += more;
    if (!analyzeAfter.some((mark) => before < mark && stored >= mark)) return;
    db.analyze(hotTables).catch((error) => log.warn({ err: error }, 'database.analyze.failed'));
  }

  return {
    reserve({ workspaceId, keyId = '' }, alerts) {
      const refusal = whyNot?.();
      if (refusal) throw refusal;
      return enter(numbers.enter({ owner: workspaceId, part: keyId }, alerts));
    },
    accept(workspaceId, alert, directed, keyId = '') {
      const refusal = whyNot?.();
      if (refusal) throw refusal;
      const sender = { owner: workspaceId, part: keyId };
      const leaveNumbers = enter(numbers.enter(sender, 1));
      const raw = alert.raw === undefined ? null : stringify(alert.raw);
      const size = bodyOf(alert).length + (raw?.length ?? 0);
      const place = sizes.enter(sender, size);
      if (place.kind !== 'taken') leaveNumbers();
      const leaveSizes = enter(place);
      const entry = {
        alert,
        dedupKey: dedupKey(alert),
        bodyHash: bodyHash(alert),
        raw,
        directed,
      };
      return commits.submit(workspaceId, entry, size).finally(() => {
        leaveNumbers();
        leaveSizes();
      });
    },
    idle: () => commits.idle(),
  };
}

/** @throws Problem 503 for a room that is full, 429 for a sender who has its share of it */
function enter(place: Place): () => void {
  if (place.kind === 'taken') return place.leave;
  throw place.kind === 'full' ? overloaded() : tooMany();
}

const retryAfterSeconds = 2;

const overloaded = (): Problem =>
  new Problem(503, 'overloaded', 'Too many alerts are waiting to be stored. Send it again shortly.', {
    retryAfterSeconds,
  });

const tooMany = (): Problem =>
  new Problem(
    429,
    'tooManyWaiting',
    'Too many alerts from you are waiting to be stored; others have room. Send it again shortly.',
    { retryAfterSeconds },
  );
