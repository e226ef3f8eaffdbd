/**
 * The two steps of a sign-on: to the provider, and back. Both end at an address of ours that no parameter can change: the
 * page that was wanted is handed to the sign-in page, which leads to pages of Herald only (ASVS 3.7.2).
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomNonce, randomPKCECodeVerifier, randomState } from 'openid-client';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Database, PeopleDatabase } from '../../../db/database.ts';
import { notFound } from '../../../errors.ts';
import { idParams, type Plugin, typed } from '../../../http/index.ts';
import type { SecretBox } from '../../../secrets/index.ts';
import { peopleTags as tags } from '../../routeConfig.ts';
import { tooManyTries } from '../authProblems.ts';
import type { Cookies } from '../cookies.ts';
import type { KnownDevices } from '../knownDevices.ts';
import { beginSession } from '../signIn.ts';
import type { Throttle } from '../throttle.ts';
import { hashToken } from '../tokens.ts';
import { readState, writeState } from './browserState.ts';
import type { ProviderAccess, SignOnClient } from './client.ts';
import { openSecret } from './secret.ts';
import { type SignOn, settleSignOn } from './signOn.ts';
import { findProvider, insertAttempt, type ProviderRow, takeAttempt } from './store.ts';

export interface SignOnParts {
  people: PeopleDatabase;
  db: Database;
  secretBox: SecretBox;
  client: SignOnClient;
  cookies: Cookies;
  devices: KnownDevices;
  throttle: Throttle;
  baseUrl: string;
  log: Logger;
}

/** Binds the answer to the browser that asked. */
const stateCookie = 'sign_on_state';
const stateSeconds = 600;

export function openSignOnRoutes(parts: SignOnParts): Plugin {
  return (app) => {
    const routes = typed(app);
    routes.get(
      '/api/sign-on/:id/begin',
      {
        schema: {
          tags,
          summary: 'Go to the identity provider to sign in',
          params: idParams,
          querystring: z.strictObject({
            invitation: z.string().max(100).optional(),
            next: z
              .string()
              .max(10_000)
              .optional()
              .meta({ description: 'The page to which the person wants to come.' }),
          }),
          response: { 302: z.null() },
        },
      },
      async ({ params: { id }, query: { invitation, next }, ip }, reply) => {
        if (!(await parts.throttle.take('link', ip))) throw tooManyTries;
        const provider = await providerOf(parts, id);
        const checks = { state: randomState(), nonce: randomNonce(), codeVerifier: randomPKCECodeVerifier() };
        const to = await accessOf(parts, provider)
          .then((access) => parts.client.begin(access, checks))
          .catch((error: Error) => {
            parts.log.warn({ providerId: id, err: error }, 'access.signOn.unreachable');
            return undefined;
          });
        if (!to) return refuse(parts, reply, 'unreachable', next);
        const kept = writeState({ state: checks.state, next });
        await parts.people.transaction((tx) =>
          insertAttempt(tx, {
            stateHash: hashToken(kept),
            providerId: id,
            nonce: checks.nonce,
            codeVerifier: checks.codeVerifier,
            invitationHash: invitation === undefined ? null : hashToken(invitation),
          }),
        );
        reply.header('set-cookie', parts.cookies.ownCookie(stateCookie, kept, stateSeconds));
        return reply.code(302).header('location', to.href).send(null);
      },
    );

    routes.get(
      '/api/sign-on/:id/callback',
      {
        schema: {
          tags,
          summary: 'Where the identity provider sends the browser back to',
          params: idParams,
          // Providers add members of their own.
          querystring: z.looseObject({
            state: z.string().max(200).optional(),
            error: z.string().max(200).optional(),
          }),
          response: { 302: z.null() },
        },
      },
      async (request, reply) => {
        const {
          params: { id },
          query: { state, error: declined },
          headers,
          ip,
          url,
        } = request;
        const provider = await providerOf(parts, id);
        reply.header('set-cookie', parts.cookies.ownCookie(stateCookie, '', 0));
        const kept = parts.cookies.read(headers.cookie, stateCookie) ?? '';
        const { state: asked, next } = readState(kept);
        const attempt =
          asked === state
            ? await parts.people.transaction((tx) => takeAttempt(tx, id, hashToken(kept)))
            : undefined;
        if (!attempt || state === undefined) return refuse(parts, reply, 'tooLate');
        const checks = { state, nonce: attempt.nonce, codeVerifier: attempt.code_verifier };
        const answeredAt = new URL(url, parts.baseUrl);
        const claims = await accessOf(parts, provider)
          .then((access) => parts.client.finish(access, answeredAt, checks))
          .catch((error: Error) => {
            parts.log.warn({ ip, providerId: id, reason: error.message }, 'access.signOn.refused');
            return undefined;
          });
        if (!claims)
          return refuse(parts, reply, declined === 'access_denied' ? 'declined' : 'notProven', next);
        return enter(parts, request, reply, next, (tx) =>
          settleSignOn(parts.people, tx, provider, claims, attempt.invitation_hash),
        );
      },
    );
  };
}

async function enter(
  parts: SignOnParts,
  request: FastifyRequest,
  reply: FastifyReply,
  next: string | undefined,
  settle: (tx: Parameters<typeof beginSession>[0]) => Promise<SignOn>,
): Promise<FastifyReply> {
  const came = await parts.people.transaction(async (tx) => {
    const settled = await settle(tx);
    if (settled.kind === 'refused') return settled.reason;
    return beginSession(tx, parts, request, settled.userId, 'singleSignOn');
  });
  if (typeof came === 'string') {
    parts.log.warn({ ip: request.ip, reason: came }, 'access.signOn.refused');
    return refuse(parts, reply, came, next);
  }
  await parts.throttle.giveBack('link', request.ip);
  came(reply);
  const to = next === undefined ? '/' : signInPage({ next });
  return reply
    .code(302)
    .header('location', parts.baseUrl + to)
    .send(null);
}

/** To the sign-in page, which has words for the reason; whoever gets in there by another way comes to `next` all the same. */
function refuse({ baseUrl }: SignOnParts, reply: FastifyReply, refused: string, next?: string): FastifyReply {
  const to = signInPage({ refused, ...(next !== undefined && { next }) });
  return reply
    .code(302)
    .header('location', baseUrl + to)
    .send(null);
}

const signInPage = (search: Record<string, string>): string => `/sign-in?${new URLSearchParams(search)}`;

async function providerOf({ people }: SignOnParts, id: string): Promise<ProviderRow> {
  const provider = await people.transaction((tx) => findProvider(tx, id));
  if (!provider) throw notFound('single sign-on');
  return provider;
}

async function accessOf(parts: SignOnParts, provider: ProviderRow): Promise<ProviderAccess> {
  const { issuer, client_id: clientId, id } = provider;
  const clientSecret = await openSecret(parts, provider);
  return { issuer, clientId, clientSecret, redirectUri: `${parts.baseUrl}/api/sign-on/${id}/callback` };
}
