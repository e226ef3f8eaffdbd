/** Starts everything and is the only place that wires things together: config, database, workers, HTTP. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { type Logger, type LoggerOptions, pino } from 'pino';
import { apiKeyRoutes, createAccess, createPeople } from './access/index.ts';
import { alertRoutes, createAcceptor } from './alerts/index.ts';
import { auditRoutes } from './audit/routes.ts';
import { createBlocks } from './blocks/index.ts';
import type { Config } from './config.ts';
import { connectionRoutes, createConnections } from './connections/index.ts';
import { dashboardRoutes } from './dashboard/index.ts';
import { openDatabase } from './db/database.ts';
import { watchHeadroom } from './db/headroom.ts';
import { prepareDatabase } from './db/prepare.ts';
import { deliverMail } from './deliver/mail/index.ts';
import { createEmail, createReviews, emailRoutes } from './email/index.ts';
import { StartupError } from './errors.ts';
import { createReadyCheck } from './http/ready.ts';
import { createServer } from './http/server.ts';
import { createIdempotencyKeys } from './intake/idempotency.ts';
import { intakeRoutes } from './intake/routes.ts';
import { createLogLines } from './logLines.ts';
import { createMetrics } from './metrics.ts';
import { organizationRoutes } from './organizations/index.ts';
import { createOutbound, parseAllow } from './outbound/index.ts';
import { accept, deliver } from './pipeline.ts';
import { createAdapters, isPsaKind } from './psa/kinds.ts';
import { receiptRoutes } from './receipts/index.ts';
import { createRetention } from './retention/index.ts';
import { createSettingsCache } from './settings/index.ts';
import { createMailer, type MailServer } from './smtp/index.ts';
import { readStartKeys, refuseForeignKey } from './startKeys.ts';
import { createCallCounter } from './wake/callCounts.ts';
import { createWorker } from './wake/worker.ts';
import { ensureDefaultWorkspace, workspaceRoutes } from './workspaces/index.ts';

export type Role = 'all' | 'api' | 'worker';

export interface Herald {
  /** Where the API listens; undefined for a worker. */
  url: string | undefined;
  /** By which the first administrator is made; undefined when there is somebody. A secret: for the terminal only. */
  firstLink: string | undefined;
  /** Ends in order: no new requests, what was taken is stored, calls under way are settled, then the database. */
  close(): Promise<void>;
}

export interface HeraldOptions {
  role?: Role;
  log?: Logger;
  /** Signing in by one click, and where the simulated PSA and the mailbox have their pages. */
  demo?: { psaUrl: string; mailUrl: string };
}

/** All calls to the outside, of people and of deliveries, get this long to end by themselves when Herald ends. */
const mostCallsMs = 18_000;
/** Then what they came to is stored; deliveries that are still open are looked up by the next worker. */
const mostWorkMs = 23_000;
/** After this no step is waited for any more: whoever stops a process kills it after 30 s. */
const mostCloseMs = 27_000;

/** What has been begun and how it ends, in the order of the beginning. */
interface Ending {
  steps: ((leftMs: () => number) => Promise<unknown>)[];
  abortCalls(): void;
}

