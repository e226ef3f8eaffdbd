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
  /** The same for calls that the vendor counts: while the PSA is left alone those that queued are not made. */
  isShut?: () => boolean;
  /** Told of the answer to such a call, before the next one's turn comes. */
  onAnswer?: (status: number) => void;
}

/** Answers larger than this are cut off: no PSA answer that we need comes near it. */
const maxBytes = 10 * 1024 * 1024;

export function createPsaHttp(options: PsaHttpOptions): PsaHttp {
  const { outbound, deadlineMs, slots, onCall, isStopped, isShut, onAnswer } = options;
  return async (request) => {
    const isCounted = request.counted !== false;
    // A write holds its slot since before its journal row was committed (its permit runs): it does not queue here. Nor
    // does a call that the vendor does not count: the one that holds the last slot may be waiting for it.
    const giveBack = request.permit || !isCounted ? undefined : await slots.take(request.endpoint);
    try {
      if (isStopped?.())
        return { kind: 'notSent', reason: 'stopped', detail: 'The connection waits for a person.' };
      if (isCounted && isShut?.())
        return { kind: 'notSent', reason: 'shut', detail: 'It is left alone for a moment.' };
      if (isCounted) onCall?.();
      const reply = toPsaReply(await outbound.call(toOutbound(request, deadlineMs)));
      if (isCounted && reply.kind === 'answered') onAnswer?.(reply.status);
      return reply;
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
  /** Calls under way or about to be, those that wait for their turn too. */
  underWay(): number;
}

/**
 * A number of calls in all and per endpoint, first come first served. `mostNow` may lower the number in all for a while;
 * the next call that ends lets in as many as there is room for then.
 */
export function createSlots(
  perEndpoint: number,
  total: number,
  mostNow: () => number = () => total,
): QueueingSlots {
  const busy = new Map<string, number>();
  const queue: { endpoint: string; start: () => void }[] = [];
  let all = 0;

  const most = () => Math.min(total, mostNow());
  const isFree = (endpoint: string) => all < most() && (busy.get(endpoint) ?? 0) < perEndpoint;

  function admit(): void {
    for (;;) {
      const next = queue.findIndex((waiter) => isFree(waiter.endpoint));
      if (next < 0) return;
      queue.splice(next, 1)[0]?.start();
    }
  }

  function occupy(endpoint: string): () => void {
    all += 1;
    busy.set(endpoint, (busy.get(endpoint) ?? 0) + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      all -= 1;
      busy.set(endpoint, (busy.get(endpoint) ?? 1) - 1);
      admit();
    };
  }

  return {
    tryTake: (endpoint) => (isFree(endpoint) ? occupy(endpoint) : undefined),
    free: (endpoint) => Math.max(0, Math.min(most() - all, perEndpoint - (busy.get(endpoint) ?? 0))),
    busy: (endpoint) => busy.get(endpoint) ?? 0,
    underWay: () => all + queue.length,
    take(endpoint) {
      if (isFree(endpoint)) return Promise.resolve(occupy(endpoint));
      return new Promise((resolve) => {
        queue.push({ endpoint, start: () => resolve(occupy(endpoint)) });
      });
    },
  };
}
