/**
 * What of the library can be reached: a closed list, each with a strict body. Members such as `callbackURL` or
 * `trustDevice` are refused with the rest that nobody named, so nothing redirects and no device skips the second factor.
 * Answers lose the token that belongs into the cookie alone.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { PeopleDatabase } from '../../db/database.ts';
import { Problem } from '../../errors.ts';
import type { Plugin } from '../../http/index.ts';
import { askAuth } from './askAuth.ts';
import type { Auth } from './auth.ts';
import { problemOfAuth, tooManyTries, wrongCredentials } from './authProblems.ts';
import type { Gate } from './gate.ts';
import type { Hasher } from './passwords.ts';
import { mostCharacters } from './passwords.ts';
import { mayChangeCredentials } from './proof.ts';
import { noteSignIn } from './store.ts';
import type { Throttle } from './throttle.ts';

export interface AuthRouteParts {
  auth: Auth;
  people: PeopleDatabase;
  gate: Gate;
  throttle: Throttle;
  hasher: Hasher;
  baseUrl: string;
  log: Logger;
}

interface Endpoint {
  method: 'GET' | 'POST';
  path: string;
  summary: string;
  body?: z.ZodType;
  /**
   * `nobody`: it makes or ends a session. `guess`: it does so by a secret that can be guessed. `credentials`: it changes
   * what a person signs in with.
   */
  by: 'nobody' | 'guess' | 'credentials';
}

const password = z.string().max(mostCharacters);
const code = z.string().trim().min(1).max(64);
const none = z.strictObject({}).optional();
const withPassword = z.strictObject({ password: password.optional() });

const endpoints: readonly Endpoint[] = [
  {
    method: 'POST',
    path: '/sign-in/email',
    summary: 'Sign in by e-mail address and password',
    body: z.strictObject({ email: z.email().max(254), password, rememberMe: z.boolean().optional() }),
    by: 'guess',
  },
  { method: 'POST', path: '/sign-out', summary: 'End this session', body: none, by: 'nobody' },
  {
    method: 'POST',
    path: '/two-factor/verify-totp',
    summary: 'Show a code of the authenticator: the second step of signing in, or the last of setting it up',
    body: z.strictObject({ code }),
    by: 'guess',
  },
  {
    method: 'POST',
    path: '/two-factor/verify-backup-code',
    summary: 'Show a backup code instead of one of the authenticator',
    body: z.strictObject({ code }),
    by: 'guess',
  },
  {
    method: 'POST',
    path: '/two-factor/enable',
    summary: 'Begin to set up an authenticator; answers its address and the backup codes, once',
    body: withPassword,
    by: 'credentials',
  },
  {
    method: 'POST',
    path: '/two-factor/disable',
    summary: 'Remove the authenticator',
    body: withPassword,
    by: 'credentials',
  },
  {
    method: 'POST',
    path: '/two-factor/generate-backup-codes',
    summary: 'Make new backup codes; the old ones end',
    body: withPassword,
    by: 'credentials',
  },
  {
    method: 'GET',
    path: '/passkey/generate-authenticate-options',
    summary: 'Begin to sign in by a passkey',
    by: 'nobody',
  },
  {
    method: 'POST',
    path: '/passkey/verify-authentication',
    summary: 'Sign in by a passkey',
    body: z.strictObject({ response: z.record(z.string(), z.unknown()) }),
    by: 'guess',
  },
  {
    method: 'GET',
    path: '/passkey/generate-register-options',
    summary: 'Begin to add a passkey',
    by: 'credentials',
  },
  {
    method: 'POST',
    path: '/passkey/verify-registration',
    summary: 'Add a passkey',
    body: z.strictObject({
      response: z.record(z.string(), z.unknown()),
      name: z.string().trim().min(1).max(100).optional(),
    }),
    by: 'credentials',
  },
  { method: 'GET', path: '/passkey/list-user-passkeys', summary: 'Own passkeys', by: 'credentials' },
  {
    method: 'POST',
    path: '/passkey/delete-passkey',
    summary: 'Remove a passkey',
    body: z.strictObject({ id: z.string().max(64) }),
    by: 'credentials',
  },
];

