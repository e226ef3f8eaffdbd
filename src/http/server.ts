/**
 * The HTTP server: what every request passes, in order, is spelled out in {@link createServer}. The routes live in
 * their slices and come as plugins; below /api/v1 each needs a key, a scope and schemas.
 */
import type { Socket } from 'node:net';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { type AdmissionParts, turnAwayWhatIsTooMuch } from './admission.ts';
import { type PersonAccess, requireActor } from './auth.ts';
import { readJsonBodies } from './body.ts';
import { registerDocs } from './docs.ts';
import { addSecurityHeaders } from './headers.ts';
import { describeRoutes } from './openapi.ts';
import { type OperationsParts, registerOperations } from './operations.ts';
import { registerPages } from './pages.ts';
import { clientErrorAnswer, createErrorHandler } from './problems.ts';
import { readForwardedAddresses } from './proxies.ts';
import { bodyLimitBytes } from './readBody.ts';
import type { Scope } from './scopes.ts';
import { closed, validatorCompiler } from './validation.ts';

/** The routes of a slice. Registered below /api/v1; `request.actor` is set in every handler. */
export type Plugin = (app: FastifyInstance) => void | Promise<void>;

export interface ServerParts extends OperationsParts, AdmissionParts {
  config: Pick<Config, 'baseUrl'> & Partial<Pick<Config, 'trustProxy'>>;
  log: Logger;
  routes: readonly Plugin[];
  /** Whoever signs in; without it only keys are let in. */
  people?: PersonAccess;
  /** Routes that find out by themselves who asks: signing in. Registered without a prefix. */
  openRoutes?: Plugin;
  timeouts?: Partial<ServerTimeouts>;
}

/** Milliseconds. `headers` must be below `request`, or slow bodies stay open (promises M9, I-22). */
interface ServerTimeouts {
  headers: number;
  request: number;
  check: number;
}

const usualTimeouts: ServerTimeouts = { headers: 10_000, request: 30_000, check: 1_000 };

/** Builds the server; `listen` or `inject` start it, `close` lets requests under way end. */
export async function createServer(parts: ServerParts): Promise<FastifyInstance> {
  const { config, log, access, routes, people, openRoutes } = parts;
  const isHttps = config.baseUrl.startsWith('https:');
  const app = createApp(log, { ...usualTimeouts, ...parts.timeouts }, config.trustProxy ?? []);

  readForwardedAddresses(app);
  addSecurityHeaders(app, { isHttps });
  await turnAwayWhatIsTooMuch(app, parts);
  readJsonBodies(app);
  app.setValidatorCompiler(validatorCompiler as never);
  app.setSerializerCompiler(serializerCompiler as never);
  app.setErrorHandler(createErrorHandler(log));
  requireSchemas(app);
  closeConnectionsAtEnd(app);
  await describeRoutes(app, config.baseUrl);
  await registerPages(app);

  await app.register(async (scope) => registerDocs(scope, { access, people, isHttps }));
  await app.register(async (scope) => registerOperations(scope, parts));
  if (openRoutes) await app.register(async (scope) => openRoutes(scope));
  await app.register(
    async (scope) => {
      requireActor(scope, access, people);
      for (const plugin of routes) await scope.register(async (inner) => plugin(inner));
    },
    { prefix: '/api/v1' },
  );
  return app;
}

function createApp(log: Logger, timeouts: ServerTimeouts, trustProxy: readonly string[]): FastifyInstance {
  return Fastify({
    loggerInstance: log as FastifyBaseLogger,
    // A line per request would cost more than the request; what goes wrong is logged where it does.
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (logger) => logger,
    trustProxy: trustProxy.length > 0 && [...trustProxy],
    requestIdHeader: false,
    bodyLimit: bodyLimitBytes,
    requestTimeout: timeouts.request,
    http: { headersTimeout: timeouts.headers, connectionsCheckingInterval: timeouts.check },
    routerOptions: { maxParamLength: 200 },
    clientErrorHandler: (error: Error & { code?: string }, socket: Socket) => {
      if (socket.writable && error.code !== 'ECONNRESET') socket.write(clientErrorAnswer(error.code));
      socket.destroy();
    },
    frameworkErrors: (error, request, reply) => {
      createErrorHandler(log)(error, request as FastifyRequest, reply as never);
    },
  });
}

const closeEveryMs = 100;

/** A connection whose request was under way when the end began is idle a moment later: close it then, too. */
function closeConnectionsAtEnd(app: FastifyInstance): void {
  let timer: NodeJS.Timeout | undefined;
  app.addHook('preClose', async () => {
    timer = setInterval(() => app.server.closeIdleConnections(), closeEveryMs);
  });
  app.addHook('onClose', async () => clearInterval(timer));
}

/** A route as it was registered, for tests that go through all of them. */
export interface ListedRoute {
  method: string;
  url: string;
  /** Absent where no key is asked for. */
  scope?: Scope;
  isHidden: boolean;
}

const inventories = new WeakMap<FastifyInstance, ListedRoute[]>();

/** Every route of a server, but the HEAD ones that come with GET (security checklist API9, test N1). */
export const listRoutes = (app: FastifyInstance): readonly ListedRoute[] => inventories.get(app) ?? [];

const noMembers = z.strictObject({});

/**
 * A route without a schema does not start (ASVS 2.2.1). Members that a schema does not name are refused; a route
 * without a query takes none.
 */
function requireSchemas(app: FastifyInstance): void {
  const inventory: ListedRoute[] = [];
  inventories.set(app, inventory);
  app.addHook('onRoute', (route) => {
    const schema = route.schema;
    if (!schema) throw new Error(`${route.method} ${route.url} has no schema`);
    if (!schema.hide && !(schema.summary && schema.response)) {
      throw new Error(`${route.method} ${route.url} has no summary or no response schema`);
    }
    const { url, config } = route;
    for (const method of [route.method].flat()) {
      if (method === 'HEAD') continue;
      inventory.push({
        method,
        url,
        isHidden: schema.hide === true,
        ...(config?.scope ? { scope: config.scope } : {}),
      });
    }
    schema.querystring = closed(schema.querystring ?? noMembers);
    if (schema.body) schema.body = closed(schema.body);
  });
}
