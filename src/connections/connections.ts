/** What the rest of the product gets of connections: opening them, stopping them, hearing of changes, and the routes. */
import type { Logger } from 'pino';
import type { Acceptor } from '../alerts/acceptor.ts';
import type { Plugin } from '../http/index.ts';
import type { SettingsCache } from '../settings/index.ts';
import { listWorkspaces } from '../workspaces/index.ts';
import { stopConnection } from './ask.ts';
import { listMarked, sortBacklog } from './backlog.ts';
import { createContractChecks } from './contractCheck.ts';
import { createDirectory, type Directory } from './directory.ts';
import { createEffects, type Effects } from './effects.ts';
import type { ConnectionParts } from './parts.ts';
import { routesOf } from './routes.ts';
import { createSessions, type OpenedConnection, type SessionParts, type Sessions } from './session.ts';
import { sendTestTicket } from './testTicket.ts';
import { stopUnreadable } from './unreadable.ts';

export interface ConnectionsParts extends SessionParts {
  settings: SettingsCache;
  log: Logger;
  /** Waits, in milliseconds, between tries of a page of accounts; for tests. */
  retryMs?: readonly number[];
}

export interface Connections {
  /** What a channel needs to call its PSA; undefined for a draft, and without credentials that can be used. */
  open(workspaceId: string, connectionId: string): Promise<OpenedConnection | undefined>;
  /** How connections that are not drafts stand: what tells whether they are to be opened anew. */
  standingOf: Sessions['standingOf'];
  /**
   * The PSA refused the login: sets *attention* and holds what waits until a person acts (promise P8). Ignored when
   * `revision` is given and other credentials are in use by now.
   */
  stop(workspaceId: string, connectionId: string, problem: string, revision?: string): Promise<void>;
  /** Called after a change of a connection has been committed. */
  onChange(listener: (workspaceId: string, connectionId: string) => void): void;
  /** Looks over the connections whose PSA was not asked today whether all is as it was (promises J-12). */
  checkContracts(): Promise<void>;
  /** Loads of accounts and checks end after their call; no further ones begin. */
  close(): Promise<void>;
  readonly sessions: Sessions;
  readonly directory: Directory;
  readonly effects: Effects;
  readonly parts: ConnectionsParts;
}

/** Loads of accounts whose process has gone are looked for this often. */
const sweepEveryMs = 60_000;

export function createConnections(parts: ConnectionsParts): Connections {
  const { db, log } = parts;
  const listeners: ((workspaceId: string, connectionId: string) => void)[] = [];
  const effects = createEffects(db, (...change) => {
    for (const listener of listeners) listener(...change);
  });
  const sessions: Sessions = createSessions({
    ...parts,
    onUnreadable: (workspaceId, connectionId) =>
      stopUnreadable({ db, effects, sessions }, { workspaceId, connectionId }),
  });
  const directory = createDirectory({
    db,
    effects,
    sessions,
    log,
    ...(parts.retryMs && { retryMs: parts.retryMs }),
  });

  const contractChecks = createContractChecks({ db, effects, sessions, log });

  const timer = setInterval(() => {
    sweep().catch((error) => log.warn({ err: error }, 'directory.sweep.failed'));
  }, sweepEveryMs);
  timer.unref();

  async function sweep(): Promise<void> {
    for (const workspaceId of await db.unfenced(listWorkspaces)) {
      await directory.resume(workspaceId);
      for (const id of await db.inWorkspace(workspaceId, (tx) => listMarked(tx, workspaceId)))
        await goOn(workspaceId, id);
    }
  }

  /** Whoever moved its deliveries may have ended with the worker before: nothing goes out until that is done. */
  async function goOn(workspaceId: string, connectionId: string): Promise<void> {
    if (await sortBacklog(db, workspaceId, connectionId)) await effects.onChanged(workspaceId, connectionId);
  }

  return {
    open(workspaceId, connectionId) {
      goOn(workspaceId, connectionId).catch((error) =>
        log.warn({ workspaceId, channelId: connectionId, err: error }, 'connection.backlog.failed'),
      );
      return sessions.openConnection(workspaceId, connectionId);
    },
    standingOf: sessions.standingOf,
    stop: (workspaceId, connectionId, problem, revision) =>
      stopConnection({ db, effects }, { workspaceId, connectionId }, problem, revision),
    onChange: (listener) => void listeners.push(listener),
    checkContracts: contractChecks.run,
    async close() {
      clearInterval(timer);
      await contractChecks.stop();
      await directory.stop();
    },
    sessions,
    directory,
    effects,
    parts,
  };
}

export interface ConnectionRouteParts {
  connections: Connections;
  acceptor: Pick<Acceptor, 'accept'>;
  /** Channels that have something to do. */
  wake(workspaceId: string, channelIds: readonly string[]): void;
  /** Where people reach the service, for the link in a preview. */
  baseUrl?: string;
  /** How long a test ticket is waited for, in milliseconds. */
  testWaitMs?: number;
}

export function connectionRoutes(given: ConnectionRouteParts): Plugin {
  const { connections, acceptor, wake, baseUrl = '', testWaitMs } = given;
  const { sessions, directory, effects, parts } = connections;
  connections.onChange((workspaceId, connectionId) => wake(workspaceId, [connectionId]));
  const all: ConnectionParts = {
    ...parts,
    sessions,
    directory,
    effects,
    alertLink: (alertId) => `${baseUrl}/alerts/${alertId}`,
    sendTestTicket: (order) =>
      sendTestTicket(
        { ...parts, acceptor, ...(testWaitMs === undefined ? {} : { waitMs: testWaitMs }) },
        order,
      ),
  };
  return routesOf(all);
}
