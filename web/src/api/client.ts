/** The one way to the API: cookies say who asks, every failure is a {@link Problem}. */
import { Problem, problemOf, unreachable } from './problem.ts';
import { provenAgain } from './provenAgain.ts';
import { workspaceHeader } from './workspace.ts';

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** An answer with the revision that it shows, to be sent back with a change. */
export interface Versioned<T> {
  value: T;
  etag: string | null;
}

interface Options {
  body?: unknown;
  /** Change only what has this revision: 412 when somebody else was first. */
  ifMatch?: string | null | undefined;
  /** Why; it stands in the audit. For changes whose body has no place for it. */
  reason?: string | undefined;
  signal?: AbortSignal;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const call = (method: Method, path: string, options: Options): Promise<Response> =>
  request(method, `/api/v1${path}`, options);

/** A change that needs a fresh proof asks for it and is sent again; what is read in the background never asks. */
function request(method: Method, address: string, options: Options): Promise<Response> {
  const ask = () => requestOnce(method, address, options);
  return method === 'GET' ? ask() : provenAgain(ask);
}

async function requestOnce(method: Method, address: string, { body, ifMatch, reason, signal }: Options) {
  const response = await fetch(address, {
    method,
    credentials: 'same-origin',
    headers: {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(ifMatch && { 'if-match': ifMatch }),
      ...(reason && { 'herald-reason': encodeURIComponent(reason) }),
      ...workspaceHeader(),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw unreachable();
  });
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function answerOf<T>(response: Response): Promise<T> {
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** Reads. @throws Problem */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return answerOf<T>(await call('GET', path, signal ? { signal } : {}));
}

/** Reads the answer as it is written. @throws Problem */
export async function getText(path: string, signal?: AbortSignal): Promise<string> {
  return (await call('GET', path, signal ? { signal } : {})).text();
}

/** Reads with the revision of what is shown. @throws Problem */
export async function getVersioned<T>(path: string, signal?: AbortSignal): Promise<Versioned<T>> {
  const response = await call('GET', path, signal ? { signal } : {});
  return { value: await answerOf<T>(response), etag: response.headers.get('etag') };
}

/** Changes something. @throws Problem; `isStale` tells when somebody else was first */
export async function send<T>(
  method: Exclude<Method, 'GET'>,
  path: string,
  options: Options = {},
): Promise<T> {
  return answerOf<T>(await call(method, path, options));
}

/** Changes something, and answers with the revision that it has now. @throws Problem as `send` does */
export async function sendVersioned<T>(
  method: Exclude<Method, 'GET'>,
  path: string,
  options: Options = {},
): Promise<Versioned<T>> {
  const response = await call(method, path, options);
  return { value: await answerOf<T>(response), etag: response.headers.get('etag') };
}

/** Asks an address outside the versioned API: invitations, sign-in. @throws Problem */
export async function askOutside<T>(method: Method, address: string, body?: unknown): Promise<T> {
  return answerOf<T>(await request(method, address, { body }));
}

/** Somebody else has changed it since it was shown. */
export const isStale = (error: unknown): boolean => error instanceof Problem && error.status === 412;

/** A query string of what is set; nothing for undefined and empty texts. */
export function query(values: Record<string, string | number | boolean | undefined>): string {
  const pairs = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  if (pairs.length === 0) return '';
  return `?${new URLSearchParams(pairs.map(([key, value]) => [key, String(value)]))}`;
}

/** All pages of a list, for lists that are short by nature. @throws Problem */
export async function getAll<T>(path: string, signal?: AbortSignal): Promise<T[]> {
  const items: T[] = [];
  const join = path.includes('?') ? '&' : '?';
  for (let cursor: string | null = ''; cursor !== null; ) {
    const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<T> = await get<Page<T>>(`${path}${join}limit=200${from}`, signal);
    for (const item of page.items) items.push(item);
    cursor = page.nextCursor;
  }
  return items;
}
