import {
  closeSync,
  createReadStream,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** One line of the file: an object with the kind of the entry. */
export type JournalLine = { kind: string } & Record<string, unknown>;

const SOON_MS = 50;
const BUFFER_LINES = 500;

/**
 * An append-only file of JSON lines. What was given to `appendNow` is with the operating system when the call
 * returns, so it outlives a kill -9 of this process. A power failure is not covered: nothing is synced to disk.
 */
export class Journal {
  readonly #file: string;
  #handle: number;
  #waiting: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  private constructor(file: string) {
    this.#file = file;
    this.#handle = openSync(file, 'a');
  }

  /**
   * Opens `ledger.jsonl` in the directory, reading what is there first. An unfinished last line, as a kill in the
   * middle of a write leaves it, is cut off. A broken line elsewhere throws.
   */
  static async open(directory: string, onLine: (line: JournalLine) => void): Promise<Journal> {
    mkdirSync(directory, { recursive: true });
    const file = join(directory, 'ledger.jsonl');
    if (existsSync(file)) await readLines(file, onLine);
    return new Journal(file);
  }

  appendNow(line: JournalLine): void {
    this.#waiting.push(JSON.stringify(line));
    this.#flush();
  }

  /** For lines whose loss in a kill does no harm; dropped when the journal is closed. */
  appendSoon(line: JournalLine): void {
    if (this.#isClosed) return;
    this.#waiting.push(JSON.stringify(line));
    if (this.#waiting.length >= BUFFER_LINES) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), SOON_MS);
  }

  /** Empties the file. */
  clear(): void {
    this.#waiting = [];
    closeSync(this.#handle);
    this.#handle = openSync(this.#file, 'w');
  }

  close(): void {
    this.#flush();
    this.#isClosed = true;
    closeSync(this.#handle);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.from(`${this.#waiting.join('\n')}\n`);
    this.#waiting = [];
    for (let written = 0; written < bytes.length; ) written += writeSync(this.#handle, bytes, written);
  }
}

async function readLines(file: string, onLine: (line: JournalLine) => void): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  let goodBytes = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const text = rest.subarray(0, end).toString();
      rest = rest.subarray(end + 1);
      goodBytes += end + 1;
      if (text !== '') onLine(JSON.parse(text) as JournalLine);
    }
  }
  if (rest.length > 0) cutTo(file, goodBytes);
}

function cutTo(file: string, bytes: number): void {
  const handle = openSync(file, 'r+');
  ftruncateSync(handle, bytes);
  closeSync(handle);
}
