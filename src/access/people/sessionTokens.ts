/**
 * Sessions are kept by a hash: whoever reads the database, or a copy of it, can enter none of them. The library takes the
 * hash for the token. Between it and the browser stands this room, which puts one in place of the other in cookies.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Cookies } from './cookies.ts';
import { hashToken, makeToken } from './tokens.ts';

/** Of one question to the library: tokens by their hashes. */
const tokens = new AsyncLocalStorage<Map<string, string>>();

/** A session that the library begins: answers the hash, the token waits for the cookie. */
export function beginToken(): string {
  const known = tokens.getStore();
  if (!known) throw new Error('a session has begun outside of a request');
  const { token, tokenHash } = makeToken();
  known.set(tokenHash, token);
  return tokenHash;
}

/**
 * Asks the library with the hash in place of the token, and answers with the token in place of the hash.
 * @param ask gets the cookies to send
 */
export async function withTokens(
  cookies: Cookies,
  cookieHeader: string | undefined,
  ask: (cookieHeader: string) => Promise<Response>,
): Promise<Response> {
  const token = cookies.sessionToken(cookieHeader);
  const known = new Map<string, string>();
  const tokenHash = token && hashToken(token);
  if (token && tokenHash) known.set(tokenHash, token);
  const response = await tokens.run(known, () => ask(cookies.withSession(cookieHeader, tokenHash)));
  const lines = response.headers.getSetCookie();
  response.headers.delete('set-cookie');
  for (const line of lines) response.headers.append('set-cookie', cookies.withToken(line, known));
  return response;
}
