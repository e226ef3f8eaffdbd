import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { crashPoint } from '../crashPoints.ts';
import { decode } from './decode.ts';
import { explainNotSent, explainUnknown } from './trouble.ts';
import type { NotSentReason, OutboundRequest, Reply, UnknownReason } from './types.ts';

const PARTIAL_BODY_BYTES = 2048;

/** What undici is told when we end a call; the reply has been given by then. */
const ENDED = new Error('ended');

type CallSettings = {
  request: OutboundRequest;
  host: string;
  deadlineMs: number;
  maxBytes: number;
  now: () => number;
  resolve: (reply: Reply) => void;
  reject: (error: unknown) => void;
  /** Called once, when the call has its reply. */
  onSettled: () => void;
};

/**
 * One call as the HTTP client sees it: a handler of its events that settles one promise once.
 *
 * Undici calls `onRequestStart` and writes the first byte in the same tick, and calls it for every write. So before
 * that call nothing has left, and after it something may have: `#isStarted` is the whole proof behind `notSent`.
 */
export class Call implements Dispatcher.DispatchHandler {
  readonly #settings: CallSettings;
  readonly #startedAt: number;
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #isStarted = false;
  #isSettled = false;
  #status: number | undefined;
  #headers: IncomingHttpHeaders = {};
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(settings: CallSettings) {
    this.#settings = settings;
    this.#startedAt = settings.now();
    this.#timer = setTimeout(this.#onDeadline, settings.deadlineMs);
    settings.request.signal?.addEventListener('abort', this.abort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Thrown here, undici drops the request and keeps the socket for the next one. The second condition would be a
    // repetition by the client; it makes none, and this keeps it so.
    if (this.#isSettled || this.#isStarted) throw ENDED;
    if (!this.#askPermit()) throw ENDED;
    this.#controller = controller;
    this.#isStarted = true;
    crashPoint('before-first-byte');
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
    const hasBody = this.#settings.request.method !== 'HEAD' && status !== 304;
    if (hasBody && Number(headers['content-length']) > this.#settings.maxBytes) this.#endTooLarge();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isSettled) return;
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size > this.#settings.maxBytes) this.#endTooLarge();
  }

  onResponseEnd(): void {
    const body = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#size);
    const encoding = this.#headers['content-encoding'];
    if (!encoding || encoding === 'identity' || body.length === 0) this.#answer(body);
    else void this.#decodeAndAnswer(body, encoding);
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#isSettled) return;
    const { host } = this.#settings;
    if (this.#isStarted) {
      const { reason, detail } = explainUnknown(error, host, this.#status !== undefined);
      this.#endUnknown(reason, detail);
    } else {
      const { reason, detail } = explainNotSent(error, host);
      this.#endNotSent(reason, detail);
    }
  }

  #askPermit(): boolean {
    try {
      const mayWrite = this.#settings.request.mayWrite?.() ?? true;
      if (!mayWrite) this.#endNotSent('permit', 'The permit to send had expired, so nothing was sent.');
      return mayWrite;
    } catch (error) {
      if (this.#settle()) this.#settings.reject(error);
      return false;
    }
  }

  readonly #onDeadline = (): void => {
    const { host, deadlineMs } = this.#settings;
    const seconds = Math.round(deadlineMs / 100) / 10;
    if (this.#isStarted)
      this.#endUnknown('timeout', `${host} did not complete its answer within ${seconds} s.`);
    else this.#endNotSent('connect', `There was no free connection to ${host} within ${seconds} s.`);
  };

  /** Ends the call now: `notSent` or `unknown`, by what had left. */
  readonly abort = (): void => {
    if (this.#isStarted) this.#endUnknown('aborted', 'The call was ended before the answer was complete.');
    else this.#endNotSent('aborted', 'The call was ended before it was sent.');
  };

  async #decodeAndAnswer(body: Buffer, encoding: string): Promise<void> {
    const decoded = await decode(body, encoding, this.#settings.maxBytes);
    if (decoded.ok) this.#answer(decoded.body);
    else if (decoded.reason === 'tooLarge') this.#endTooLarge();
    else this.#endUnknown('encoding', `${this.#settings.host} answered in an encoding that cannot be read.`);
  }

  #answer(body: Buffer): void {
    if (!this.#settle()) return;
    const { resolve } = this.#settings;
    resolve({
      kind: 'answered',
      status: this.#status!,
      headers: this.#headers,
      body,
      durationMs: this.#duration(),
    });
  }

  #endTooLarge(): void {
    const { host, maxBytes } = this.#settings;
    this.#endUnknown('tooLarge', `The answer of ${host} is larger than ${maxBytes} bytes.`);
  }

  #endNotSent(reason: NotSentReason, detail: string): void {
    if (!this.#settle()) return;
    this.#settings.resolve({ kind: 'notSent', reason, detail, durationMs: this.#duration() });
  }

  #endUnknown(reason: UnknownReason, detail: string): void {
    if (!this.#settle()) return;
    const durationMs = this.#duration();
    const arrived =
      this.#status === undefined
        ? {}
        : { status: this.#status, headers: this.#headers, partialBody: this.#partialBody() };
    this.#chunks = [];
    this.#settings.resolve({ kind: 'unknown', reason, detail, ...arrived, durationMs });
    this.#controller?.abort(ENDED);
  }

  /** A copy, since a part of a chunk would keep all of it in memory. */
  #partialBody(): Buffer {
    const parts: Buffer[] = [];
    let size = 0;
    for (const chunk of this.#chunks) {
      if (size >= PARTIAL_BODY_BYTES) break;
      parts.push(chunk);
      size += chunk.length;
    }
    return Buffer.from(Buffer.concat(parts).subarray(0, PARTIAL_BODY_BYTES));
  }

  #duration(): number {
    return this.#settings.now() - this.#startedAt;
  }

  /** True for the first caller only. */
  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#settings.request.signal?.removeEventListener('abort', this.abort);
    this.#settings.onSettled();
    return true;
  }
}
