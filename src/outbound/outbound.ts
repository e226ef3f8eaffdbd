import { Agent, type Dispatcher } from 'undici';
import { crashPoint } from '../crashPoints.ts';
import { parseAllow } from './addresses.ts';
import { Call } from './call.ts';
import { createConnector } from './connector.ts';
import { resolveBySystem } from './resolve.ts';
import type { Outbound, OutboundLimits, OutboundOptions, OutboundRequest, Reply } from './types.ts';
import { judgeUrl } from './urls.ts';

const DEFAULT_LIMITS: OutboundLimits = {
  deadlineMs: 30_000,
  connectTimeoutMs: 10_000,
  maxBytes: 10 * 1024 * 1024,
  maxHeaderBytes: 32 * 1024,
  // Each PSA connection bounds its own calls; a few that hang must not use up a host that hundreds share (promise P6).
  connectionsPerOrigin: 1_024,
  keepAliveMs: 4_000,
};

/** Ours alone: they decide where a request ends, to which host it goes, and whether the answer inflates. */
const OWN_HEADERS = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Opens the door out. HTTP/1.1 with kept connections, one call at a time on each; proxy variables of the environment
 * are ignored; nothing is ever repeated.
 * @throws Error when an entry of `allow` is not a host, address or CIDR
 */
export function createOutbound(options: OutboundOptions = {}): Outbound {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const now = options.now ?? (() => performance.now());
  const parsed = parseAllow(options.allow ?? []);
  if (!parsed.ok) throw new Error(parsed.message);
  const { allow } = parsed;
  const agent = createAgent(limits, createConnector({ allow, ...connectorOptions(options, limits) }));
  const underway = createUnderway();

  function call(request: OutboundRequest): Promise<Reply> {
    if (underway.isClosed()) return Promise.resolve(notSent('aborted', 'The service is stopping.'));
    if (request.signal?.aborted)
      return Promise.resolve(notSent('aborted', 'The call was ended before it was sent.'));
    const verdict = judgeUrl(request.url, allow);
    if (!verdict.ok) return Promise.resolve(notSent(verdict.reason, verdict.detail));
    const { host } = verdict.url;
    const { deadlineMs = limits.deadlineMs, maxBytes = limits.maxBytes } = request;
    crashPoint('before-call');
    return new Promise<Reply>((resolve, reject) => {
      const onSettled = () => underway.remove(made);
      const settings = { request, host, deadlineMs, maxBytes, now, resolve, reject, onSettled };
      const made = new Call(settings);
      underway.add(made);
      agent.dispatch(dispatchOptions(verdict.url, request), made);
    }).finally(() => crashPoint('after-call'));
  }

  async function close(): Promise<void> {
    await underway.close();
    // Not `agent.close()`: that would also wait for connections that nobody waits for any more.
    await agent.destroy();
  }

  return { call, abort: underway.abort, close };
}

/** Knows the calls under way, so that closing can wait for them or end them. */
function createUnderway() {
  const drained = Promise.withResolvers<void>();
  const calls = new Set<Call>();
  let isClosed = false;
  const settleWhenDrained = () => {
    if (isClosed && calls.size === 0) drained.resolve();
  };
  return {
    isClosed: () => isClosed,
    add: (call: Call) => {
      calls.add(call);
    },
    remove: (call: Call) => {
      calls.delete(call);
      settleWhenDrained();
    },
    abort: () => {
      isClosed = true;
      for (const call of [...calls]) call.abort();
      settleWhenDrained();
    },
    close: () => {
      isClosed = true;
      settleWhenDrained();
      return drained.promise;
    },
  };
}

function dispatchOptions(url: URL, request: OutboundRequest): Dispatcher.DispatchOptions {
  return {
    origin: url.origin,
    path: url.pathname + url.search,
    method: request.method,
    headers: headersOf(request),
    body: request.body ?? null,
    idempotent: false,
  };
}

function createAgent(limits: OutboundLimits, connect: ReturnType<typeof createConnector>): Agent {
  return new Agent({
    connect,
    allowH2: false,
    pipelining: 1,
    connections: limits.connectionsPerOrigin,
    keepAliveTimeout: limits.keepAliveMs,
    keepAliveMaxTimeout: limits.keepAliveMs,
    maxHeaderSize: limits.maxHeaderBytes,
    // The deadline of the call covers both; a timeout per chunk would never end a drip (promises M10).
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

function connectorOptions(
  { ca, resolve = resolveBySystem }: OutboundOptions,
  { connectTimeoutMs }: OutboundLimits,
) {
  return { connectTimeoutMs, resolve, ...(ca ? { ca } : {}) };
}

function headersOf({ headers = {} }: OutboundRequest): string[] {
  const list = ['accept-encoding', 'identity'];
  for (const name of Object.keys(headers)) {
    if (!OWN_HEADERS.has(name.toLowerCase())) list.push(name, headers[name]!);
  }
  return list;
}

function notSent(reason: 'badUrl' | 'address' | 'aborted', detail: string): Reply {
  return { kind: 'notSent', reason, detail, durationMs: 0 };
}
