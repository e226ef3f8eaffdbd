/** One question to the library, on behalf of whoever made the request. */
import type { FastifyRequest } from 'fastify';
import { type Auth, addressHeader } from './auth.ts';
import type { Cookies } from './cookies.ts';
import { withTokens } from './sessionTokens.ts';

interface Question {
  method: 'GET' | 'POST';
  /** Below /api/auth. */
  path: string;
  body?: unknown;
}

/**
 * The request as the library wants it: our own origin, which has been checked, the caller's cookies and address, and
 * nothing else of what was sent. Of a session it sees the hash that is kept.
 */
export function askAuth(
  { auth, cookies, baseUrl }: { auth: Auth; cookies: Cookies; baseUrl: string },
  { headers, ip }: FastifyRequest,
  { method, path, body }: Question,
): Promise<Response> {
  const { origin } = new URL(baseUrl);
  const sent = new Headers({ origin, [addressHeader]: ip });
  if (headers['user-agent'] !== undefined) sent.set('user-agent', headers['user-agent']);
  const url = `${origin}/api/auth${path}`;
  if (method === 'POST') sent.set('content-type', 'application/json');
  const content = method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {};
  return withTokens(cookies, headers.cookie, (cookie) => {
    if (cookie !== '') sent.set('cookie', cookie);
    return auth.handler(new Request(url, { method, headers: sent, ...content }));
  });
}
