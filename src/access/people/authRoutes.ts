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
import type { Cookies } from './cookies.ts';
import type { Gate } from './gate.ts';
import type { KnownDevices } from './knownDevices.ts';
import type { Hasher } from './passwords.ts';
import { passwordText as password, tooBusy } from './passwords.ts';
import { mayChangeCredentials, mayUseOwn } from './proof.ts';
import { findUserByEmail, noteSignIn } from './store.ts';
import type { GuessKind, Throttle } from './throttle.ts';

export interface AuthRouteParts {
  auth: Auth;
  people: PeopleDatabase;
  gate: Gate;
  throttle: Throttle;
  devices: KnownDevices;
  cookies: Cookies;
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
   * `nobody`: anybody may. `question`: anybody may, and each asking leaves a row behind. `guess`: it makes a session by a
   * secret that can be guessed. `person`: it shows what a person signs in with. `credentials`: it changes that.
   */
  by: 'nobody' | 'question' | 'guess' | 'person' | 'credentials';
}

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
    by: 'question',
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
  { method: 'GET', path: '/passkey/list-user-passkeys', summary: 'Own passkeys', by: 'person' },
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
      if (endpoint.by === 'person') await mayUseOwn(parts.gate, request);
      if (endpoint.by === 'question') await mayAsk(parts, request);
      const guessed = endpoint.by === 'credentials' ? await mayTryPassword(parts, request) : undefined;
      const email = (request.body as { email?: string } | undefined)?.email;
      const counted = endpoint.by === 'guess' ? await mayGuess(parts, request, email) : undefined;
      // Nothing is known of a stranger, so a stranger makes nothing be asked for anew.
      const isKnown = method === 'POST' && (await parts.gate.find(request)) !== undefined;
      const response = await askAuth(parts, request, { method, path, body: request.body });
      if (isKnown) parts.gate.forget();
      if (guessed !== undefined && response.ok) await parts.throttle.forget('account', guessed);
      return answer(response, request, reply, { path, counted, parts });
    },
  });
}

/** @throws Problem when so many were asked from this address that their rows would pile up */
async function mayAsk({ throttle, log }: AuthRouteParts, { ip }: FastifyRequest): Promise<void> {
  if (await throttle.take('question', ip)) return;
  log.warn({ ip, limit: 'question' }, 'access.locked');
  throw tooManyTries;
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

/** What a guess of a password counts against. */
interface Counted {
  kind: Extract<GuessKind, 'account' | 'device'>;
  of: string;
}

/**
 * Answers what the guess was counted against, if it is one of a password.
 * @throws Problem: of a locked account the same as of a wrong password, at the same price
 */
async function mayGuess(
  { people, throttle, devices, hasher, log }: AuthRouteParts,
  { ip, body, headers }: FastifyRequest,
  email: string | undefined,
): Promise<Counted | undefined> {
  if (!(await throttle.take('address', ip))) {
    log.warn({ ip, limit: 'address' }, 'access.locked');
    throw tooManyTries;
  }
  if (email === undefined) return undefined;
  const device = await devices.find(headers.cookie, email);
  const counted: Counted =
    device === undefined ? { kind: 'account', of: email } : { kind: 'device', of: device };
  if (await throttle.take(counted.kind, counted.of)) return counted;
  log.warn({ ip, limit: counted.kind, userId: await whoIs(people, email) }, 'access.locked');
  await hasher.hash((body as { password: string }).password);
  throw wrongCredentials;
}

interface Asked {
  path: string;
  counted: Counted | undefined;
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
  if (!response.ok) throw await refused(response.status, value, request, asked);
  const device = await noteSuccess(value, request, asked);
  if (device !== undefined) reply.header('set-cookie', device);
  return withoutTokens(value);
}

/** Who was meant, for the log; asked for whoever exists and whoever does not, so that both cost the same (promise Q2). */
const whoIs = async (people: PeopleDatabase, email: string): Promise<string | undefined> =>
  (await people.transaction((tx) => findUserByEmail(tx, email)))?.id;

async function refused(
  status: number,
  value: unknown,
  { ip, body }: FastifyRequest,
  { path, parts }: Asked,
): Promise<Problem> {
  const { code: reason } = (value ?? {}) as { code?: string };
  // What the library could not do has been logged by it.
  if (status >= 500 && reason !== tooBusy.code)
    return new Problem(503, 'signInUnavailable', 'Signing in does not work now. Try again shortly.');
  const { email } = (body ?? {}) as { email?: string };
  const userId = email === undefined ? undefined : await whoIs(parts.people, email);
  parts.log.warn({ ip, path, reason, userId }, 'access.signIn.refused');
  return problemOfAuth(status, reason);
}

interface Success {
  user?: { id?: string };
  twoFactorRedirect?: boolean;
}

/**
 * Right guesses are not held against anybody, and who signed in is noted (ASVS 16.3.1). Answers the cookie by which the
 * browser is known from now on, when the sign-in is whole.
 */
async function noteSuccess(
  value: unknown,
  { ip, headers }: FastifyRequest,
  asked: Asked,
): Promise<string | undefined> {
  const { path, counted, parts } = asked;
  const { throttle, people, devices, log } = parts;
  const { user, twoFactorRedirect } = (value ?? {}) as Success;
  // Only those that it was counted with: who signs in from a known browser gives strangers no guesses back.
  if (counted) await throttle.forget(counted.kind, counted.of);
  if (!path.startsWith('/sign-in') && !/\/verify-(totp|backup-code|authentication)$/.test(path)) {
    return undefined;
  }
  await throttle.giveBack('address', ip);
  if (path === '/passkey/verify-authentication') await throttle.giveBack('question', ip);
  const userId = user?.id;
  if (userId === undefined || twoFactorRedirect) return undefined;
  await throttle.forget('code', userId);
  const device = await people.transaction(async (tx) => {
    await noteSignIn(tx, userId);
    return devices.cookieFor(tx, userId, headers.cookie);
  });
  log.info({ ip, userId, path }, 'access.signedIn');
  return device;
}

/** Tokens of sessions, keys of passkeys: what pages have no use for. */
function withoutTokens(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTokens);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([name]) => !secretMembers.has(name));
  return Object.fromEntries(kept);
}

const secretMembers = new Set(['token', 'session', 'publicKey', 'credentialID', 'counter', 'aaguid']);
