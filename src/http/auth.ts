/** Who asks, and whether the route is for them: before anything of the request is read or checked. */
import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import { notFound, Problem } from '../errors.ts';
import type { Actor, KeyAccess } from './actor.ts';
import { recentSignInNeeded, secondFactorNeeded, signInNeeded } from './refusals.ts';
import { hasScope, type Scope } from './scopes.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route below /api/v1. */
    actor: Actor;
  }
  interface FastifyContextConfig {
    /** What a key or a person must be allowed to do to use this route. */
    scope?: Scope;
    /** Changes who may do what, or with which secrets: people must have proved who they are a short while ago. */
    isSensitive?: boolean;
  }
}

/** One text for a key that is unknown, revoked or malformed (promises I-24). */
export const unauthorized = new Problem(
  401,
  'unauthorized',
  'Send a valid API key as "Authorization: Bearer <key>".',
);

/** Whoever asks with a cookie instead of a key. */
export interface PersonAccess {
  isPerson(request: FastifyRequest): boolean;
  /** @throws Problem */
  admit(request: FastifyRequest): Promise<Actor | undefined>;
}

/** Every request of this plugin needs an actor; every route of it says which scope it asks for. */
export function requireActor(app: FastifyInstance, access: KeyAccess, people?: PersonAccess): void {
  requireSomebody(app, access, people);
  app.addHook('onRoute', (route) => {
    const scope = route.config?.scope;
    if (!scope) throw new Error(`${route.method} ${route.url} does not say which scope it asks for`);
    const isSensitive = route.config?.isSensitive === true;
    route.onRequest = [...[route.onRequest ?? []].flat(), requireScope(scope), requireProof(isSensitive)];
  });
}

/**
 * Every request of this plugin needs an actor, whatever it may do.
 * @param refusal of whoever comes without a session or a valid key
 */
export function requireSomebody(
  app: FastifyInstance,
  access: KeyAccess,
  people?: PersonAccess,
  refusal: Problem = unauthorized,
): void {
  // Null until the hook below has run; no handler sees it.
  app.decorateRequest('actor', null as unknown as Actor);
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.headers.authorization === undefined && people?.isPerson(request)) {
      people.admit(request).then((actor) => {
        if (actor) request.actor = actor;
        done(actor ? undefined : signInNeeded);
      }, done);
      return;
    }
    const found = access.authenticate(request.headers.authorization);
    if (found instanceof Promise) found.then((actor) => done(admit(request, actor, refusal)), done);
    else done(admit(request, found, refusal));
  });
}

function admit(request: FastifyRequest, actor: Actor | undefined, refusal: Problem): Problem | undefined {
  if (!actor) return refusal;
  const wanted = request.headers['herald-workspace'];
  if (wanted !== undefined && wanted !== actor.workspaceId) return notFound('workspace');
  request.actor = actor;
  return undefined;
}

function requireScope(scope: Scope): onRequestHookHandler {
  const ofKey = new Problem(403, 'forbidden', `This API key does not have the scope "${scope}".`);
  const ofPerson = new Problem(403, 'forbidden', wordsOfRole[scope]);
  return ({ actor }, _reply, done) => {
    if (hasScope(actor, scope)) done();
    else done(actor.userId === undefined ? ofKey : ofPerson);
  };
}

const onlyAdministrators = 'Only administrators can do this.';
const wordsOfRole: Record<Scope, string> = {
  read: onlyAdministrators,
  operate: 'Only operators and administrators can do this.',
  intake: onlyAdministrators,
  admin: onlyAdministrators,
};

/** What a session lacks; keys have nothing to prove (ASVS 6.3.3, 7.5.1). */
function requireProof(isSensitive: boolean): onRequestHookHandler {
  return ({ actor: { proof } }, _reply, done) => {
    if (proof?.lacksSecondFactor) done(secondFactorNeeded);
    else done(isSensitive && proof?.isOld ? recentSignInNeeded : undefined);
  };
}
