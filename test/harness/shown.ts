/** What Herald shows of its work to an operator, read over its API alone: the delivery log, connections, counters. */
import type { Instance } from './service.ts';
import { apiOf } from './setup.ts';

/** A delivery as `GET /deliveries` lists it. */
export interface ShownDelivery {
  connectionId: string;
  state: string;
  kind: 'ticket' | 'note' | 'digest' | null;
  /** With the PSA's own id. */
  ticket: { id: string } | null;
  settledAt: string | null;
}

/** A connection as `GET /psa/connections` lists it. */
export interface ShownConnection {
  id: string;
  name: string;
  counts: { waiting: number; held: number; failed: number };
}

export interface Shown {
  connections: readonly ShownConnection[];
  deliveries: readonly ShownDelivery[];
  /** `herald_writes_confirmed_total` of all processes, by kind; undefined where one of them may have forgotten some. */
  confirmed: ReadonlyMap<string, number> | undefined;
}

/**
 * Reads all pages of each workspace.
 *
 * @param keys of an administrator of each workspace
 * @param isUndisturbed nothing was killed: counters in memory have seen all
 * @throws Error when the API does not answer, or no instance has one
 */
export async function readShown(
  instances: readonly Pick<Instance, 'url'>[],
  keys: readonly string[],
  isUndisturbed: boolean,
): Promise<Shown> {
  const urls = instances.flatMap(({ url }) => url ?? []);
  const [url] = urls;
  if (url === undefined) throw new Error('no instance has an API');
  const connections: ShownConnection[][] = [];
  const deliveries: ShownDelivery[][] = [];
  for (const key of keys) {
    connections.push(await pages<ShownConnection>(url, key, '/psa/connections'));
    deliveries.push(await pages<ShownDelivery>(url, key, '/deliveries'));
  }
  // A process that only works shows its counters to nobody.
  const isWhole = isUndisturbed && urls.length === instances.length;
  return {
    connections: connections.flat(),
    deliveries: deliveries.flat(),
    confirmed: isWhole ? await countersOf(urls, keys[0] ?? '') : undefined,
  };
}

async function pages<T>(url: string, key: string, path: string): Promise<T[]> {
  const api = apiOf(url, key);
  const all: T[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const from: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page: { items: T[]; nextCursor: string | null } = await api('GET', `${path}?limit=200${from}`);
    all.push(...page.items);
    cursor = page.nextCursor;
  }
  return all;
}

const counter = /^herald_writes_confirmed_total\{kind="(\w+)"\} (\d+)$/gm;

async function countersOf(urls: readonly string[], key: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const url of urls) {
    const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${key}` } });
    if (!answer.ok) throw new Error(`/metrics was answered with ${answer.status}`);
    for (const [, kind = '', count] of (await answer.text()).matchAll(counter))
      counts.set(kind, (counts.get(kind) ?? 0) + Number(count));
  }
  return counts;
}
