/** The environment as one typed, frozen object, read once. Every refusal is a sentence that says what to set. */
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import { StartupError } from './errors.ts';
import { parseAddress } from './mail/address.ts';
import type { MailServer } from './smtp/index.ts';
import { readSmtpUrls } from './smtpUrls.ts';

export interface Config {
  dataDir: string;
  host: string;
  port: number;
  baseUrl: string;
  /** Absent = embedded PostgreSQL below the data directory. */
  databaseUrl: string | undefined;
  migrationDatabaseUrl: string | undefined;
  secretKey: string | undefined;
  /** An admin key of the default workspace. */
  apiKey: string | undefined;
  /** Reads /metrics and nothing else. */
  metricsKey: string | undefined;
  /** Makes the first administrator without a browser. */
  firstAdministrator: { email: string; password: string } | undefined;
  /** Reverse proxies whose X-Forwarded-For is believed: addresses, CIDRs, `loopback`; empty = nobody's. */
  trustProxy: readonly string[];
  outboundAllow: readonly string[];
  /** For workspaces that have no mail servers of their own, in the order in which they are tried. */
  mailServers: readonly MailServer[];
  /** The address of the sender where a workspace has none of its own. */
  mailFrom: string | undefined;
  /** Service address by PSA kind, instead of the vendor's. */
  psaUrls: ReadonlyMap<string, string>;
  /** Replaces each adapter's settle window; for tests. */
  settleMs: number | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws StartupError with one sentence about the first value that cannot be used. */
export function readConfig(env: Environment): Config {
  const host = env.HERALD_HOST || '127.0.0.1';
  const port = readPort(env.HERALD_PORT);
  const databaseUrl = readDatabaseUrl('DATABASE_URL', env.DATABASE_URL);
  return Object.freeze({
    dataDir: resolve(env.HERALD_DATA_DIR || 'data'),
    host,
    port,
    baseUrl: readBaseUrl(env.HERALD_BASE_URL) ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    databaseUrl,
    migrationDatabaseUrl: readDatabaseUrl('HERALD_MIGRATION_DATABASE_URL', env.HERALD_MIGRATION_DATABASE_URL),
    secretKey: env.HERALD_SECRET_KEY || undefined,
    apiKey: readKey('HERALD_API_KEY', env.HERALD_API_KEY),
    metricsKey: readKey('HERALD_METRICS_KEY', env.HERALD_METRICS_KEY),
    firstAdministrator: readFirstAdministrator(env.HERALD_ADMIN_EMAIL, env.HERALD_ADMIN_PASSWORD),
    trustProxy: readTrustProxy(env.HERALD_TRUST_PROXY),
    outboundAllow: list(env.HERALD_OUTBOUND_ALLOW),
    mailServers: readSmtpUrls(list(env.HERALD_SMTP_URL), list(env.HERALD_OUTBOUND_ALLOW)),
    mailFrom: readMailFrom(env.HERALD_MAIL_FROM),
    psaUrls: readPsaUrls(env.HERALD_PSA_URLS),
    settleMs: readSettle(env.HERALD_SETTLE_SECONDS),
  });
}

const list = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return 8080;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65535) return port;
  throw new StartupError(`HERALD_PORT is "${text}": it takes a port number from 0 to 65535.`);
}

function readBaseUrl(text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/(?<!\/)\/+$/, '');
  throw new StartupError(`HERALD_BASE_URL is "${text}": it takes an address such as https://herald.example.`);
}

function readDatabaseUrl(name: string, text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (/^postgres(ql)?:\/\//.test(text)) return text;
  throw new StartupError(`${name} must be an address such as postgresql://user:password@host/database.`);
}

function readKey(name: string, text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (text.length >= 32) return text;
  throw new StartupError(`${name} is too short: it takes at least 32 characters.`);
}

function readFirstAdministrator(
  email: string | undefined,
  password: string | undefined,
): Config['firstAdministrator'] {
  if (!email && !password) return undefined;
  if (email && password) return { email, password };
  throw new StartupError('HERALD_ADMIN_EMAIL and HERALD_ADMIN_PASSWORD belong together: set both or none.');
}

function readTrustProxy(text: string | undefined): string[] {
  const entries = list(text);
  for (const entry of entries) {
    if (entry === 'loopback') continue;
    const [address = '', bits] = entry.split('/');
    // Not by the library alone: it also takes "1" and "0x7f/8".
    if (isIP(address) === 0 || (bits !== undefined && !ipaddr.isValidCIDR(entry))) {
      throw new StartupError(
        `HERALD_TRUST_PROXY has "${entry}": it takes addresses and ranges such as 10.0.0.5 or 10.0.0.0/24, and "loopback".`,
      );
    }
    if (Number(bits) === 0) {
      throw new StartupError(
        `HERALD_TRUST_PROXY has "${entry}": with everybody trusted, anybody can write any address. Name your proxies.`,
      );
    }
  }
  return entries;
}

function readPsaUrls(text: string | undefined): Map<string, string> {
  const urls = new Map<string, string>();
  for (const entry of list(text)) {
    const at = entry.indexOf('=');
    const url = entry.slice(at + 1);
    if (at < 1 || !URL.canParse(url)) {
      throw new StartupError(
        `HERALD_PSA_URLS has "${entry}": it takes entries such as kind=https://host/path.`,
      );
    }
    urls.set(entry.slice(0, at), url);
  }
  return urls;
}

function readMailFrom(text: string | undefined): string | undefined {
  if (!text) return undefined;
  const read = parseAddress(text);
  if (read.ok) return read.address;
  throw new StartupError(`HERALD_MAIL_FROM cannot be used: ${read.message}`);
}

function readSettle(text: string | undefined): number | undefined {
  if (!text) return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds > 0) return seconds * 1000;
  throw new StartupError(`HERALD_SETTLE_SECONDS is "${text}": it takes a number of seconds above 0.`);
}
