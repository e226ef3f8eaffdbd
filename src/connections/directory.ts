/**
 * The list of a PSA's accounts, kept here: loaded page by page in the background, shown and searched without calls.
 * Begun by a person or by new credentials; one process loads, any other sees the progress. A load gives way to the
 * deliveries: it waits while they do, and for the share of the connection (promise P8).
 */

import type { Logger } from 'pino';
import { crashPoint } from '../crashPoints.ts';
import type { Tx } from '../db/database.ts';
import { Problem } from '../errors.ts';
import type { Account, Page, Read } from '../psa/contract.ts';
import { changeSettings } from '../settings/index.ts';
import { type Asker, type Asking, beginAsking, stopConnection, type Where } from './ask.ts';
import { beginLoad, failLoad, finishLoad, listStaleLoads, savePage } from './directoryStore.ts';
import { awaitTurn, type Load, rest } from './loadTurn.ts';
import type { Sessions } from './session.ts';

export interface Directory {
  /**
   * Begins a load in the background; false when one is under way already. Either way `alongside` shares the transaction
   * of the beginning.
   */
  refresh(workspaceId: string, connectionId: string, alongside?: (tx: Tx) => Promise<void>): Promise<boolean>;
  /** Takes over loads of this workspace whose process has gone; for the start and a slow sweep. */
  resume(workspaceId: string): Promise<void>;
  /** Resolves when no load of this process is under way. */
  idle(): Promise<void>;
  /** Loads under way end after their page. */
  stop(): Promise<void>;
}

export interface DirectoryParts extends Asker {
  sessions: Sessions;
  log: Logger;
  /** Waits, in milliseconds, between tries of a page; for tests. */
  retryMs?: readonly number[];
}

/** Another PSA page is asked for again after these waits; then the load has failed. */
const usualRetryMs = [2_000, 10_000, 30_000];
const longestWaitMs = 60_000;
/** More pages than any directory has: a PSA that never ends must not be read for ever. */
const mostPages = 5_000;

export function createDirectory({
  db,
  effects,
  sessions,
  log,
  retryMs = usualRetryMs,
}: DirectoryParts): Directory {
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();
  const asker = { db, effects, sessions };

  async function load(workspaceId: string, connectionId: string, startedAt: Date): Promise<void> {
    const where = { workspaceId, connectionId };
    const failure = await run(where, startedAt);
    if (failure === undefined) return;
    crashPoint('before-load-failed');
    await db.inWorkspace(workspaceId, (tx) => failLoad(tx, workspaceId, connectionId, startedAt, failure));
    crashPoint('after-load-failed');
  }

  /** Undefined when the load is done or was taken over, else why it failed. */
  async function run(where: Where, startedAt: Date): Promise<string | undefined> {
    const { workspaceId, connectionId } = where;
    const { revision } = await beginAsking(asker, where);
    let cursor: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const answer = await readPage({ ...where, startedAt, revision }, cursor);
      // Left as it is: found stale, and taken over with the credentials of then.
      if (!answer) return undefined;
      const { read, asking } = answer;
      if (read.kind === 'refused') {
        if (read.reason === 'auth') await stopConnection(asking, where, read.text, asking.revision);
        return read.text;
      }
      const { items, nextCursor } = read.value;
      crashPoint('before-accounts-saved');
      const goesOn = await db.inWorkspace(workspaceId, (tx) =>
        savePage(tx, workspaceId, connectionId, startedAt, items),
      );
      crashPoint('after-accounts-saved');
      if (!goesOn) return undefined;
      if (nextCursor === undefined) {
        // Names are part of the settings that planning reads.
        await changeSettings(db, workspaceId, (tx) => finishLoad(tx, workspaceId, connectionId, startedAt));
        return undefined;
      }
      // Left as it is: found stale by the next process, and taken over.
      if (stopping.signal.aborted) return undefined;
      cursor = nextCursor;
    }
    return `The PSA has more than ${mostPages} pages of accounts.`;
  }

  /** Undefined when the load is to end without a word: this process stops, or another one has taken it over. */
  async function readPage(
    load: Load,
    cursor: string | undefined,
  ): Promise<{ read: Read<Page<Account>>; asking: Asking } | undefined> {
    for (let run = 0; ; run++) {
      const asking = await awaitTurn(asker, load, stopping.signal);
      if (!asking) return undefined;
      crashPoint('before-accounts-read');
      const read = await asking.session.accounts({}, cursor);
      crashPoint('after-accounts-read');
      const waitMs = retryMs[run];
      if (read.kind === 'ok' || waitMs === undefined || !isPassing(read.reason)) return { read, asking };
      const asked = read.retryAfterMs ?? 0;
      // Nobody waits that long for a page; and nobody asks before the PSA wants to be asked (promise P8).
      if (asked > longestWaitMs) return { read, asking };
      await rest(Math.max(waitMs, asked), stopping.signal);
    }
  }

  const idle = async (): Promise<void> => {
    while (underWay.size > 0) await Promise.all(underWay);
  };

  return {
    async refresh(workspaceId, connectionId, alongside) {
      crashPoint('before-load-begun');
      const startedAt = await db.inWorkspace(workspaceId, async (tx) => {
        const begun = await beginLoad(tx, workspaceId, connectionId);
        await alongside?.(tx);
        return begun;
      });
      crashPoint('after-load-begun');
      if (startedAt === null) return false;
      const loading: Promise<void> = load(workspaceId, connectionId, startedAt)
        .catch(async (error: unknown) => {
          const level = error instanceof Problem ? 'warn' : 'error';
          log[level]({ err: error, workspaceId, connectionId }, 'directory.failed');
          const failure = error instanceof Problem ? error.message : 'Loading broke off.';
          await db
            .inWorkspace(workspaceId, (tx) => failLoad(tx, workspaceId, connectionId, startedAt, failure))
            // The database is gone; the load is found stale and taken over later.
            .catch(() => undefined);
        })
        .finally(() => underWay.delete(loading));
      underWay.add(loading);
      return true;
    },
    async resume(workspaceId) {
      const stale = await db.inWorkspace(workspaceId, (tx) => listStaleLoads(tx, workspaceId));
      for (const connectionId of stale) await this.refresh(workspaceId, connectionId);
    },
    idle,
    async stop() {
      stopping.abort();
      await idle();
    },
  };
}

/** Refusals that say nothing of what was asked for: it is asked again later. */
export const isPassing = (reason: string): boolean =>
  ['rateLimited', 'serverError', 'timeout', 'network'].includes(reason);
