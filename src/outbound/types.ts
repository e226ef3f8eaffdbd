import type { IncomingHttpHeaders } from 'node:http';

/** One call to the outside. */
export type OutboundRequest = {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  /** `host`, `accept-encoding`, `connection` and the like are set here and ignored when given. */
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** For everything together: waiting for a connection, DNS, connect, TLS, headers, body. Default 30,000. */
  deadlineMs?: number;
  /** Most bytes of the decoded body. Default 10 MiB. */
  maxBytes?: number;
  /**
   * The send permit (promises §2.2): asked in the same tick in which the HTTP client writes the first byte of the
   * request, after any wait for a connection. False: nothing is sent. What it throws, `call` throws; nothing is sent then either.
   */
  mayWrite?: () => boolean;
  /** Ends the call early: `notSent` or `unknown`, by what had left. */
  signal?: AbortSignal;
};

/** Why it is certain that no byte of the request left. */
export type NotSentReason =
  /** The URL has a form that is never called (scheme, port, user name, length). */
  | 'badUrl'
  /** Method or headers cannot be written as HTTP. */
  | 'badRequest'
  /** The host is, or resolves to, an address that we never call. */
  | 'address'
  /** The name could not be resolved. */
  | 'dns'
  /** No connection in time, or refused, or lost before the request was written. */
  | 'connect'
  /** The server did not prove who it is, or speaks no TLS that we accept. */
  | 'tls'
  /** `mayWrite` said no. */
  | 'permit'
  /** `signal` fired, or the door was closed. */
  | 'aborted';

/** Why it is not known what the other side did: a byte may have left. */
export type UnknownReason =
  /** The deadline passed. */
  | 'timeout'
  /** The connection ended before the status line. */
  | 'reset'
  /** The connection ended inside the answer. */
  | 'truncated'
  /** The body, decoded or as sent, is larger than `maxBytes`. */
  | 'tooLarge'
  /** The answer is not HTTP, or its headers are too large. */
  | 'protocol'
  /** The body has an encoding that we did not ask for and cannot undo. */
  | 'encoding'
  /** `signal` fired. */
  | 'aborted';

/** A complete answer, whatever its status; redirects are not followed. */
export type Answered = {
  kind: 'answered';
  status: number;
  /** Names in lower case. */
  headers: IncomingHttpHeaders;
  /** Decoded. */
  body: Buffer;
  durationMs: number;
};

/** Proven: no byte of the request left. */
export type NotSent = {
  kind: 'notSent';
  reason: NotSentReason;
  /** A sentence for people, without secrets. */
  detail: string;
  durationMs: number;
};

/** A byte of the request may have left, and there is no complete answer. */
export type Unknown = {
  kind: 'unknown';
  reason: UnknownReason;
  /** A sentence for people, without secrets. */
  detail: string;
  /** Present when the status line arrived. */
  status?: number;
  headers?: IncomingHttpHeaders;
  /** At most the first 2,048 bytes of what arrived, not decoded. */
  partialBody?: Buffer;
  durationMs: number;
};

/** What came of a call. Network trouble is a value here, never an exception. */
export type Reply = Answered | NotSent | Unknown;

/** All addresses of a name, in the order in which they should be tried; rejects like `dns.promises.lookup`. */
export type Resolve = (host: string) => Promise<string[]>;

/** Bounds of the door; each has a default. */
export type OutboundLimits = {
  /** Default of `OutboundRequest.deadlineMs`. */
  deadlineMs: number;
  /** For DNS, connect and TLS handshake together; coarse (±0.5 s). */
  connectTimeoutMs: number;
  /** Default of `OutboundRequest.maxBytes`. */
  maxBytes: number;
  maxHeaderBytes: number;
  /** More calls than this to one scheme, host and port wait for a free connection. */
  connectionsPerOrigin: number;
  /** How long an idle connection is kept. */
  keepAliveMs: number;
};

/** How the door is built. */
export type OutboundOptions = {
  /** Entries of `HERALD_OUTBOUND_ALLOW`: host names, addresses, or CIDRs. */
  allow?: string[];
  limits?: Partial<OutboundLimits>;
  /** Certificate authorities (PEM) trusted beside the built-in ones. */
  ca?: string;
  /** Replaces DNS in tests. */
  resolve?: Resolve;
  /** Monotonic milliseconds, for `durationMs`. */
  now?: () => number;
};

/** The one door out. */
export type Outbound = {
  /** Sends one request at most once. Throws only what `mayWrite` throws. */
  call(request: OutboundRequest): Promise<Reply>;
  /** Takes no more calls and ends those under way: `notSent` or `unknown`, by what had left. */
  abort(): void;
  /** Takes no more calls and resolves when those under way have ended. */
  close(): Promise<void>;
};
