/** One question to the library, on behalf of whoever made the request. */
import type { FastifyRequest } from 'fastify';
import { type Auth, addressHeader } from './auth.ts';

interface Question {
  method: 'GET' | 'POST';
  /** Below /api/auth. */
  path: string;
  body?: unknown;
}

/**
 * The request as the library wants it: our own origin, which has been checked, the caller's cookies and address, and
 * nothing else of what was sent.
 */
export function askAuth(
  { auth, baseUrl }: { auth: Auth; baseUrl: string },
  { headers, ip }: FastifyRequest,
  { method, path, body }: Question,
): Promise<Response> {
  const { origin } = new URL(baseUrl);
  const sent = new Headers({ origin, [addressHeader]: ip });
  if (headers.cookie !== undefined) sent.set('cookie', headers.cookie);
  if (headers['user-agent'] !== undefined) sent.set('user-agent', headers['user-agent']);
  const url = `${origin}/api/auth${path}`;
  if (method === 'GET') return auth.handler(new Request(url, { headers: sent }));
  sent.set('content-type', 'application/json');
  return auth.handler(new Request(url, { method, headers: sent, body: JSON.stringify(body ?? {}) }));
}
