/** Binds an adapter's calls to the one door out: deadline, size, send permit, and the slots of a connection. */
import type { Outbound, Reply } from '../outbound/index.ts';
import type { PsaHttp, PsaReply, PsaRequest } from './contract.ts';

/** How many calls of a connection may be under way; taken before a call, given back after it. */
export interface Slots {
  take(endpoint: string): Promise<() => void>;
}

export interface PsaHttpOptions {
  outbound: Outbound;
  deadlineMs: number;
  slots: Slots;
  /** Told of every call that the vendor counts, when it is about to be made. */
  onCall?: () => void;
  /** Asked again when a call's turn has come: after a refused login those that queued are not made. */
  isStopped?: () => boolean;
}

/** Answers larger than this are cut off: no PSA answer that we need comes near it. */
const maxBytes = 10 * 1024 * 1024;

export function createPsaHttp(options: PsaHttpOptions): PsaHttp {
  const { outbound, deadlineMs, slots, onCall, isStopped } = options;
  return async (request) => {
    // A write holds its slot since before its journal row was committed (its permit runs): it does not queue here.
    const giveBack = request.permit ? undefined : await slots.take(request.endpoint);
    try {
      if (isStopped?.())
        return { kind: 'notSent', reason: 'stopped', detail: 'The connection waits for a person.' };
      if (request.counted !== false) onCall?.();
      return toPsaReply(await outbound.call(toOutbound(request, deadlineMs)));
    } finally {
      giveBack?.();
    }
  };
}

function toOutbound(request: PsaRequest, deadlineMs: number) {
  return {
    method: request.method,
    url: request.url,
    headers: request.headers,
    body: request.body,
    deadlineMs,
    maxBytes,
    mayWrite: request.permit,
  };
}

function toPsaReply(reply: Reply): PsaReply {
  switch (reply.kind) {
    case 'answered':
      return {
        kind: 'answered',
        status: reply.status,
        headers: reply.headers,
        text: reply.body.toString('utf8'),
      };
    case 'notSent':
      return { kind: 'notSent', reason: reply.reason, detail: reply.detail };
    case 'unknown':
      return {
        kind: 'unknown',
        reason: reply.reason,
        detail: reply.detail,
        status: reply.status,
        partial: reply.partialBody?.toString('utf8'),
      };
  }
}

/** Slots of one connection, with a way to take one at once or not at all. */
export interface QueueingSlots extends Slots {
  /** A slot if one is free, for a write that must leave at once or not be frozen. */
  tryTake(endpoint: string): (() => void) | undefined;
  free(endpoint: string): number;
  busy(endpoint: string): number;
}

/** A fixed number of calls in all and per endpoint, first come first served. */
export function createSlots(perEndpoint: number, total: number): QueueingSlots {
  const busy = new Map<string, number>();
  const queue: { endpoint: string; start: () => void }[] = [];
  let all = 0;

  const isFree = (endpoint: string) => all < total && (busy.get(endpoint) ?? 0) < perEndpoint;

  function occupy(endpoint: string): () => void {
    all += 1;
    busy.set(endpoint, (busy.get(endpoint) ?? 0) + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      all -= 1;
      busy.set(endpoint, (busy.get(endpoint) ?? 1) - 1);
      const next = queue.findIndex((waiter) => isFree(waiter.endpoint));
      if (next >= 0) queue.splice(next, 1)[0]?.start();
    };
  }

  return {
    tryTake: (endpoint) => (isFree(endpoint) ? occupy(endpoint) : undefined),
    free: (endpoint) => Math.max(0, Math.min(total - all, perEndpoint - (busy.get(endpoint) ?? 0))),
    busy: (endpoint) => busy.get(endpoint) ?? 0,
    take(endpoint) {
      if (isFree(endpoint)) return Promise.resolve(occupy(endpoint));
      return new Promise((resolve) => {
        queue.push({ endpoint, start: () => resolve(occupy(endpoint)) });
      });
    },
  };
}
