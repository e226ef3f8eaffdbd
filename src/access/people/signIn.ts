/** Sessions that begin by ways of our own: an invitation, the first link, single sign-on, the demo. */
import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Tx } from '../../db/database.ts';
import { type Cookies, sessionSeconds } from './cookies.ts';
import type { KnownDevices } from './knownDevices.ts';
import { insertSession, noteSignIn } from './store.ts';
import { makeToken } from './tokens.ts';

export interface SignInParts {
  cookies: Cookies;
  devices: KnownDevices;
  log: Logger;
}

/** The way by which somebody signed in, for the log. */
export type Way = 'invitation' | 'firstAdministrator' | 'singleSignOn' | 'demo';

/**
 * Begins a session in the transaction of what allowed it; answers how to hand it to the browser after COMMIT. It has
 * shown no second factor, whatever the way.
 */
export async function beginSession(
  tx: Tx,
  { cookies, devices, log }: SignInParts,
  { ip, headers }: FastifyRequest,
  userId: string,
  way: Way,
): Promise<(reply: FastifyReply) => void> {
  const { token, tokenHash } = makeToken();
  await insertSession(tx, {
    id: randomUUID(),
    userId,
    tokenHash,
    lifetimeSeconds: sessionSeconds,
    address: ip,
    userAgent: (headers['user-agent'] ?? '').slice(0, 300),
  });
  await noteSignIn(tx, userId);
  const device = await devices.cookieFor(tx, userId, headers.cookie);
  return (reply) => {
    log.info({ ip, userId, way }, 'access.signedIn');
    reply.header('set-cookie', cookies.sessionCookie(token));
    if (device !== undefined) reply.header('set-cookie', device);
  };
}
