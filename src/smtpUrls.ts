/** Reads HERALD_SMTP_URL: the mail servers of the installation. Nothing of an entry is repeated, for passwords stand in it. */
import { StartupError } from './errors.ts';
import { type Allow, isListed, parseAllow, readHost } from './outbound/index.ts';
import type { MailServer } from './smtp/index.ts';

const form = 'smtps://user:password@host:465 or smtp://user:password@host:587';

/** By the scheme: TLS from the first byte, or STARTTLS. */
const usualPorts: Readonly<Record<string, number>> = { 'smtps:': 465, 'smtp:': 587 };

/**
 * The servers in the order of the entries. `smtp://` demands STARTTLS, but for a host that is listed and is sent no
 * password: that one is spoken to without TLS.
 * @param listed entries of HERALD_OUTBOUND_ALLOW
 * @throws StartupError that says which entry cannot be used, and why
 */
export function readSmtpUrls(entries: readonly string[], listed: readonly string[]): MailServer[] {
  if (entries.length === 0) return [];
  const parsed = parseAllow(listed);
  // What is wrong with the list itself is said by whoever needs it first.
  const allow: Allow = parsed.ok ? parsed.allow : { hosts: new Set(), ranges: [] };
  return entries.map((entry, at) => {
    const read = readEntry(entry, allow);
    if (typeof read !== 'string') return read;
    const which = entries.length === 1 ? 'HERALD_SMTP_URL' : `Entry ${at + 1} of HERALD_SMTP_URL`;
    throw new StartupError(`${which} ${read}`);
  });
}

function readEntry(entry: string, allow: Allow): MailServer | string {
  if (!URL.canParse(entry)) return `is not an address such as ${form}; commas in a password are written %2C.`;
  const url = new URL(entry);
  const usualPort = usualPorts[url.protocol];
  if (usualPort === undefined) return `must begin with smtps:// or smtp://, such as ${form}.`;
  const host = readHost(url.hostname);
  if (host === undefined) return `names no mail server: it takes ${form}.`;
  if (!/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '')
    return `has something behind the host: it takes ${form}. Write / ? # and @ in a password as %2F %3F %23 %40.`;
  const user = decode(url.username);
  const password = decode(url.password);
  if (user === undefined || password === undefined)
    return 'has a % that begins no character: write % in a user name or password as %25.';
  if ((user === '') !== (password === '')) return 'needs both a user name and a password, or neither.';
  const port = url.port === '' ? usualPort : Number(url.port);
  if (port === 0) return 'names port 0, on which nobody listens.';
  if (url.protocol === 'smtps:') return withSignIn({ host, port, security: 'tls' }, user, password);
  // A password is never sent without TLS, wherever the server stands.
  const security = user === '' && isListed(host, allow) ? 'none' : 'starttls';
  return withSignIn({ host, port, security }, user, password);
}

const withSignIn = (server: MailServer, user: string, password: string): MailServer =>
  user === '' ? server : { ...server, user, password };

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
