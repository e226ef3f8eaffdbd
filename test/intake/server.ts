/** The real server on a loopback port with a database of its own: what a sender of alerts meets, without workers. */
import { randomBytes, randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createAccess } from '../../src/access/index.ts';
import { makeKey } from '../../src/access/keys.ts';
import { insertKey, revokeKey } from '../../src/access/store.ts';
import { createAcceptor } from '../../src/alerts/acceptor.ts';
import { alertRoutes } from '../../src/alerts/routes.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import type { KeyScope } from '../../src/http/index.ts';
import { createServer } from '../../src/http/server.ts';
import { createIdempotencyKeys } from '../../src/intake/idempotency.ts';
import { intakeRoutes } from '../../src/intake/routes.ts';
import { accept } from '../../src/pipeline.ts';
import { receiptRoutes } from '../../src/receipts/index.ts';
import { createSecretBox } from '../../src/secrets/index.ts';
import { createSettingsCache } from '../../src/settings/index.ts';
import { ensureDefaultWorkspace } from '../../src/workspaces/index.ts';
import { insertWorkspace } from '../../src/workspaces/store.ts';
import { freshDatabase } from '../freshDatabase.ts';
import { insertConnection, unreachableAutotask } from '../support/workspace.ts';
import { type Answer, sendRaw } from './rawHttp.ts';

export interface KeyOptions {
  workspaceId?: string;
  source?: string;
}

export interface IntakeServer {
  port: number;
  db: Database;
  workspaceId: string;
  /** Another workspace of the same installation. */
  otherWorkspaceId: string;
  keys: Record<KeyScope, string>;
  logLines: string[];
  makeKey(scope: KeyScope, options?: KeyOptions): Promise<{ id: string; key: string }>;
  /** Revoked here and at once, as the API does it. */
  revoke(keyId: string): Promise<void>;
  /** One request over a socket of its own; the intake key for POST and the read key for GET unless told. */
  send(request: Sent): Promise<Answer>;
  /** POST /alerts with these bytes. */
  post(body: string | Buffer, headers?: Record<string, string>): Promise<Answer>;
  get(path: string): Promise<Answer>;
  /** Alerts in the database. */
  count(): Promise<number>;
  close(): Promise<void>;
}

export interface Sent {
  method?: string;
  /** Below /api/v1. */
  path: string;
  key?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

export async function startIntake({ poolSize = 6 } = {}): Promise<IntakeServer> {
  const fresh = await freshDatabase();
  const db = openDatabase({ url: fresh.url, poolSize });
  const box = createSecretBox([{ id: 'test', key: randomBytes(32) }], 'test');
  const workspaceId = await ensureDefaultWorkspace(db, box);
  const otherWorkspaceId = randomUUID();
  await db.inWorkspace(otherWorkspaceId, (tx) =>
    insertWorkspace(tx, otherWorkspaceId, 'Other', box.newDataKey(otherWorkspaceId)),
  );
  // So that each alert that is accepted also owes a delivery.
  await db.inWorkspace(workspaceId, (tx) => insertConnection(tx, workspaceId));
  const access = createAccess({ db, defaultWorkspaceId: workspaceId });
  const settings = createSettingsCache(db, new Map([['autotask', unreachableAutotask]]));
  const logLines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void logLines.push(line) });
  const acceptor = createAcceptor({
    db,
    log,
    store: (workspace, entries) => accept(db, settings, workspace, entries),
    wake: () => undefined,
  });
  const server = await createServer({
    config: { baseUrl: 'http://127.0.0.1:8080' },
    log,
    access,
    metrics: new Registry(),
    whyNotReady: async () => undefined,
    routes: [
      intakeRoutes({ acceptor, idempotency: createIdempotencyKeys(db), now: () => new Date() }),
      alertRoutes({ db }),
      receiptRoutes({ db, wake: () => undefined }),
    ],
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const port = (server.server.address() as { port: number }).port;

  const storeKey: IntakeServer['makeKey'] = async (scope, options = {}) => {
    const { key, prefix, hash } = makeKey();
    const id = randomUUID();
    const owner = options.workspaceId ?? workspaceId;
    const row = { id, name: `${scope} key`, prefix, hash, scopes: [scope], source: options.source };
    await db.inWorkspace(owner, (tx) => insertKey(tx, owner, row));
    return { id, key };
  };
  const keyOf = async (scope: KeyScope) => (await storeKey(scope)).key;
  const keys = { admin: await keyOf('admin'), read: await keyOf('read'), intake: await keyOf('intake') };
  const send: IntakeServer['send'] = ({ method = 'POST', path, key, headers = {}, body }) =>
    sendRaw(port, {
      method,
      path: `/api/v1${path}`,
      headers: { authorization: `Bearer ${key ?? (method === 'GET' ? keys.read : keys.intake)}`, ...headers },
      body,
    });
  return {
    port,
    db,
    workspaceId,
    otherWorkspaceId,
    keys,
    logLines,
    makeKey: storeKey,
    async revoke(keyId) {
      await db.inWorkspace(workspaceId, (tx) => revokeKey(tx, workspaceId, keyId));
      access.forget(keyId);
    },
    send,
    post: (body, headers) =>
      send({ path: '/alerts', headers: { 'content-type': 'application/json', ...headers }, body }),
    get: (path) => send({ method: 'GET', path }),
    async count() {
      const { rows } = await db.inWorkspace(workspaceId, (tx) =>
        tx.query('select count(*)::int as n from alerts'),
      );
      return rows[0].n;
    },
    async close() {
      await server.close();
      await acceptor.idle();
      access.close();
      await db.close();
      await fresh.drop();
    },
  };
}

let counter = 0;

/** The least that an alert can be, different from all others. */
export function least(members: Record<string, unknown> = {}): Record<string, unknown> {
  counter += 1;
  return {
    source: 'edr',
    externalId: `evt-${counter}`,
    title: 'Impossible travel',
    severity: 'high',
    ...members,
  };
}
