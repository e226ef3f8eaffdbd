/**
 * Counts what a server says, to notice when it says more than it was asked: an answer too many would pass for the
 * answer to what comes next, at last to the final dot.
 */
export class Spoken {
  bytes = 0;
  #lines = 0;
  #heard = 0;
  /** The line that has begun has text. */
  #hasText = false;

  /** Bytes that arrived, however they are cut. */
  add(chunk: Buffer): void {
    this.bytes += chunk.length;
    for (const byte of chunk) {
      if (byte === 0x0a) {
        if (this.#hasText) this.#lines += 1;
        this.#hasText = false;
      } else if (byte > 0x20 && byte !== 0xa0) this.#hasText = true;
    }
  }

  /** A reply was dealt with. */
  hear(reply: string): void {
    for (const line of reply.split('\n')) if (line.trim() !== '') this.#heard += 1;
  }

  /** All that arrived was dealt with. */
  get isQuiet(): boolean {
    return !this.#hasText && this.#lines <= this.#heard;
  }

  /** Begins anew. */
  reset(): void {
    this.bytes = 0;
    this.#lines = 0;
    this.#heard = 0;
    this.#hasText = false;
  }
}