/** @throws StartupError with one sentence when it cannot start; everything begun is ended again. */
export async function startHerald(
  config: Config,
  { role = 'all', log = createLogger(), demo }: HeraldOptions = {},
): Promise<Herald> {
  const ending: Ending = { steps: [], abortCalls: () => undefined };
  const close = () => end(ending);
  try {
    const started = await start(config, { role, log, demo }, ending);
    return { url: started?.url, firstLink: started?.firstLink, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function end(ending: Ending): Promise<void> {
  const until = performance.now() + mostWorkMs;
  const aborting = setTimeout(() => ending.abortCalls(), mostCallsMs);
  const late = sleep(mostCloseMs, undefined, { ref: false });
  try {
    for (const step of ending.steps.splice(0).reverse()) {
      await Promise.race([step(() => Math.max(1_000, until - performance.now())), late]);
    }
  } finally {
    clearTimeout(aborting);
  }
}

interface Started {
  url: string;
  firstLink: string | undefined;
}

async function start(
  config: Config,
  { role, log, demo }: { role: Role; log: Logger; demo: HeraldOptions['demo'] },
  ending: Ending,
): Promise<Started | undefined> {
  const undo = ending.steps;
  const allow = parseAllow([...config.outboundAllow]);
  if (!allow.ok) throw new StartupError(`HERALD_OUTBOUND_ALLOW cannot be used: ${allow.message}`);
  if (config.settleMs !== undefined) {
    log.warn(
      `HERALD_SETTLE_SECONDS is set: unclear answers are settled after ${config.settleMs / 1000} s. For tests only.`,
    );
  }
  const adapters = buildAdapters(config);
  const keys = await readStartKeys(config);
  const { secretBox, masterKeys } = keys;

  const prepared = await prepareDatabase(config, {
    info: (text) => log.info(text),
    warn: (text) => log.warn(text),
  });
  undo.push(() => prepared.stop());
  const db = openDatabase({ url: prepared.url, ownerUrl: prepared.ownerUrl });
  undo.push(() => db.close());
  const defaultWorkspaceId = await ensureDefaultWorkspace(db, secretBox);
  await refuseForeignKey(db, keys, defaultWorkspaceId);

  const outbound = createOutbound({ allow: [...config.outboundAllow] });
  undo.push(() => outbound.close());
  ending.abortCalls = outbound.abort;
  const settings = createSettingsCache(db, adapters, {
    hasServers: config.mailServers.length > 0,
    hasSender: config.mailFrom !== undefined,
  });
  const metrics = createMetrics();
  const counter = createCallCounter(db, log);
  undo.push(() => counter.close());
  const connections = createConnections({
    db,
    settings,
    adapters,
    secretBox,
    outbound,
    log,
    onCall: counter.called,
  });
  undo.push(() => connections.close());
  const openMailer = (servers: readonly MailServer[]) =>
    createMailer({
      servers,
      allow: config.outboundAllow,
      now: () => performance.now(),
      random: Math.random,
      log: (fields, text) => log.warn(fields, text),
    });
  const email = createEmail({
    db,
    settings,
    secretBox,
    log,
    config: {
      smtp: { servers: config.mailServers, from: config.mailFrom },
      outboundAllow: config.outboundAllow,
    },
    openMailer,
  });
  const reviews = createReviews({
    db,
    log,
    email,
    openMailer,
    baseUrl: config.baseUrl,
    now: () => new Date(),
  });
  undo.push(() => reviews.close());
  const retention = createRetention({ db, log, onRemoved: metrics.onRemoved });
  undo.push(() => retention.close());
  const blocks = createBlocks({ db, log });
  undo.push(() => blocks.close());
  const clock = { monotonic: () => performance.now(), wall: Date.now, sleep: (ms: number) => sleep(ms) };
  const worker = createWorker({
    db,
    deliver: (work) => deliver(db, settings, work),
    log,
    adapters,
    outbound,
    baseUrl: config.baseUrl,
    holder: randomUUID(),
    settleMs: config.settleMs,
    clock,
    random: Math.random,
    serves: role !== 'api',
    openConnection: connections.open,
    mail: {
      deliver: (work) => deliverMail(db, settings, work),
      log,
      baseUrl: config.baseUrl,
      clock,
      random: Math.random,
      settleMs: config.settleMs,
      openMail: email.open,
      createMailer: openMailer,
      stopMail: email.stop,
      onMail: metrics.onMail,
    },
    standingOf: connections.standingOf,
    stopConnection: connections.stop,
    checkContracts: connections.checkContracts,
    removeOld: retention.turn,
    describeAlerts: blocks.turn,
    remindReviews: reviews.turn,
    onEffect: metrics.onEffect,
    onSurplus: metrics.onSurplus,
    onWayOut: metrics.onWayOut,
  });
  undo.push((leftMs) => worker.stop(leftMs()));
  const tellWorker = (workspaceId: string, channelId: string) => {
    // What a signal misses, the sweep finds.
    worker
      .changed(workspaceId, channelId)
      .catch((error) => log.warn({ workspaceId, err: error }, 'wake.refresh.failed'));
  };
  connections.onChange(tellWorker);
  // The mail of a workspace is a channel whose id is that of the workspace.
  email.onChange((workspaceId) => tellWorker(workspaceId, workspaceId));
  if (role === 'worker') return undefined;

  const headroom = prepared.clusterDir ? watchHeadroom({ clusterDir: prepared.clusterDir, log }) : undefined;
  undo.push(async () => headroom?.close());
  const acceptor = createAcceptor({
    db,
    log,
    whyNot: () => headroom?.problem(),
    store: (workspaceId, entries) => accept(db, settings, workspaceId, entries),
    wake: worker.wake,
    onStored: metrics.onStored,
  });
  undo.push(() => acceptor.idle());
  const access = createAccess({ db, apiKey: config.apiKey, defaultWorkspaceId });
  undo.push(async () => access.close());
  const people = createPeople({
    databaseUrl: prepared.url,
    db,
    baseUrl: config.baseUrl,
    masterKeys,
    secretBox,
    outbound,
    log,
    defaultWorkspaceId,
    apiKey: config.apiKey,
    demo,
  });
  undo.push(() => people.close());
  const firstLink = await people.begin(config.firstAdministrator);
  const server = await createServer({
    config,
    log,
    access,
    whyNotReady: createReadyCheck(db, prepared.version),
    people: people.gate,
    openRoutes: people.openRoutes,
    metrics: metrics.registry,
    metricsKey: config.metricsKey,
    databaseWaitMs: () => db.waitedMs,
    routes: [
      intakeRoutes({
        acceptor,
        idempotency: createIdempotencyKeys(db),
        now: () => new Date(),
        onRejected: metrics.onRejected,
      }),
      alertRoutes({ db }),
      dashboardRoutes({ db, settings, adapters }),
      receiptRoutes({ db, wake: worker.wake }),
      organizationRoutes({ db, settings }),
      connectionRoutes({
        connections,
        acceptor,
        wake: worker.wake,
        baseUrl: config.baseUrl,
      }),
      emailRoutes({ email, acceptor, baseUrl: config.baseUrl }),
      workspaceRoutes({ db }),
      apiKeyRoutes({ db, people: people.database, access }),
      ...people.routes,
      auditRoutes({ db, secretBox, now: () => new Date() }),
    ],
  });
  undo.push(() => server.close());
  return { url: await listen(server, config), firstLink };
}

/** Lines of JSON on standard output; secrets never get into a log line, and what looks like one is masked anyway. */
export function createLogger(): Logger {
  const options: LoggerOptions = {
    level: process.env.LOG_LEVEL ?? 'info',
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['*.password', '*.secret', '*.authorization', 'headers.authorization', '*.credentials'],
      censor: '[masked]',
    },
  };
  const lines = createLogLines();
  process.once('exit', () => lines.flushSync());
  return pino(options, lines);
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
