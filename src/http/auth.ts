/** Who asks, and whether the route is for them: before anything of the request is read or checked. */
import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import type { Access } from '../access/access.ts';
import { hasScope, type Scope } from '../access/scopes.ts';
import type { Actor } from '../access/types.ts';
import { notFound, Problem } from '../errors.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route below /api/v1. */
    actor: Actor;
  }
  interface FastifyContextConfig {
    /** What a key must be allowed to do to use this route. */
    scope?: Scope;
  }
}

/** One text for a key that is unknown, revoked or malformed (promises I-24). */
const unauthorized = new Problem(
  401,
  'unauthorized',
  'Send a valid API key as "Authorization: Bearer <key>".',
);

/** Every request of this plugin needs an actor; every route of it says which scope it asks for. */
export function requireActor(app: FastifyInstance, access: Access): void {
  // Null until the hook below has run; no handler sees it.
  app.decorateRequest('actor', null as unknown as Actor);
  app.addHook('onRequest', (request, _reply, done) => {
    const found = access.authenticate(request.headers.authorization);
    if (found instanceof Promise) found.then((actor) => done(admit(request, actor)), done);
    else done(admit(request, found));
  });
  app.addHook('onRoute', (route) => {
    const scope = route.config?.scope;
    if (!scope) throw new Error(`${route.method} ${route.url} does not say which scope it asks for`);
    route.onRequest = [...[route.onRequest ?? []].flat(), requireScope(scope)];
  });
}

function admit(request: FastifyRequest, actor: Actor | undefined): Problem | undefined {
  if (!actor) return unauthorized;
  const wanted = request.headers['herald-workspace'];
  if (wanted !== undefined && wanted !== actor.workspaceId) return notFound('workspace');
  request.actor = actor;
  return undefined;
}

function requireScope(scope: Scope): onRequestHookHandler {
  const refusal = new Problem(403, 'forbidden', `This API key does not have the scope "${scope}".`);
  return (request, _reply, done) => done(hasScope(request.actor, scope) ? undefined : refusal);
}
