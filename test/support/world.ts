/**
 * A small world for store tests: a fresh database, the Autotask simulator, and the product's own parts between them,
 * in this process. Settings are rows, so that a test says what it needs and nothing else.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { type SimulatorOptions, startAutotaskSimulator } from '../../simulators/autotask/index.ts';
import { createAcceptor } from '../../src/alerts/acceptor.ts';
import type { Alert } from '../../src/alerts/types.ts';
import { openDatabase } from '../../src/db/database.ts';
import { createOutbound } from '../../src/outbound/index.ts';
import { accept, deliver } from '../../src/pipeline.ts';
import { createAutotask } from '../../src/psa/autotask/index.ts';
import { createSettingsCache } from '../../src/settings/index.ts';
import { createWorker } from '../../src/wake/worker.ts';
import { freshDatabase } from '../freshDatabase.ts';
import { simulatorCredentials, steps, type ticketsStep } from './steps.ts';
import { insertWorkspace } from './workspace.ts';

export { anAlert } from './alerts.ts';
export { ticketsStep } from './steps.ts';

export type World = Awaited<ReturnType<typeof openWorld>>;

export interface WorldOptions {
  simulator?: SimulatorOptions;
  settleMs?: number;
  /** Members of the tickets step that differ from the usual ones. */
  tickets?: Partial<
    Record<keyof typeof ticketsStep | 'closedTicket' | 'issueType' | 'subIssueType', unknown>
  >;
  attachContacts?: boolean;
  /** Of a connection, in place of the simulator's own. */
  credentialsOf?(connectionId: string): typeof simulatorCredentials;
  /** Another way to the database than its own address. */
  way?(databaseUrl: string): string | Promise<string>;
  /** In place of the simulator's address, and the authority that is trusted there. */
  zoneUrl?: string;
  ca?: string;
}

export async function openWorld(options: WorldOptions = {}) {
  const database = await freshDatabase();
  const simulator = await startAutotaskSimulator({ companies: 20, ...options.simulator });
  const db = openDatabase({ url: (await options.way?.(database.url)) ?? database.url });
  const zoneUrl = options.zoneUrl ?? `${simulator.url}/atservicesrest/v1.0/zoneInformation`;
  const adapter = createAutotask({ zoneUrl });
  const adapters = new Map([['autotask', adapter]]);
  const outbound = createOutbound({ allow: ['127.0.0.1'], ...(options.ca && { ca: options.ca }) });
  const settings = createSettingsCache(db, adapters);
  const log = pino({ level: process.env.TEST_LOG ?? 'silent' });
  const { workspaceId, connectionId } = await insertWorkspace(db, {
    ...steps,
    accounts: { ...steps.accounts, attachContacts: options.attachContacts ?? false },
    tickets: { ...steps.tickets, ...options.tickets },
  });
  const credentials = { ...simulatorCredentials };
  const stopped: string[] = [];
  let sessions = 0;

  const revision = () => JSON.stringify({ ...credentials, sessions });

  const startWorker = (serves = true) =>
    createWorker({
      db,
      deliver: (work) => deliver(db, settings, work),
      log,
      adapters,
      outbound,
      baseUrl: 'http://herald.test',
      holder: randomUUID(),
      settleMs: options.settleMs,
      clock: { monotonic: () => performance.now(), wall: Date.now, sleep: (ms) => sleep(ms) },
      random: Math.random,
      serves,
      openConnection: async (_workspace, id) => ({
        kind: 'autotask',
        credentials: options.credentialsOf?.(id) ?? credentials,
        revision: revision(),
      }),
      standingOf: async (_workspace, ids) => new Map(ids.map((id) => [id, { revision: revision() }])),
      stopConnection: async (_workspace, id, problem) => {
        stopped.push(`${id}: ${problem}`);
      },
    });
  const worker = startWorker();
  const acceptor = createAcceptor({
    db,
    log,
    store: (workspace, entries) => accept(db, settings, workspace, entries),
    wake: worker.wake,
  });

  return {
    db,
    database,
    simulator,
    settings,
    workspaceId,
    connectionId,
    worker,
    acceptor,
    stopped,
    startWorker,
    /** A new session, which knows nothing of the PSA yet, not even its zone. */
    async reopenSession() {
      sessions += 1;
      await worker.changed(workspaceId, connectionId);
    },
    accept: (alert: Alert) => acceptor.accept(workspaceId, alert),
    /** Rows of one statement in the world's workspace. */
    rows: async (text: string, values: unknown[] = []) =>
      db.inWorkspace(workspaceId, async (tx) => (await tx.query(text, values)).rows),
    /** Waits until no delivery is on its way. */
    async settled(timeoutMs = 20_000) {
      const until = Date.now() + timeoutMs;
      for (;;) {
        const [open] = await this.rows(
          `select count(*)::int as n from deliveries where delivery_state in ('pending', 'sending', 'uncertain')`,
        );
        if (open.n === 0) return;
        if (Date.now() > until) throw new Error(`${open.n} deliveries are still on their way`);
        await sleep(20);
      }
    },
    async close() {
      await worker.stop();
      await outbound.close();
      await db.close();
      await simulator.close();
      await database.drop();
    },
  };
}
