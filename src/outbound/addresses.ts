import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/** What `HERALD_OUTBOUND_ALLOW` opens beside the public internet. */
export type Allow = {
  /** Host names in lower case, punycode, without a trailing dot. */
  hosts: ReadonlySet<string>;
  ranges: readonly Range[];
};

/**
 * How far a call may reach.
 * `public`: public unicast addresses and the allowed ranges. `allowedAddress`: the allowed ranges only (plain http, or an
 * unusual port). `allowedHost`: any address, because the name itself is allowed. Metadata services: never.
 */
export type Reach = 'public' | 'allowedAddress' | 'allowedHost';

/** Names of metadata services; most would also be refused by their address. */
const METADATA_HOSTS = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'metadata.tencentyun.com',
  'instance-data',
  'instance-data.ec2.internal',
]);

/**
 * Metadata services of the clouds, which hand out credentials to whoever asks: not allowable by anyone. Link-local is
 * denied whole, since every new one appears there. 168.63.129.16 (Azure host service) passes as ordinary unicast
 * elsewhere: promises M13.
 */
const METADATA = ranges(
  '100.100.100.200/32',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '192.0.0.192/32',
  'fe80::/10',
  'fd00:42::42/128',
  'fd00:ec2::/32',
  'fd20:ce::254/128',
);

/** Not the address of one machine, or another spelling of "this machine". Not allowable either. */
const NO_MACHINE = ranges('0.0.0.0/8', '224.0.0.0/4', '255.255.255.255/32', '::/128', 'ff00::/8');

/** The only part of IPv6 that is given out as global unicast; ipaddr.js calls everything unknown "unicast". */
const GLOBAL_IPV6: Range = ipaddr.parseCIDR('2000::/3');

/** IPv6 prefixes that carry an IPv4 address, and the bit at which it starts. */
const CARRIERS = (
  [
    ['::/96', 96],
    ['::ffff:0:0:0/96', 96],
    ['64:ff9b::/96', 96],
    ['64:ff9b:1::/48', 96],
    ['2002::/16', 16],
  ] as const
).map(([cidr, bit]) => ({ range: ipaddr.parseCIDR(cidr), bit }));

/**
 * Whether a connection to this address may be opened.
 * @param address as a resolver gives it; anything that is not plain IPv4 or IPv6 is refused
 */
export function isAddressAllowed(address: string, reach: Reach, allow: Allow): boolean {
  const parsed = parseAddress(address);
  if (!parsed || isWithinAny(parsed, NO_MACHINE)) return false;
  if (withEmbedded(parsed).some((each) => isWithinAny(each, METADATA))) return false;
  if (reach === 'allowedHost' || isWithinAny(parsed, allow.ranges)) return true;
  return reach === 'public' && isPublic(parsed);
}

/** Whether the entries name this host, or hold this address; what a name leads to is not looked up. */
export function isListed(host: string, allow: Allow): boolean {
  return allow.hosts.has(host) || isAddressAllowed(host, 'allowedAddress', allow);
}

/** Whether this name is a cloud's metadata service. */
export function isMetadataHost(host: string): boolean {
  return METADATA_HOSTS.has(host);
}

/** Reads the entries of `HERALD_OUTBOUND_ALLOW`: host names, addresses and CIDRs. The message names the entry that is wrong. */
export function parseAllow(
  entries: readonly string[],
): { ok: true; allow: Allow } | { ok: false; message: string } {
  const hosts = new Set<string>();
  const ranges: Range[] = [];
  for (const entry of entries.map((text) => text.trim()).filter(Boolean)) {
    const range = parseRange(entry);
    const host = range ? undefined : parseHost(entry);
    if (range) ranges.push(range);
    else if (host) hosts.add(host);
    else
      return {
        ok: false,
        message: `“${entry}” is not a host name, an address or a CIDR such as 10.1.2.0/24.`,
      };
  }
  return { ok: true, allow: { hosts, ranges } };
}

/**
 * A host as a person types it, in the form in which it is judged: a name in lower case, punycode and without a trailing
 * dot, or an address (of IPv6 with or without brackets) in its usual spelling. Undefined: it is neither.
 */
export function readHost(text: string): string | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) === 6)
    return bare.includes('%') ? undefined : new URL(`https://[${bare}]`).hostname.slice(1, -1);
  if (!/^[^\s/:@*?#[\]\\]+$/.test(text) || !URL.canParse(`https://${text}`)) return undefined;
  const host = new URL(`https://${text}`).hostname.replace(/\.$/, '');
  return host.split('.').every(Boolean) ? host : undefined;
}

function parseAddress(text: string): Address | undefined {
  const parsed = parsePlain(text);
  return parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress() ? parsed.toIPv4Address() : parsed;
}

/** Only the usual spellings. ipaddr.js takes `::8.8.8.8` for `::ffff:8.8.8.8`, so the dots are resolved by the URL parser. */
function parsePlain(text: string): Address | undefined {
  if (isIP(text) === 0 || text.includes('%')) return undefined;
  const isMixed = text.includes(':') && text.includes('.');
  return ipaddr.parse(isMixed ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text);
}

function parseRange(entry: string): Range | undefined {
  const [text = '', bits, ...rest] = entry.replace(/^\[(.*)\]$/, '$1').split('/');
  const address = parsePlain(text);
  if (!address || rest.length > 0) return undefined;
  const longest = address.kind() === 'ipv4' ? 32 : 128;
  if (bits === undefined) return unmapped(address, longest);
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > longest) return undefined;
  return unmapped(address, Number(bits));
}

/** `::ffff:10.0.0.0/104` means `10.0.0.0/8`; addresses are compared in that form. */
function unmapped(address: Address, bits: number): Range {
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= 96) {
    return [address.toIPv4Address(), bits - 96];
  }
  return [address, bits];
}

function parseHost(entry: string): string | undefined {
  const host = readHost(entry);
  return host !== undefined && isIP(host) === 0 ? host : undefined;
}

function ranges(...cidrs: string[]): Range[] {
  return cidrs.map((cidr) => ipaddr.parseCIDR(cidr));
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || isWithin(address, GLOBAL_IPV6);
}

function isWithinAny(address: Address, list: readonly Range[]): boolean {
  return list.some((range) => isWithin(address, range));
}

function isWithin(address: Address, [network, bits]: Range): boolean {
  return address.kind() === network.kind() && address.match(network as ipaddr.IPv4 & ipaddr.IPv6, bits);
}

/** The address and the IPv4 address that a translator (NAT64, 6to4, …) would make of it. */
function withEmbedded(address: Address): Address[] {
  const carrier = CARRIERS.find(({ range }) => isWithin(address, range));
  if (!carrier) return [address];
  const at = carrier.bit / 8;
  return [address, new ipaddr.IPv4(address.toByteArray().slice(at, at + 4))];
}
