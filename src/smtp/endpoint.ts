/** Where a configured server is, and how far a connection to it may reach (promise P17). */
import { type Allow, type Reach, readHost } from '../outbound/index.ts';
import type { Trouble } from './trouble.ts';
import type { MailServer } from './types.ts';

/** A server that may be tried; its addresses are judged when they are known. */
export interface Endpoint {
  /** Lower case, punycode, no trailing dot. */
  host: string;
  port: number;
  security: MailServer['security'];
  reach: Reach;
  signIn?: { user: string; password: string };
}

/** Where mail servers of the public internet listen. */
const ports = new Set([25, 465, 587, 2525]);

/** Reads a server's settings; the trouble is something that only other settings mend. */
export function readEndpoint(
  { host: typed, port, security, user, password }: MailServer,
  allow: Allow,
): { ok: true; endpoint: Endpoint } | { ok: false; trouble: Trouble } {
  const host = readHost(typed);
  if (host === undefined) return wrong('address', 'This is not the name or address of a mail server.');
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return wrong('address', 'This is not a port.');
  const reach = reachOf(host, port, security, allow);
  if (!reach) return { ok: false, trouble: unlisted(security) };
  if (!user && !password) return { ok: true, endpoint: { host, port, security, reach } };
  if (!user || !password) return wrong('auth', 'User name and password belong together: one is missing.');
  if (security === 'none') return wrong('auth', 'User name and password are never sent without TLS.');
  if (`${user}${password}`.includes('\0'))
    return wrong('auth', 'The user name or password has a character that mail servers cannot be told.');
  return { ok: true, endpoint: { host, port, security, reach, signIn: { user, password } } };
}

function reachOf(
  host: string,
  port: number,
  security: MailServer['security'],
  allow: Allow,
): Reach | undefined {
  if (allow.hosts.has(host)) return 'allowedHost';
  if (security !== 'none' && ports.has(port)) return 'public';
  return allow.ranges.length > 0 ? 'allowedAddress' : undefined;
}

/** A server that would have to be listed for what is wanted of it. */
export function unlisted(security: MailServer['security']): Trouble {
  if (security === 'none')
    return {
      reason: 'tls',
      text: 'Without TLS, mail goes only to servers that are listed in HERALD_OUTBOUND_ALLOW.',
    };
  return {
    reason: 'address',
    text: 'Only ports 25, 465, 587 and 2525 are used, unless the server is listed in HERALD_OUTBOUND_ALLOW.',
  };
}

function wrong(reason: Trouble['reason'], text: string): { ok: false; trouble: Trouble } {
  return { ok: false, trouble: { reason, text } };
}