export function authRoutes(parts: AuthRouteParts): Plugin {
  return (app) => {
    for (const endpoint of endpoints) register(app, endpoint, parts);
  };
}

function register(app: FastifyInstance, endpoint: Endpoint, parts: AuthRouteParts): void {
  const { method, path, summary, body } = endpoint;
  app.route({
    method,
    url: `/api/auth${path}`,
    schema: { tags: ['people'], summary, ...(body && { body }), response: { 200: z.unknown() } },
    handler: async (request, reply) => {
      const guessed = endpoint.by === 'credentials' ? await mayTryPassword(parts, request) : undefined;
      const email = (request.body as { email?: string } | undefined)?.email;
      if (endpoint.by === 'guess') await mayGuess(parts, request, email);
      const response = await askAuth(parts, request, { method, path, body: request.body });
      parts.gate.forget();
      if (guessed !== undefined && response.ok) await parts.throttle.forget('account', guessed);
      return answer(response, request, reply, { path, email, parts });
    },
  });
}

/**
 * Answers whose password stands in the request, if one does: it is a guess like any other.
 * @throws Problem when the person may not change credentials, or has tried too often
 */
async function mayTryPassword(
  { gate, throttle }: AuthRouteParts,
  request: FastifyRequest,
): Promise<string | undefined> {
  const { session } = await mayChangeCredentials(gate, request);
  if ((request.body as { password?: string } | null)?.password === undefined) return undefined;
  if (!(await throttle.take('account', session.user_id))) throw tooManyTries;
  return session.user_id;
}

/** @throws Problem: of a locked account the same as of a wrong password, at the same price */
async function mayGuess(
  { throttle, hasher, log }: AuthRouteParts,
  { ip, body }: FastifyRequest,
  email: string | undefined,
): Promise<void> {
  if (!(await throttle.take('address', ip))) {
    log.warn({ ip, limit: 'address' }, 'access.locked');
    throw tooManyTries;
  }
  if (email === undefined || (await throttle.take('account', email))) return;
  log.warn({ ip, limit: 'account' }, 'access.locked');
  await hasher.hash((body as { password: string }).password);
  throw wrongCredentials;
}

interface Asked {
  path: string;
  email: string | undefined;
  parts: AuthRouteParts;
}

async function answer(
  response: Response,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: Asked,
): Promise<unknown> {
  for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie);
  const text = await response.text();
  const value: unknown = text === '' ? null : JSON.parse(text);
  if (!response.ok) throw refused(response.status, value, request, asked);
  await noteSuccess(value, request, asked);
  return withoutTokens(value);
}

function refused(status: number, value: unknown, { ip }: FastifyRequest, { path, parts }: Asked): Problem {
  const { code: reason } = (value ?? {}) as { code?: string };
  // What the library could not do has been logged by it.
  if (status >= 500)
    return new Problem(503, 'signInUnavailable', 'Signing in does not work now. Try again shortly.');
  parts.log.warn({ ip, path, reason }, 'access.signIn.refused');
  return problemOfAuth(status, reason);
}

interface Success {
  user?: { id?: string };
  twoFactorRedirect?: boolean;
}

/** Right guesses are not held against anybody, and who signed in is noted (ASVS 16.3.1). */
async function noteSuccess(value: unknown, { ip }: FastifyRequest, asked: Asked): Promise<void> {
  const { path, email, parts } = asked;
  const { throttle, people, log } = parts;
  const { user, twoFactorRedirect } = (value ?? {}) as Success;
  if (email !== undefined) await throttle.forget('account', email);
  if (!path.startsWith('/sign-in') && !/\/verify-(totp|backup-code|authentication)$/.test(path)) return;
  await throttle.giveBack('address', ip);
  const userId = user?.id;
  if (userId === undefined || twoFactorRedirect) return;
  await throttle.forget('code', userId);
  await people.transaction((tx) => noteSignIn(tx, userId));
  log.info({ ip, userId, path }, 'access.signedIn');
}

/** Tokens of sessions, keys of passkeys: what pages have no use for. */
function withoutTokens(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTokens);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([name]) => !secretMembers.has(name));
  return Object.fromEntries(kept);
}

const secretMembers = new Set(['token', 'session', 'publicKey', 'credentialID', 'counter', 'aaguid']);
