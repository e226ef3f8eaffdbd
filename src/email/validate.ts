/** What is wrong with mail settings, one message per field; without the database. */
import { isIP } from 'node:net';
import type { FieldError } from '../errors.ts';
import { parseAddress } from '../mail/address.ts';
import { type Allow, isListed, parseAllow, readHost } from '../outbound/index.ts';
import { type MailServer, readEndpoint } from '../smtp/index.ts';
import { compileTemplate, mistakeIn, oneLine, truncate } from '../templates/index.ts';
import { serverKey } from './settingsStore.ts';

const mostSubject = 250;

/** A subject format, as the subject of tickets: the message names the character. */
export function checkSubject(field: string, label: string, text: string | undefined): FieldError[] {
  if (text === undefined) return [];
  const compiled = compileTemplate(text, { maxLength: mostSubject });
  if (compiled.ok) return [];
  return [{ field, code: 'template', ...mistakeIn(label, compiled.errors) }];
}

/** Reads an address; what is refused is named by it. */
export function readAddress(
  field: string,
  text: string,
): { ok: true; address: string } | { ok: false; error: FieldError } {
  const read = parseAddress(text);
  if (read.ok) return { ok: true, address: read.address };
  const shown = truncate(oneLine(text.slice(0, 200)), 80);
  const message = shown === '' ? read.message : `“${shown}” cannot be used. ${read.message}`;
  return { ok: false, error: { field, code: 'address', message } };
}

/** A server as it is given, with the password that it will have. */
export interface GivenServer extends Pick<MailServer, 'host' | 'port' | 'security'> {
  user?: string | undefined;
  password?: string | undefined;
}

/** The servers in the form in which they are stored, or what is wrong with each. */
export function readServers(
  given: readonly GivenServer[],
  allowed: readonly string[],
): { ok: true; servers: MailServer[] } | { ok: false; errors: FieldError[] } {
  const parsed = parseAllow(allowed);
  const allow: Allow = parsed.ok ? parsed.allow : { hosts: new Set(), ranges: [] };
  const errors: FieldError[] = [];
  const servers: MailServer[] = [];
  const seen = new Set<string>();
  for (const [at, one] of given.entries()) {
    const server = toServer(one);
    const error = whatIsWrong(server, allow) ?? (seen.has(serverKey(server)) ? twice : undefined);
    seen.add(serverKey(server));
    if (error) errors.push({ ...error, field: `servers[${at}].${error.field}` });
    else servers.push(server);
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, servers };
}

const twice: FieldError = {
  field: 'host',
  code: 'duplicate',
  message: 'This server and port are listed already.',
};

function toServer({ host, port, security, user, password }: GivenServer): MailServer {
  const named = { host: readHost(host) ?? host, port, security };
  return { ...named, ...(user ? { user } : {}), ...(password ? { password } : {}) };
}

function whatIsWrong(server: MailServer, allow: Allow): FieldError | undefined {
  const { host, port, user, password, security } = server;
  if (readHost(host) === undefined)
    return { field: 'host', code: 'host', message: 'This is not the name or address of a mail server.' };
  if (user && !password)
    return {
      field: 'password',
      code: 'required',
      message: `Enter the password of ${user} for ${host}:${port}.`,
    };
  if (password && !user)
    return { field: 'user', code: 'required', message: 'Enter the user name that the password is for.' };
  // What a name leads to is judged when it is known; an address can be judged now.
  const isElsewhere = isIP(host) !== 0 && !isListed(host, allow);
  const read = readEndpoint(server, isElsewhere ? { ...allow, ranges: [] } : allow);
  if (read.ok) return undefined;
  const { reason, text } = read.trouble;
  if (reason === 'auth') return { field: 'user', code: 'auth', message: text };
  if (reason === 'tls')
    return {
      field: 'security',
      code: 'tls',
      message:
        `${text} ${security === 'none' ? 'Choose TLS or STARTTLS, or list the server there.' : ''}`.trim(),
    };
  return { field: 'port', code: 'port', message: text };
}
