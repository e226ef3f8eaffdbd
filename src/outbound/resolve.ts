import { isIP } from 'node:net';
import { type Allow, isAddressAllowed, isMetadataHost, type Reach } from './addresses.ts';
import { createNames } from './names.ts';
import type { Resolve } from './types.ts';
import { refusal } from './urls.ts';

/** The addresses of a host that may be connected to, or why there are none. */
export type Resolution =
  | { ok: true; addresses: string[] }
  | { ok: false; reason: 'dns' | 'address'; detail: string };

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

/** The names of this process are asked for through one door, whoever needs them. */
export const resolveBySystem: Resolve = createNames();

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
