/**
 * A workspace with one active connection in a database of its own, for store tests that need neither a PSA nor a
 * worker. Settings are rows, so that a test says what it needs and nothing else.
 */
import { randomUUID } from 'node:crypto';
import type { Accepted } from '../../src/alerts/accept.ts';
import { bodyHash, dedupKey } from '../../src/alerts/index.ts';
import type { Alert } from '../../src/alerts/types.ts';
import { type Database, openDatabase, type Tx } from '../../src/db/database.ts';
import { accept } from '../../src/pipeline.ts';
import { createAutotask } from '../../src/psa/autotask/index.ts';
import { createSettingsCache, type SettingsCache } from '../../src/settings/index.ts';
import { freshDatabase } from '../freshDatabase.ts';
import { anAlert } from './alerts.ts';
import { steps as completeSteps } from './steps.ts';

/** The adapter as it is, for its limits and fields: there is nobody at its address. */
export const unreachableAutotask = createAutotask({ zoneUrl: 'http://127.0.0.1:9/zone' });

export interface Workspace {
  db: Database;
  settings: SettingsCache;
  workspaceId: string;
  connectionId: string;
  /** Stores an alert, different from all others, with its plan and deliveries. */
  take(members?: Partial<Alert>): Promise<Accepted>;
  // biome-ignore lint/suspicious/noExplicitAny: rows of any statement
  rows(text: string): Promise<any[]>;
  /** Transactions that wait for another one. */
  waiters(): Promise<number>;
  close(): Promise<void>;
}

export async function openWorkspace(): Promise<Workspace> {
  const fresh = await freshDatabase();
  const db = openDatabase({ url: fresh.url, poolSize: 8 });
  const settings = createSettingsCache(db, new Map([['autotask', unreachableAutotask]]));
  const ids = await insertWorkspace(db);
  const { workspaceId } = ids;
  return {
    db,
    settings,
    ...ids,
    async take(members) {
      const alert = anAlert(members);
      const entry = { alert, dedupKey: dedupKey(alert), bodyHash: bodyHash(alert), raw: null };
      const [accepted] = await accept(db, settings, workspaceId, [entry]);
      return accepted as Accepted;
    },
    rows: async (text) => (await db.inWorkspace(workspaceId, (tx) => tx.query(text))).rows,
    async waiters() {
      const { rows } = await db.unfenced((tx) =>
        tx.query(
          `select count(*)::int as n from pg_locks l join pg_stat_activity a using (pid)
            where not l.granted and a.datname = current_database()`,
        ),
      );
      return rows[0].n;
    },
    async close() {
      await db.close();
      await fresh.drop();
    },
  };
}

/** A workspace and its connection; it has no data key, so nothing in it can be sealed. */
export async function insertWorkspace(
  db: Database,
  steps?: object,
): Promise<{ workspaceId: string; connectionId: string }> {
  const workspaceId = randomUUID();
  const connectionId = await db.inWorkspace(workspaceId, async (tx) => {
    await tx.query(`insert into workspaces (id, name, data_key) values ($1, 'Test', 'none')`, [workspaceId]);
    return insertConnection(tx, workspaceId, steps);
  });
  return { workspaceId, connectionId };
}

/** An active connection, the default one; answers its id. */
export async function insertConnection(
  tx: Tx,
  workspaceId: string,
  steps: object = completeSteps,
): Promise<string> {
  const id = randomUUID();
  await tx.query(
    `insert into connections (workspace_id, id, name, kind, connection_state, is_default, steps)
     values ($1, $2, 'Our PSA', 'autotask', 'active', true, $3)`,
    [workspaceId, id, steps],
  );
  return id;
}
