import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type Allow, isAddressAllowed, isMetadataHost, type Reach } from './addresses.ts';
import type { Resolve } from './types.ts';
import { refusal } from './urls.ts';

/** The addresses of a host that may be connected to, or why there are none. */
export type Resolution =
  | { ok: true; addresses: string[] }
  | { ok: false; reason: 'dns' | 'address'; detail: string };

const underway = new Map<string, Promise<string[]>>();

/**
 * Resolves a host now and keeps only the addresses that may be called; the caller must connect to one of these and
 * not resolve again, or a name could change in between (promises G2). For protocols other than HTTP, such as SMTP.
 */
export async function resolveAllowed(
  host: string,
  allow: Allow,
  {
    reach = allow.hosts.has(host) ? 'allowedHost' : 'public',
    resolve = resolveBySystem,
  }: ResolveOptions = {},
): Promise<Resolution> {
  if (isMetadataHost(host)) return { ok: false, reason: 'address', detail: refusal(host) };
  let found: string[];
  try {
    found = isIP(host) === 0 ? await resolve(host) : [host];
  } catch (error) {
    return { ok: false, reason: 'dns', detail: `${host} could not be resolved (${codeOf(error)}).` };
  }
  if (found.length === 0) return { ok: false, reason: 'dns', detail: `${host} has no address.` };
  const addresses = found.filter((address) => isAddressAllowed(address, reach, allow));
  return addresses.length > 0
    ? { ok: true, addresses }
    : { ok: false, reason: 'address', detail: refusal(host) };
}

type ResolveOptions = { reach?: Reach; resolve?: Resolve };

/**
 * One question per name at a time: a name whose DNS hangs then holds one of the four threads of the resolver, not all,
 * and the calls to other hosts go on. Answers are not kept.
 */
export function resolveBySystem(host: string): Promise<string[]> {
  const asked = underway.get(host);
  if (asked) return asked;
  const answer = lookup(host, { all: true })
    .then((found) => found.map(({ address }) => address))
    .finally(() => underway.delete(host));
  underway.set(host, answer);
  return answer;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
