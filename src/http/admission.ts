/**
 * Too much is turned away early and kindly (promise P11): with 503 and Retry-After, before anything of the request is
 * read, and before memory, file descriptors or the patience of the sender are used up.
 */
import { readFileSync } from 'node:fs';
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../errors.ts';
import { createFairShare } from '../fairShare.ts';
import { bodyLimitBytes } from './readBody.ts';

export interface AdmissionParts {
  /** How long the first of those who wait for the database has waited, in milliseconds. */
  databaseWaitMs?: () => number;
  /** Connections that this process serves; from its limit of file descriptors if left out. */
  mostConnections?: number;
}

/** A loop that is late by this much on average serves nobody well: turn requests away for a while. */
const mostLoopDelayMs = 250;
/** Whoever came now would wait longer: half of the wait after which the database counts as away. */
const mostDatabaseWaitMs = 1_000;
/** Bodies that are being read or worked on, together. */
const mostBodyBytes = 256 * 1024 * 1024;

export async function turnAwayWhatIsTooMuch(app: FastifyInstance, parts: AdmissionParts): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: mostLoopDelayMs,
    sampleInterval: 1_000,
    pressureHandler: (request) => {
      if (!isForMachines(request)) throw overloaded('The service is overloaded. Send it again shortly.', 5);
    },
  });
  limitConnections(app, parts.mostConnections ?? connectionsFor(mostOpenFiles()));
  limitDatabaseWait(app, parts.databaseWaitMs ?? (() => 0));
  limitBodies(app);
}

const overloaded = (text: string, retryAfterSeconds = 2): Problem =>
  new Problem(503, 'overloaded', text, { retryAfterSeconds });

/** Whoever restarts a process that is merely busy makes it worse. */
const isForMachines = ({ url }: FastifyRequest): boolean =>
  url === '/healthz' || url === '/readyz' || url === '/metrics';

/** The rest of the descriptors is for the database, the PSAs and files. */
const connectionsFor = (openFiles: number): number => Math.min(20_000, Math.floor(openFiles * 0.6));

/** A connection above the limit gets one answer and is closed; far above it, it is closed without. */
function limitConnections(app: FastifyInstance, most: number): void {
  let open = 0;
  app.server.maxConnections = Math.ceil(most * 1.25);
  app.server.on('connection', (socket) => {
    open += 1;
    socket.once('close', () => {
      open -= 1;
    });
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (open <= most || isForMachines(request)) return done();
    reply.header('connection', 'close');
    done(overloaded('Too many connections are open. Send it again shortly.'));
  });
}

function limitDatabaseWait(app: FastifyInstance, waitMs: () => number): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const isLong = !isForMachines(request) && waitMs() > mostDatabaseWaitMs;
    done(isLong ? overloaded('The database is busy. Nothing was stored; send it again shortly.') : undefined);
  });
}

/** Counted by what is announced, when the caller is known and before a byte of the body is read. */
function limitBodies(app: FastifyInstance): void {
  const bodies = createFairShare(mostBodyBytes);
  app.addHook('preParsing', (request, reply, payload, done) => {
    const size = announcedBytes(request);
    if (size === 0) return done(null, payload);
    const { workspaceId = '', keyId = '' } = request.actor ?? {};
    const place = bodies.enter({ owner: workspaceId, part: keyId }, size);
    if (place.kind !== 'taken')
      return done(overloaded('Too many large requests are being read. Send it again shortly.'));
    leaveAtEnd(reply, place.leave);
    done(null, payload);
  });
}

function announcedBytes({ headers }: FastifyRequest): number {
  const length = headers['content-length'];
  // More than the limit is refused by its header alone.
  if (length !== undefined) return Math.min(Number(length) || 0, bodyLimitBytes);
  return headers['transfer-encoding'] === undefined ? 0 : bodyLimitBytes;
}

/** Whether it is answered or breaks off. */
function leaveAtEnd({ raw }: FastifyReply, leave: () => void): void {
  raw.once('finish', leave);
  raw.once('close', leave);
}

const openFilesElsewhere = 1_024;

/** How many files and sockets this process may have open. */
function mostOpenFiles(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  } catch {
    return openFilesElsewhere;
  }
}
