import { isIP } from 'node:net';
import { type Allow, isAddressAllowed, isMetadataHost, type Reach } from './addresses.ts';

/** What the text of a URL alone tells; names are judged again when their addresses are known. */
export type UrlVerdict =
  | {
      ok: true;
      /** Normalized: lower case, punycode, no trailing dot. */
      url: URL;
      reach: Reach;
    }
  | { ok: false; reason: 'badUrl' | 'address'; detail: string };

const MAX_URL_LENGTH = 8192;
const PORTS = new Set(['', '443', '8443']);

/**
 * Whether a URL may be called: https on port 443 or 8443, without user name, not to an address inside; what is in
 * `allow` may also use plain http and other ports. The detail is a sentence for the person who typed the URL.
 */
export function judgeUrl(text: string, allow: Allow): UrlVerdict {
  const url = text.length <= MAX_URL_LENGTH ? URL.parse(text) : null;
  if (!url) return bad('This is not a URL.');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return bad('Only https URLs are called.');
  if (url.username || url.password) return bad('User name and password do not belong into the URL.');
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1);
  const host = bareHost(url.hostname);
  if (!host.split('.').every(Boolean)) return bad('The host name has an empty part.');
  const reach = reachOf(url.protocol, host, url.port, allow);
  if (!reach)
    return bad(
      url.protocol === 'http:' ? 'Only https URLs are called.' : 'Only ports 443 and 8443 are called.',
    );
  const isRefused = isMetadataHost(host) || (isIP(host) !== 0 && !isAddressAllowed(host, reach, allow));
  return isRefused ? { ok: false, reason: 'address', detail: refusal(host) } : { ok: true, url, reach };
}

/** How far a call with this scheme, host and port may reach; undefined: it may not be made at all. */
export function reachOf(protocol: string, host: string, port: string, allow: Allow): Reach | undefined {
  if (allow.hosts.has(host)) return 'allowedHost';
  if (protocol === 'https:' && PORTS.has(port)) return 'public';
  return allow.ranges.length > 0 ? 'allowedAddress' : undefined;
}

/** The sentence for a host with an address that is never called. */
export function refusal(host: string): string {
  return `${host} is not a public internet address. Private systems must be listed in HERALD_OUTBOUND_ALLOW.`;
}

function bareHost(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function bad(detail: string): UrlVerdict {
  return { ok: false, reason: 'badUrl', detail };
}
