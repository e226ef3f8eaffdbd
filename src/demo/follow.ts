/** Watches one alert over the REST API until everything that it is owed has come to an end. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../cli/client.ts';

export interface DeliveryAnswer {
  revision: number;
  state: 'pending' | 'sending' | 'uncertain' | 'delivered' | 'held' | 'skipped' | 'failed';
  words: string;
  next: { words: string } | null;
  kind: 'ticket' | 'note' | 'digest' | 'mail' | 'mailDigest' | null;
  /** To whom, for mail; empty when one decision stands for all. */
  address?: string | null;
  ticket: { id: string; number: string | null; link: string | null } | null;
  trace: string[];
}

/** What is used of `GET /alerts/{id}`. */
export interface AlertAnswer {
  id: string;
  source: string;
  title: string;
  severity: string;
  status: string | null;
  organization: { name: string } | null;
  unassignedReference: string | null;
  revision: number;
  receivedAt: string;
  deliveries: DeliveryAnswer[];
  trace: string[];
  revisions: { revision: number; severity: string; status: string | null }[];
}

/** Milliseconds between looks: quick at first, then a modest pace. */
const pace = [80, 150, 300, 500];
const steadyMs = 900;

/** What there is to see of one revision of an alert. */
export interface Sight {
  alert: AlertAnswer;
  deliveries: DeliveryAnswer[];
}

export interface FollowOptions {
  /** The revision to watch; left out: the newest one at the first look. */
  revision?: number;
  deadlineMs: number;
  /** Time between looks after the first few. */
  everyMs?: number;
  abort: AbortSignal;
  isEnough?: (sight: Sight) => boolean;
}

/**
 * Looks until `isEnough`, the deadline or the end of the demo; the last sight is the answer, undefined if the API
 * does not know the alert.
 */
export async function follow(client: Client, id: string, options: FollowOptions): Promise<Sight | undefined> {
  const { deadlineMs, everyMs = steadyMs, abort, isEnough = isComplete } = options;
  const until = performance.now() + deadlineMs;
  let { revision } = options;
  let sight: Sight | undefined;
  for (let look = 0; ; look++) {
    const reply = await client.send('GET', `/alerts/${id}`);
    if (reply.status === 404) return undefined;
    if (reply.status === 200) {
      const alert = reply.body as AlertAnswer;
      revision ??= alert.revision;
      sight = { alert, deliveries: alert.deliveries.filter((one) => one.revision === revision) };
      if (isEnough(sight) || performance.now() >= until) return sight;
    }
    // A service that is short of something tells nothing about the alert: it is asked again.
    if (abort.aborted) return sight;
    await sleep(pace[look] ?? everyMs, undefined, { signal: abort }).catch(() => undefined);
  }
}

/** Whether it is owed to a PSA: what an alert comes to is told by it. */
export const isOfPsa = ({ address }: DeliveryAnswer): boolean => address === null || address === undefined;

/**
 * Nothing more will happen by itself in the PSA, and the tickets have their numbers: those come in bulk, seconds later. A mail
 * may wait for a digest for a minute, which nobody wants to watch.
 */
export function isComplete({ deliveries }: Sight): boolean {
  return deliveries
    .filter(isOfPsa)
    .every(({ state, ticket }) => isSettled(state) && (ticket === null || ticket.number !== null));
}

/** `held` and `failed` wait for a person. */
export function isSettled(state: DeliveryAnswer['state']): boolean {
  return state !== 'pending' && state !== 'sending' && state !== 'uncertain';
}
