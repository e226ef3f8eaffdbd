/** What is said on one connection: the commands asked, the replies to them, and every byte of the server, counted. */
import type { Socket } from 'node:net';
import { noOffers, type Offers, readOffers } from './offers.ts';
import { Spoken } from './spoken.ts';

interface EarParts {
  /** The socket that the client uses now; another one from STARTTLS on. */
  socket(): Socket | undefined;
  /** Most bytes for one mail. */
  mostBytes: number;
  onTooLong(): void;
  /** A command was said. */
  onAsked(): void;
  /** A reply was heard. @param more others are still to come */
  onAnswered(more: boolean): void;
}

export class Ear {
  /** What the last EHLO was answered. */
  offers: Offers = noOffers;
  /** Replies since the mail began. */
  replies = 0;
  readonly #parts: EarParts;
  readonly #spoken = new Spoken();
  /** Commands whose reply is still to come; of those that are of no interest here, not even the verb. */
  #asked: string[] = [];
  #socket: Socket | undefined;
  #isClosed = false;
  readonly #onBytes = (chunk: Buffer): void => {
    this.#spoken.add(chunk);
    if (this.#spoken.bytes > this.#parts.mostBytes) this.#parts.onTooLong();
  };

  constructor(parts: EarParts) {
    this.#parts = parts;
  }

  /** All that the server said was asked for, and dealt with. */
  get isQuiet(): boolean {
    return this.#spoken.isQuiet;
  }

  /** A mail begins: nothing of the one before counts. */
  beginMail(): void {
    this.replies = 0;
    this.#spoken.reset();
  }

  /** Counts bytes anew. */
  reset(): void {
    this.#spoken.reset();
  }

  /** One entry of the client's log of commands and replies. */
  hear(entry: { tnx?: string }, text: string): void {
    if (entry.tnx === 'client') {
      this.watch();
      this.#asked.push(/^(EHLO|STARTTLS)\b/.exec(text)?.[0] ?? '');
      this.#parts.onAsked();
    } else if (entry.tnx === 'server') {
      this.replies += 1;
      this.#spoken.hear(text);
      const verb = this.#asked.shift();
      if (verb === 'EHLO') this.offers = readOffers(text);
      // Its socket is TLS's from here on, and every byte is counted on that one.
      if (verb === 'STARTTLS') this.#unwatch();
      this.#parts.onAnswered(this.#asked.length > 0);
    }
  }

  /** Counts what arrives, on whatever socket the client uses now. */
  watch(): void {
    const socket = this.#parts.socket();
    if (!socket || socket === this.#socket || this.#isClosed) return;
    this.#unwatch();
    this.#socket = socket;
    this.#spoken.reset();
    socket.on('data', this.#onBytes);
  }

  close(): void {
    this.#isClosed = true;
    this.#unwatch();
  }

  #unwatch(): void {
    this.#socket?.removeListener('data', this.#onBytes);
    this.#socket = undefined;
  }
}
