/**
 * Wake-ups between processes: NOTIFY after the commit, a listener that comes back by itself, and always the sweep
 * behind both. A signal is never the truth; it only saves waiting.
 */

import type pg from 'pg';
import type { Logger } from 'pino';
import { crashPoint } from '../crashPoints.ts';
import type { Database } from '../db/database.ts';
import { shortly } from '../db/pool.ts';

export interface Signals {
  /** Tells other processes that a channel has something to do; many within a moment become one. */
  tell(workspaceId: string, channelId: string): void;
  /** Tells other processes that the settings of a channel have changed. */
  tellChange(workspaceId: string, channelId: string): void;
  close(): Promise<void>;
}

const notifyChannel = 'herald_wake';
const changeWord = 'changed';
const gatherMs = 20;
const reconnectMs = 1_000;
/** How often the listening connection is asked whether it is still there, and how long it may take to answer. */
const watchdogMs = 10_000;
const mostSilenceMs = 5_000;

export function createSignals(
  db: Database,
  log: Logger,
  onSignal: (workspaceId: string, channelId: string, isChange: boolean) => void,
): Signals {
  const told = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let client: pg.Client | undefined;
  let isClosed = false;
  let retry: NodeJS.Timeout | undefined;

  function add(payload: string): void {
    told.add(payload);
    timer ??= setTimeout(() => void flush(), gatherMs);
  }

  async function flush(): Promise<void> {
    timer = undefined;
    const payloads = [...told];
    told.clear();
    crashPoint('before-notify');
    await db
      .unfenced(async (tx) => {
        await tx.query('select pg_notify($1, payload) from unnest($2::text[]) as payload', [
          notifyChannel,
          payloads,
        ]);
      })
      .catch((error) => log.warn({ err: error }, 'wake.notify.failed'));
    crashPoint('after-notify');
  }

  async function listen(): Promise<void> {
    let next: pg.Client;
    try {
      next = await db.listener();
    } catch {
      again();
      return;
    }
    try {
      if (isClosed) return void next.end();
      client = next;
      next.on('notification', ({ payload }) => {
        const [workspaceId, channelId, what] = (payload ?? '').split(' ');
        if (workspaceId && channelId) onSignal(workspaceId, channelId, what === changeWord);
      });
      next.on('error', () => lose(next));
      next.on('end', () => lose(next));
      await next.query(`listen ${notifyChannel}`);
    } catch {
      lose(next);
    }
  }

  function lose(lost: pg.Client): void {
    if (client !== lost) return;
    client = undefined;
    // It may never hear of its end; with a question open, the socket goes at once.
    lost.end().catch(() => undefined);
    again();
  }

  function again(): void {
    if (isClosed || retry) return;
    retry = setTimeout(() => {
      retry = undefined;
      void listen();
    }, reconnectMs);
  }

  /** A connection that swallows everything looks healthy: ask it something now and then. */
  const watchdog = setInterval(() => {
    const watched = client;
    if (!watched) return;
    const silence = setTimeout(() => lose(watched), mostSilenceMs);
    watched.query('select 1').then(
      () => clearTimeout(silence),
      () => lose(watched),
    );
  }, watchdogMs);

  void listen();

  return {
    tell: (workspaceId, channelId) => add(`${workspaceId} ${channelId}`),
    tellChange: (workspaceId, channelId) => add(`${workspaceId} ${channelId} ${changeWord}`),
    async close() {
      isClosed = true;
      clearInterval(watchdog);
      clearTimeout(retry);
      clearTimeout(timer);
      if (told.size > 0) await flush();
      if (client) await shortly(client.end().catch(() => undefined));
    },
  };
}
