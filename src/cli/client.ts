/** The REST API as commands use it: an answer, or an error that says what to do. */
import type { Command } from 'commander';
import { CommandError } from './errors.ts';
import type { Terminal } from './terminal.ts';

/** Where Herald answers, and the key to it. */
export interface Address {
  url: string;
  key: string;
  /** Why all changes of this client are made; it stands in the audit. */
  reason?: string | undefined;
}

/** What came back, whatever its status. */
export interface Reply {
  status: number;
  body: unknown;
  retryAfterSeconds: number | undefined;
  /** The revision of what is shown, to be sent back with a change of it. */
  etag?: string | undefined;
}

export interface Client {
  readonly url: string;
  /** The body of a 2xx answer. @throws CommandError with the API's own words otherwise */
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  patch<T>(path: string, body: unknown): Promise<T>;
  delete(path: string): Promise<void>;
  /** The text of a 2xx answer that is not JSON. @throws CommandError with the API's own words otherwise */
  text(path: string): Promise<string>;
  /** Any answer at all. @throws CommandError when nobody answers */
  send(method: string, path: string, text?: string, ifMatch?: string): Promise<Reply>;
}

const prefix = '/api/v1';
/** A check of credentials asks the PSA several times; nothing takes longer. */
const timeoutMs = 90_000;

/** What is used of `fetch`. */
export type Fetcher = (
  address: string,
  init: { method: string; headers: Record<string, string>; body?: string; signal: AbortSignal },
) => Promise<Pick<Response, 'status' | 'text'> & { headers: { get(name: string): string | null } }>;

export function createClient({ url, key, reason }: Address, fetcher: Fetcher = fetch): Client {
  async function send(method: string, path: string, text?: string, ifMatch?: string): Promise<Reply> {
    const headers: Record<string, string> = { authorization: `Bearer ${key}` };
    if (text !== undefined) headers['content-type'] = 'application/json';
    if (ifMatch !== undefined) headers['if-match'] = ifMatch;
    if (reason !== undefined && method !== 'GET') headers['herald-reason'] = encodeURIComponent(reason);
    try {
      const answer = await fetcher(`${url}${prefix}${path}`, {
        method,
        headers,
        ...(text === undefined ? {} : { body: text }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const retryAfter = Number(answer.headers.get('retry-after') ?? 'none');
      return {
        status: answer.status,
        body: bodyOf(await answer.text(), answer.headers.get('content-type')),
        retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
        etag: answer.headers.get('etag') ?? undefined,
      };
    } catch (error) {
      throw unreachable(url, error);
    }
  }

  async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const reply = await send(method, path, body === undefined ? undefined : JSON.stringify(body));
    if (reply.status >= 200 && reply.status < 300) return reply.body as T;
    throw new CommandError(refusalOf(reply, url));
  }

  return {
    url,
    get: (path) => ask('GET', path),
    post: (path, body) => ask('POST', path, body),
    put: (path, body) => ask('PUT', path, body),
    patch: (path, body) => ask('PATCH', path, body),
    delete: (path) => ask('DELETE', path),
    text: (path) => ask('GET', path),
    send,
  };
}

/** Text that says that it is a table stays as it is. */
const bodyOf = (text: string, type: string | null): unknown =>
  type?.startsWith('text/csv') ? text : parse(text);

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreachable(url: string, error: unknown): CommandError {
  const { name, cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  if (name === 'TimeoutError') {
    return new CommandError(`Herald at ${url} did not answer within ${timeoutMs / 1_000} seconds.`);
  }
  const why = cause?.code ?? cause?.message ?? message;
  return new CommandError(
    `No Herald answers at ${url} (${why}): start it with "npx herald serve", or give its address with --url.`,
  );
}

/** A refusal of the API in words, field by field (RFC 9457). */
export function refusalOf({ status, body }: Reply, url: string): string {
  if (status === 401) {
    return `Herald at ${url} does not accept the API key: give one with --key or HERALD_API_KEY ("npx herald api-key create" makes one).`;
  }
  if (status === 403) return 'The API key may not do this: it lacks the scope that is needed.';
  const { detail, errors } = (body ?? {}) as {
    detail?: string;
    errors?: { field?: string; message?: string }[];
  };
  if (typeof detail !== 'string') {
    return `${url} answered ${status} without saying why: is this the address of a Herald?`;
  }
  return inLines(detail, errors ?? []);
}

/** The detail often repeats what its errors say: those are said once, each with its field, several on lines of their own. */
function inLines(detail: string, errors: readonly { field?: string; message?: string }[]): string {
  let own = detail;
  const lines: string[] = [];
  for (const { field = '', message = '' } of errors) {
    // Only a sentence of its own is said apart: a number or a word is a part of the detail.
    if (message === '' || (!/[.!?]$/.test(message) && detail.includes(message))) continue;
    own = own.replace(message, '');
    lines.push(field === '' || message.includes(field) ? message : `${field}: ${message}`);
  }
  return [own.replace(/\s+/g, ' ').trim(), ...lines].filter(Boolean).join(lines.length > 1 ? '\n' : ' ');
}

export interface AddressOptions {
  url?: string;
  key?: string;
}

/** The two options that every client command has. */
export function addAddressOptions(command: Command): Command {
  return command
    .option('--url <address>', 'where Herald answers (HERALD_BASE_URL, else http://127.0.0.1:8080)')
    .option('--key <key>', 'API key (HERALD_API_KEY)');
}

/** @throws CommandError when the address is none, or there is no key */
export function readAddress({ url, key }: AddressOptions, { env }: Pick<Terminal, 'env'>): Address {
  const given = readUrl(url, env);
  const found = key || env.HERALD_API_KEY;
  if (found) return { url: given, key: found };
  throw new CommandError(
    'An API key is needed: give one with --key or HERALD_API_KEY ("npx herald api-key create" makes one).',
  );
}

/** @throws CommandError when it is no address */
export function readUrl(url: string | undefined, env: Terminal['env']): string {
  const text = url || env.HERALD_BASE_URL || `http://127.0.0.1:${env.HERALD_PORT || 8080}`;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/(?<!\/)\/+$/, '');
  throw new CommandError(`"${text}" is not an address: it takes one such as http://127.0.0.1:8080.`);
}
