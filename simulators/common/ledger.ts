import type { Journal, JournalLine } from './journal.ts';
import type { Change } from './table.ts';

/** A request as the simulator saw it. `status` is null while it is unanswered, and for ever if it never was. */
export type RequestRecord = {
  n: number;
  time: string;
  method: string;
  path: string;
  /** Method and path with ids left out: what the counters count by. */
  route: string;
  status: number | null;
  /** Requests in flight in the same thread bucket when this one came, itself included; 0 where nothing is counted. */
  inFlight: number;
  ms: number | null;
  fault?: string;
};

/** A change that was committed, with what a checker needs to compare. `request` is 0 when no request caused it. */
export type EffectRecord = {
  n: number;
  request: number;
  time: string;
  effect: string;
  by: 'api' | 'workflow' | 'control';
  id: number;
} & Record<string, unknown>;

export type EffectNote = Pick<EffectRecord, 'request' | 'effect' | 'by' | 'id'> & Record<string, unknown>;

const REQUESTS_KEPT = 50_000;
const PATH_KEPT = 300;

/** Everything that was asked and everything that was done, in order. Effects are all kept, requests as a ring. */
export class Ledger {
  readonly effects: EffectRecord[] = [];
  readonly counters = new Map<string, number>();
  readonly #requests: RequestRecord[] = [];
  readonly #now: () => number;
  #lastRequest = 0;
  /** Where the next record goes in the ring. */
  #next = 0;
  #journal: Journal | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  attach(journal: Journal): void {
    this.#journal = journal;
  }

  get lastRequest(): number {
    return this.#lastRequest;
  }

  startRequest(method: string, path: string, route: string, inFlight: number): RequestRecord {
    this.#lastRequest += 1;
    const record: RequestRecord = {
      n: this.#lastRequest,
      time: new Date(this.#now()).toISOString(),
      method,
      path: path.slice(0, PATH_KEPT),
      route,
      status: null,
      inFlight,
      ms: null,
    };
    this.#remember(record);
    return record;
  }

  finishRequest(record: RequestRecord, ms: number): void {
    record.ms = ms;
    this.#journal?.appendSoon({ kind: 'request', ...record });
  }

  /** Records what was just done. Returns after the journal has it, so an answer never runs ahead of the file. */
  commit(note: EffectNote, changes: readonly Change[]): EffectRecord {
    const time = new Date(this.#now()).toISOString();
    const record = { n: this.effects.length + 1, time, ...note } as EffectRecord;
    this.#journal?.appendNow({ kind: 'effect', effect: record, changes });
    this.effects.push(record);
    return record;
  }

  /** Keeps a line in the journal that is neither request nor effect, such as a changed switch. */
  note(line: JournalLine): void {
    this.#journal?.appendNow(line);
  }

  /** Takes a line of the journal back in; returns the changes that the caller has to apply. */
  restore(line: JournalLine): readonly Change[] {
    if (line.kind === 'request') {
      const { kind: _, ...record } = line;
      this.#remember(record as unknown as RequestRecord);
      this.#lastRequest = Math.max(this.#lastRequest, Number(line.n));
    }
    if (line.kind !== 'effect') return [];
    const effect = line.effect as EffectRecord;
    this.effects.push(effect);
    // A kill can lose the last request lines; their numbers must not be given out again.
    this.#lastRequest = Math.max(this.#lastRequest, effect.request);
    return line.changes as Change[];
  }

  /** Requests with a number above `since` that are still remembered, oldest first. */
  requestsSince(since: number): RequestRecord[] {
    return this.#requests.filter((record) => record.n > since).sort((a, b) => a.n - b.n);
  }

  /** The newest requests, newest first. */
  latestRequests(count: number): RequestRecord[] {
    const latest: RequestRecord[] = [];
    for (let back = 1; back <= Math.min(count, this.#requests.length); back += 1) {
      const at = (this.#next - back + this.#requests.length) % this.#requests.length;
      latest.push(this.#requests[at] as RequestRecord);
    }
    return latest;
  }

  /** Forgets everything, in the journal too; request numbers go on. */
  clear(): void {
    this.#journal?.clear();
    this.effects.length = 0;
    this.#requests.length = 0;
    this.#next = 0;
    this.counters.clear();
  }

  #remember(record: RequestRecord): void {
    this.counters.set(record.route, (this.counters.get(record.route) ?? 0) + 1);
    if (this.#requests.length < REQUESTS_KEPT) this.#requests.push(record);
    else this.#requests[this.#next] = record;
    this.#next = (this.#next + 1) % REQUESTS_KEPT;
  }
}
