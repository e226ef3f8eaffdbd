/** Starts everything and is the only place that wires things together: config, database, workers, HTTP. */
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { type Logger, pino } from 'pino';
import { apiKeyRoutes, createAccess } from './access/index.ts';
import { createAcceptor } from './alerts/acceptor.ts';
import { alertRoutes } from './alerts/routes.ts';
import type { Config } from './config.ts';
import { connectionRoutes, createConnections } from './connections/index.ts';
import { openDatabase } from './db/database.ts';
import { prepareDatabase } from './db/prepare.ts';
import { StartupError } from './errors.ts';
import { createReadyCheck } from './http/ready.ts';
import { createServer } from './http/server.ts';
import { createIdempotencyKeys } from './intake/idempotency.ts';
import { intakeRoutes } from './intake/routes.ts';
import { createMetrics } from './metrics.ts';
import { organizationRoutes } from './organizations/index.ts';
import { createOutbound, parseAllow } from './outbound/index.ts';
import { accept } from './pipeline.ts';
import { createAdapters, isPsaKind } from './psa/kinds.ts';
import { receiptRoutes } from './receipts/index.ts';
import { createSecretBox, loadOrCreateKeyFile, type MasterKey, parseMasterKeys } from './secrets/index.ts';
import { createSettingsCache } from './settings/index.ts';
import { createWorker } from './wake/worker.ts';
import { ensureDefaultWorkspace, workspaceRoutes } from './workspaces/index.ts';

export type Role = 'all' | 'api' | 'worker';

export interface Herald {
  /** Where the API listens; undefined for a worker. */
  url: string | undefined;
  /** Ends in order: no new requests, what was taken is stored, calls under way are settled, then the database. */
  close(): Promise<void>;
}

export interface HeraldOptions {
  role?: Role;
  log?: Logger;
}

/** Calls under way get this long to end; what is left is looked up by the next worker. */
const mostDrainMs = 25_000;

/** @throws StartupError with one sentence when it cannot start; everything begun is ended again. */
export async function startHerald(
  config: Config,
  { role = 'all', log = createLogger() }: HeraldOptions = {},
): Promise<Herald> {
  const undo: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return { url: await start(config, role, log, undo), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  config: Config,
  role: Role,
  log: Logger,
  undo: (() => Promise<unknown>)[],
): Promise<string | undefined> {
  const allow = parseAllow([...config.outboundAllow]);
  if (!allow.ok) throw new StartupError(allow.message);
  const adapters = buildAdapters(config);
  const secretBox = createBox(await masterKeys(config));

  const prepared = await prepareDatabase(config, {
    info: (text) => log.info(text),
    warn: (text) => log.warn(text),
  });
  undo.push(() => prepared.stop());
  const db = openDatabase({ url: prepared.url, ownerUrl: prepared.ownerUrl });
  undo.push(() => db.close());
  const defaultWorkspaceId = await ensureDefaultWorkspace(db, secretBox);

  const outbound = createOutbound({ allow: [...config.outboundAllow] });
  undo.push(() => outbound.close());
  const settings = createSettingsCache(db, adapters);
  const metrics = createMetrics();
  const connections = createConnections({ db, settings, adapters, secretBox, outbound, log });
  undo.push(() => connections.close());
  const worker = createWorker({
    db,
    settings,
    log,
    adapters,
    outbound,
    baseUrl: config.baseUrl,
    holder: randomUUID(),
    settleMs: config.settleMs,
    clock: { monotonic: () => performance.now(), wall: Date.now, sleep: (ms) => sleep(ms) },
    randomBytes,
    random: Math.random,
    serves: role !== 'api',
    openConnection: connections.open,
    stopConnection: connections.stop,
    onEffect: metrics.onEffect,
    onSurplus: metrics.onSurplus,
  });
  undo.push(() => Promise.race([worker.stop(), sleep(mostDrainMs, undefined, { ref: false })]));
  connections.onChange((workspaceId) => {
    // What a signal misses, the sweep finds.
    worker
      .refresh(workspaceId)
      .catch((error) => log.warn({ workspaceId, err: error }, 'wake.refresh.failed'));
  });
  if (role === 'worker') return undefined;

  const acceptor = createAcceptor({
    db,
    log,
    store: (workspaceId, entries) => accept(db, settings, workspaceId, entries),
    wake: worker.wake,
    onStored: metrics.onStored,
  });
  undo.push(() => acceptor.idle());
  const access = createAccess({ db, apiKey: config.apiKey, defaultWorkspaceId });
  undo.push(async () => access.close());
  const server = await createServer({
    config,
    log,
    access,
    whyNotReady: createReadyCheck(db, prepared.version),
    metrics: metrics.registry,
    routes: [
      intakeRoutes({
        acceptor,
        idempotency: createIdempotencyKeys(db),
        now: () => new Date(),
        onRejected: metrics.onRejected,
      }),
      alertRoutes({ db }),
      receiptRoutes({ db, wake: worker.wake }),
      organizationRoutes({ db, settings }),
      connectionRoutes({
        connections,
        acceptor,
        budgetOf: worker.budgetOf,
        wake: worker.wake,
        baseUrl: config.baseUrl,
      }),
      workspaceRoutes({ db }),
      apiKeyRoutes({ db, access }),
    ],
  });
  undo.push(() => server.close());
  return listen(server, config);
}

/** Lines of JSON on standard output; secrets never get into a log line, and what looks like one is masked anyway. */
export function createLogger(): Logger {
  return pino({
    level: process.env.LOG_LEVEL ?? 'info',
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['*.password', '*.secret', '*.authorization', 'headers.authorization', '*.credentials'],
      censor: '[masked]',
    },
  });
}

function buildAdapters(config: Config): ReturnType<typeof createAdapters> {
  for (const kind of config.psaUrls.keys()) {
    if (!isPsaKind(kind))
      throw new StartupError(`HERALD_PSA_URLS names "${kind}", which is not a PSA that Herald knows.`);
  }
  try {
    return createAdapters(Object.fromEntries(config.psaUrls));
  } catch (error) {
    throw new StartupError(`HERALD_PSA_URLS cannot be used: ${(error as Error).message}`);
  }
}

/** HERALD_SECRET_KEY, or a key file in the data directory when the database is embedded. */
async function masterKeys(config: Config): Promise<[MasterKey, ...MasterKey[]]> {
  if (config.secretKey !== undefined) {
    const parsed = parseMasterKeys(config.secretKey);
    if (!parsed.ok) throw new StartupError(parsed.message);
    return parsed.keys;
  }
  if (config.databaseUrl !== undefined) {
    throw new StartupError(
      'HERALD_SECRET_KEY is missing: with DATABASE_URL, set it to a secret of at least 32 characters (openssl rand -base64 32).',
    );
  }
  const file = await loadOrCreateKeyFile(config.dataDir).catch((error: Error) => {
    throw new StartupError(`The data directory ${config.dataDir} cannot be used: ${error.message}.`);
  });
  if (!file.ok) throw new StartupError(file.message);
  return file.keys;
}

const createBox = (keys: [MasterKey, ...MasterKey[]]) => createSecretBox(keys, keys[0].id);

async function listen(server: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new StartupError(`Port ${port} is taken: stop what uses it, or set HERALD_PORT to another one.`);
    }
    throw new StartupError(`Herald cannot listen on ${host}:${port}: ${message}.`);
  }
}
