/**
 * The library that keeps passwords, authenticators and passkeys, set up for our tables and rules. What of it can be
 * reached over HTTP is listed in `authRoutes.ts`; sign-up, resets, links by mail and proxies are not.
 */
import { hash, randomUUID } from 'node:crypto';
import { passkey } from '@better-auth/passkey';
import { type BetterAuthOptions, betterAuth } from 'better-auth';
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import { twoFactor } from 'better-auth/plugins';
import type { Logger } from 'pino';
import type { PeopleDatabase } from '../../db/database.ts';
import { deriveKey, type MasterKey } from '../../secrets/index.ts';
import { type Cookies, sessionSeconds } from './cookies.ts';
import { type Hasher, mostTyped, tooBusy } from './passwords.ts';
import { beginToken } from './sessionTokens.ts';
import { takeCode } from './store.ts';
import type { Throttle } from './throttle.ts';

export interface AuthParts {
  people: PeopleDatabase;
  baseUrl: string;
  secrets: readonly AuthSecret[];
  cookies: Cookies;
  hasher: Hasher;
  throttle: Throttle;
  log: Logger;
}

/** What signs cookies and encrypts the secrets of authenticators. */
export interface AuthSecret {
  /** Names it in what it has encrypted, so that older ones still open theirs. */
  version: number;
  value: string;
}

/** The header by which we tell the library the address of the caller; whatever came under that name is dropped. */
export const addressHeader = 'x-herald-address';

/** The secrets of these master keys, the current one first. */
export function authSecrets(masterKeys: readonly MasterKey[]): AuthSecret[] {
  return masterKeys.map((master) => ({
    version: Number.parseInt(master.id.slice(0, 7), 16),
    value: deriveKey(master, 'sign-ins').toString('base64url'),
  }));
}

/** By these paths a session begins that was shown a second factor. */
const secondFactorPaths = new Set([
  '/two-factor/verify-totp',
  '/two-factor/verify-backup-code',
  '/passkey/verify-authentication',
]);

export type Auth = ReturnType<typeof createAuth>;

export function createAuth(parts: AuthParts) {
  const { people, baseUrl, secrets, cookies, hasher, log } = parts;
  const { origin, hostname } = new URL(baseUrl);
  return betterAuth({
    appName: 'Herald',
    baseURL: origin,
    basePath: '/api/auth',
    trustedOrigins: [origin],
    secrets: [...secrets],
    database: people.pool,
    telemetry: { enabled: false },
    // Without a level: with one, the library also writes to the console what it refuses.
    logger: {
      // Their words may name people; errors carry what is needed.
      log: (level, _message, ...more) => {
        const err = more.find((one) => one instanceof Error);
        if (level === 'error' && err) log.error({ err }, 'people.library.failed');
      },
    },
    // Our own throttle counts across processes, per account and per address of the socket.
    rateLimit: { enabled: false },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      // Passwords are judged by us. It counts units of UTF-16, of which a character takes up to two.
      maxPasswordLength: 2 * mostTyped,
      password: {
        hash: (password) => hasher.hash(password).catch(refuseInTheirWay),
        verify: ({ hash: kept, password }) => hasher.isRight(kept, password).catch(refuseInTheirWay),
      },
    },
    ...tables,
    databaseHooks: { session: { create: { before: proveSession } } },
    hooks: {
      before: createAuthMiddleware((ctx) => takeCodeOnce(ctx, parts)),
      after: createAuthMiddleware((ctx) => noteWrongCode(ctx, parts)),
    },
    plugins: [
      twoFactor({
        issuer: 'Herald',
        // Those who sign in elsewhere have no password here.
        allowPasswordless: true,
        schema: twoFactorTables,
      }),
      passkey({
        rpName: 'Herald',
        rpID: hostname,
        origin,
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        authentication: { afterVerification: refuseUnverified },
        schema: passkeyTables,
      }),
    ],
    advanced: {
      cookiePrefix: cookies.prefix,
      // The prefix of ours says more than theirs.
      useSecureCookies: false,
      defaultCookieAttributes: { secure: cookies.isSecure, httpOnly: true, sameSite: 'lax', path: '/' },
      disableOriginCheck: false,
      disableCSRFCheck: false,
      ipAddress: { ipAddressHeaders: [addressHeader] },
      database: { generateId: () => randomUUID() },
    },
  });
}

const createdAndUpdated = { createdAt: 'created_at', updatedAt: 'updated_at' };
const ownDate = { type: 'date', required: false, input: false, returned: false } as const;

