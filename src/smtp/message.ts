/** What goes over the line between DATA and the final dot. */
import { Readable } from 'node:stream';

/** A message whose only line ends are CRLF. */
export interface LineText {
  bytes: Buffer;
  /** It has bytes that not every server takes. */
  hasEightBit: boolean;
}

const cr = 0x0d;
const lf = 0x0a;

/**
 * Gives a message CRLF as its only line end, and one at its very end: a server that takes a bare CR or LF for a line
 * end would else find a final dot and commands in it ("SMTP smuggling", promise K-9). All other bytes stay.
 */
export function toLines(message: Buffer): LineText {
  let missing = 0;
  let hasEightBit = false;
  let last = 0;
  for (let i = 0; i < message.length; i += 1) {
    const byte = message[i]!;
    if (byte === lf ? last !== cr : last === cr) missing += 1;
    if (byte > 127) hasEightBit = true;
    last = byte;
  }
  if (missing === 0 && last === lf) return { bytes: message, hasEightBit };
  return { bytes: withLineEnds(message, message.length + missing + 2), hasEightBit };
}

function withLineEnds(message: Buffer, most: number): Buffer {
  const bytes = Buffer.allocUnsafe(most);
  let end = 0;
  for (let i = 0; i < message.length; i += 1) {
    const byte = message[i]!;
    if (byte !== cr && byte !== lf) {
      bytes[end++] = byte;
      continue;
    }
    bytes[end++] = cr;
    bytes[end++] = lf;
    if (byte === cr && message[i + 1] === lf) i += 1;
  }
  if (end === 0 || bytes[end - 1] !== lf) {
    bytes[end++] = cr;
    bytes[end++] = lf;
  }
  return bytes.subarray(0, end);
}

/** Told how far a message has gone. */
export interface MessageProgress {
  /** Asked in the tick in which the first byte leaves. False: none does, and the connection is already ended. */
  mayStart(): boolean;
  /** The server has taken what was written so far, more or less. */
  onBlock(): void;
  /** From now on the final dot may leave. */
  onEnd(): void;
}

const blockBytes = 64 * 1024;

/** Hands a message over in blocks as the connection takes them; the dots are the client's affair. */
export class MessageStream extends Readable {
  readonly #bytes: Buffer;
  readonly #progress: MessageProgress;
  #at = 0;

  constructor(bytes: Buffer, progress: MessageProgress) {
    super({ highWaterMark: blockBytes });
    this.#bytes = bytes;
    this.#progress = progress;
  }

  override _read(): void {
    if (this.#at === 0 && !this.#progress.mayStart()) return;
    const block = this.#bytes.subarray(this.#at, this.#at + blockBytes);
    this.#at += block.length;
    this.#progress.onBlock();
    const isLast = this.#at >= this.#bytes.length;
    if (isLast) this.#progress.onEnd();
    this.push(block);
    if (isLast) this.push(null);
  }
}
