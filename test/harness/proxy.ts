/**
 * A TCP proxy that spoils a line at will (promises §3.0): in front of PostgreSQL, a PSA, or a mail server. It knows
 * nothing of what it carries; troubles are switched while lines are open.
 */
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type Trouble =
  | { kind: 'none' }
  /** Every piece waits so long, in both directions. */
  | { kind: 'latency'; ms: number }
  | { kind: 'bandwidth'; bytesPerSecond: number }
  /** One byte at a time. */
  | { kind: 'drip'; everyMs: number }
  /** Nothing gets through, no end of a line either, and nobody is told; what was held goes on when the trouble ends. */
  | { kind: 'blackHole' }
  /** Nobody listens; open lines stay as they are. */
  | { kind: 'refuse' }
  | Reset;

/** A line is reset at both ends once so many bytes went through, counted from when the trouble was set. */
export interface Reset {
  kind: 'reset';
  after: { request: number } | { response: number };
  /** Counted from the first piece of a request that has this; before it came, all is well. */
  when?: RegExp;
  /** So many lines; all if left out. */
  times?: number;
}

/** One connection through the proxy. */
export interface Line {
  /** The beginning of what the client sent, to know the line by. */
  readonly opening: string;
  readonly isOpen: boolean;
  /** Ends it with a reset at both ends. */
  cut(): void;
  /** A trouble of this line's own, whatever the others have; `undefined` = as the others. */
  set(trouble: Trouble | undefined): void;
}

export interface TcpProxy {
  readonly port: number;
  readonly lines: readonly Line[];
  /** Lines that were accepted so far. */
  readonly accepted: number;
  /** Lines that a {@link Reset} has struck. */
  readonly resets: number;
  /** For all lines, open ones and those to come. */
  set(trouble: Trouble): Promise<void>;
  close(): Promise<void>;
}

type Direction = 'request' | 'response';

/** What all lines have in common. */
interface Shared {
  trouble: Trouble;
  /** How many lines each reset has struck. */
  readonly struck: Map<Trouble, number>;
}

/** `target` is where it leads: host and port, or the path of a socket; a function is asked for each line. */
export async function startProxy(target: NetConnectOpts | (() => NetConnectOpts)): Promise<TcpProxy> {
  const shared: Shared = { trouble: { kind: 'none' }, struck: new Map() };
  const lines = new Set<ReturnType<typeof createLine>>();
  let accepted = 0;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    accepted += 1;
    const to = typeof target === 'function' ? target() : target;
    const line = createLine(client, to, shared, () => lines.delete(line));
    lines.add(line);
  });
  const port = await listen(server, 0);

  return {
    port,
    get lines() {
      return [...lines];
    },
    get accepted() {
      return accepted;
    },
    get resets() {
      return [...shared.struck.values()].reduce((sum, count) => sum + count, 0);
    },
    async set(trouble) {
      shared.trouble = trouble;
      if (trouble.kind === 'refuse') server.close();
      else if (!server.listening) await listen(server, port);
      for (const line of lines) line.changed();
    },
    async close() {
      if (server.listening) server.close();
      for (const line of lines) line.cut();
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}

const openingBytes = 1_000;
/** What was let through must have arrived before a reset overtakes it. */
const resetGraceMs = 20;

function createLine(client: Socket, to: NetConnectOpts, shared: Shared, onEnd: () => void) {
  const upstream = connect({ ...to, allowHalfOpen: true });
  const isLocal = 'path' in to;
  let own: Trouble | undefined;
  let opening = '';
  let isCut = false;
  let change = Promise.withResolvers<void>();
  /** Bytes since the present trouble was set, or since the piece that it waited for. */
  let passed = { request: 0, response: 0 };
  let isArmed = false;
  const trouble = () => own ?? shared.trouble;

  function changed(): void {
    passed = { request: 0, response: 0 };
    isArmed = false;
    change.resolve();
    change = Promise.withResolvers();
  }

  function cut(): void {
    isCut = true;
    client.resetAndDestroy();
    // The socket of a file knows no reset.
    if (isLocal) upstream.destroy();
    else upstream.resetAndDestroy();
    change.resolve();
  }

  /** In a black hole nothing moves. */
  async function untilOpen(): Promise<void> {
    while (trouble().kind === 'blackHole' && !isCut) await change.promise;
  }

  async function pump(from: Socket, to: Socket, direction: Direction): Promise<void> {
    for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (direction === 'request' && opening.length < openingBytes) opening += chunk.toString('latin1');
      await untilOpen();
      const now = trouble();
      if (now.kind === 'reset' && strikes(now, chunk, direction)) {
        await write(to, chunk.subarray(0, Math.max(0, limitOf(now) - passed[direction])));
        await sleep(resetGraceMs);
        cut();
        return;
      }
      passed[direction] += chunk.length;
      await forward(chunk, to);
    }
    await untilOpen();
    to.end();
  }

  async function forward(chunk: Buffer, to: Socket): Promise<void> {
    let at = 0;
    while (at < chunk.length && !isCut) {
      await untilOpen();
      const { bytes, everyMs } = paceOf(trouble(), chunk.length);
      if (everyMs > 0) await sleep(everyMs);
      await write(to, chunk.subarray(at, at + bytes));
      at += bytes;
    }
  }

  function strikes(reset: Reset, chunk: Buffer, direction: Direction): boolean {
    if (direction === 'request' && !isArmed && (reset.when?.test(chunk.toString('latin1')) ?? true)) {
      isArmed = true;
      passed = { request: 0, response: 0 };
    }
    const struck = shared.struck.get(reset) ?? 0;
    if (!isArmed || !(direction in reset.after) || struck >= (reset.times ?? Number.POSITIVE_INFINITY))
      return false;
    if (passed[direction] + chunk.length <= limitOf(reset)) return false;
    shared.struck.set(reset, struck + 1);
    return true;
  }

  /** One end broke: the other hears of it, but not through a black hole. */
  const lost = () => void untilOpen().then(cut);
  let closed = 0;
  for (const socket of [client, upstream]) {
    socket.setNoDelay(true);
    socket.on('error', lost).on('close', () => {
      closed += 1;
      if (closed === 2) onEnd();
    });
  }
  pump(client, upstream, 'request').catch(lost);
  pump(upstream, client, 'response').catch(lost);

  return {
    get opening() {
      return opening;
    },
    get isOpen() {
      return !client.destroyed && !upstream.destroyed;
    },
    cut,
    changed,
    set(next: Trouble | undefined) {
      own = next;
      changed();
    },
  };
}

const limitOf = ({ after }: Reset): number => ('request' in after ? after.request : after.response);

/** A narrow line carries so many pieces in a second. */
const piecesPerSecond = 20;

/** How much goes at once, and after which wait. */
function paceOf(trouble: Trouble, length: number): { bytes: number; everyMs: number } {
  switch (trouble.kind) {
    case 'latency':
      return { bytes: length, everyMs: trouble.ms };
    case 'bandwidth': {
      const bytes = Math.max(1, Math.floor(trouble.bytesPerSecond / piecesPerSecond));
      return { bytes, everyMs: (bytes * 1_000) / trouble.bytesPerSecond };
    }
    case 'drip':
      return { bytes: 1, everyMs: trouble.everyMs };
    default:
      return { bytes: length, everyMs: 0 };
  }
}

const write = (to: Socket, piece: Buffer): Promise<void> =>
  new Promise((resolve) => {
    if (piece.length === 0 || to.destroyed) resolve();
    else to.write(piece, () => resolve());
  });