const tables = {
  user: { modelName: 'users', fields: { emailVerified: 'email_verified', ...createdAndUpdated } },
  session: {
    modelName: 'sessions',
    expiresIn: sessionSeconds,
    // Seven days at most, however often it is used (ASVS 7.3.2).
    disableSessionRefresh: true,
    // How fresh a proof must be is decided in `gate.ts`.
    freshAge: 0,
    cookieCache: { enabled: false },
    fields: {
      userId: 'user_id',
      expiresAt: 'expires_at',
      ipAddress: 'ip_address',
      userAgent: 'user_agent',
      ...createdAndUpdated,
    },
    additionalFields: {
      provenAt: { ...ownDate, fieldName: 'proven_at' },
      secondFactorAt: { ...ownDate, fieldName: 'second_factor_at' },
    },
  },
  account: {
    modelName: 'accounts',
    accountLinking: { enabled: false },
    fields: {
      userId: 'user_id',
      accountId: 'account_id',
      providerId: 'provider_id',
      accessToken: 'access_token',
      refreshToken: 'refresh_token',
      idToken: 'id_token',
      accessTokenExpiresAt: 'access_token_expires_at',
      refreshTokenExpiresAt: 'refresh_token_expires_at',
      ...createdAndUpdated,
    },
  },
  verification: {
    modelName: 'verifications',
    storeIdentifier: 'hashed',
    fields: { expiresAt: 'expires_at', ...createdAndUpdated },
  },
} satisfies Partial<BetterAuthOptions>;

const twoFactorTables = {
  user: { fields: { twoFactorEnabled: 'two_factor_enabled' } },
  twoFactor: {
    modelName: 'two_factors',
    fields: {
      userId: 'user_id',
      backupCodes: 'backup_codes',
      failedVerificationCount: 'failed_verification_count',
      lockedUntil: 'locked_until',
    },
  },
};

const passkeyTables = {
  passkey: {
    modelName: 'passkeys',
    fields: {
      userId: 'user_id',
      publicKey: 'public_key',
      credentialID: 'credential_id',
      deviceType: 'device_type',
      backedUp: 'backed_up',
      createdAt: 'created_at',
    },
  },
};

/** Every session says when it was proven, and whether by a second factor; made anew, whatever it follows. */
async function proveSession(
  session: { userAgent?: string | null },
  context: { path?: string } | null,
): Promise<{ data: Record<string, unknown> }> {
  const now = new Date();
  const secondFactorAt = secondFactorPaths.has(context?.path ?? '') ? now : null;
  const userAgent = (session.userAgent ?? '').slice(0, 300);
  return { data: { token: beginToken(), provenAt: now, secondFactorAt, userAgent } };
}

/** The library answers only errors of its own with their code; "too busy" is no fault to be logged. */
function refuseInTheirWay(error: unknown): never {
  if (error === tooBusy) throw new APIError('SERVICE_UNAVAILABLE', { code: tooBusy.code });
  throw error;
}

/** A passkey counts as two factors only if the device asked for a finger, a face or a PIN. */
async function refuseUnverified({
  verification,
}: {
  verification: { authenticationInfo: { userVerified: boolean } };
}): Promise<void> {
  if (verification.authenticationInfo.userVerified) return;
  throw new APIError('UNAUTHORIZED', {
    code: 'PASSKEY_NOT_VERIFIED',
    message: 'The passkey was not unlocked.',
  });
}

type HookContext = Parameters<typeof getSessionFromCtx>[0] & {
  path?: string;
  body?: { code?: unknown };
};

const codePaths = new Set(['/two-factor/verify-totp', '/two-factor/verify-backup-code']);

/** Whose code was wrong (ASVS 16.3.1); the refusal itself, with its address, is logged where it is answered. */
async function noteWrongCode(context: unknown, { log }: AuthParts): Promise<void> {
  const ctx = context as HookContext;
  const { path } = ctx;
  const { returned } = ctx.context as { returned?: unknown };
  if (!codePaths.has(path ?? '') || !(returned instanceof APIError)) return;
  log.warn({ userId: await personBehind(ctx), path, reason: returned.body?.code }, 'access.code.refused');
}

/**
 * Each code of an authenticator is looked at once per person, right or wrong (ASVS 6.5.1), and ten of them in a quarter
 * of an hour: the library would take one again for as long as it is shown, and counts none while a session is open.
 */
async function takeCodeOnce(context: unknown, { people, throttle, log }: AuthParts): Promise<void> {
  const ctx = context as HookContext;
  if (!codePaths.has(ctx.path ?? '')) return;
  const userId = await personBehind(ctx);
  // Nobody: the endpoint itself refuses.
  if (userId === undefined) return;
  const refuse = (reason: string) => log.warn({ userId, path: ctx.path, reason }, 'access.code.refused');
  if (!(await throttle.take('code', userId))) {
    refuse('tooMany');
    throw new APIError('TOO_MANY_REQUESTS', {
      code: 'ACCOUNT_TEMPORARILY_LOCKED',
      message: 'too many codes',
    });
  }
  if (ctx.path !== '/two-factor/verify-totp') return;
  const codeHash = hash('sha256', String(ctx.body?.code).trim(), 'hex');
  const isNew = await people.transaction((tx) => takeCode(tx, userId, codeHash));
  if (isNew) return;
  refuse('usedBefore');
  throw new APIError('UNAUTHORIZED', { code: 'INVALID_CODE', message: 'used before' });
}

/** Of an open session, or of a sign-in whose password was right. */
async function personBehind(ctx: HookContext): Promise<string | undefined> {
  const session = await getSessionFromCtx(ctx);
  if (session) return session.user.id;
  const { name } = ctx.context.createAuthCookie('two_factor');
  const challenge = await ctx.getSignedCookie(name, ctx.context.secret);
  if (!challenge) return undefined;
  return (await ctx.context.internalAdapter.findVerificationValue(challenge))?.value;
}
