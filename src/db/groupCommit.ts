/**
 * Group commit: what arrives together shares a transaction. A batch is of one workspace; a few batches are in flight
 * at a time, and what arrives meanwhile makes the next one, so batches grow with the load by themselves. A batch that
 * fails is halved down to the entry that makes it fail, so one bad entry never takes others with it; so is one that is
 * too much for one statement. Sizes are whatever the caller counts, in characters for example.
 */
import { DatabaseBusy, DatabaseUnavailable } from './database.ts';

export interface GroupCommitOptions<Entry, Answer> {
  /** One transaction; answers in the order of the entries. Called again with fewer entries if it throws. */
  commit(workspaceId: string, entries: Entry[]): Promise<Answer[]>;
  maxBatch: number;
  /** A batch is not larger than this; an entry that is larger goes alone. */
  maxBatchSize: number;
  maxBatchesPerWorkspace: number;
  maxBatches: number;
  /** How long a batch waits for company while another one is in flight. */
  windowMs: number;
}

export interface GroupCommit<Entry, Answer> {
  /** Resolves when the entry is committed; rejects if it is the one that cannot be. */
  submit(workspaceId: string, entry: Entry, size?: number): Promise<Answer>;
  /** Entries waiting or in flight. */
  readonly pending: number;
  /** The sizes of those together. */
  readonly pendingSize: number;
  /** Resolves when nothing is pending. */
  idle(): Promise<void>;
}

interface Waiting<Entry, Answer> {
  entry: Entry;
  size: number;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

interface Queue<Entry, Answer> {
  workspaceId: string;
  waiting: Waiting<Entry, Answer>[];
  /** The sizes of what is waiting, together. */
  size: number;
  inFlight: number;
  timer?: NodeJS.Timeout;
  /** There was no place for its batch: at its turn it goes at once, full or not. */
  isDue: boolean;
}

/** A batch and its halves. */
interface Batch {
  workspaceId: string;
  /** Entries that took too long though they were alone. */
  slowAlone: number;
}

/** When so many entries of a batch took too long alone, it is the database that is slow: the rest is not tried. */
const mostSlowAlone = 2;

/** A statement took longer than it may (57014); a smaller batch may do. Waiting for a lock does not get shorter. */
const tookTooLong = (error: unknown): boolean =>
  error instanceof DatabaseBusy && (error.cause as { code?: string } | undefined)?.code === '57014';

/** Takes the next batch from the queue. */
function takeBatch<Entry, Answer>(
  queue: Queue<Entry, Answer>,
  { maxBatch, maxBatchSize }: { maxBatch: number; maxBatchSize: number },
): Waiting<Entry, Answer>[] {
  let count = 0;
  let size = 0;
  while (count < Math.min(maxBatch, queue.waiting.length)) {
    const next = size + (queue.waiting[count]?.size ?? 0);
    if (count > 0 && next > maxBatchSize) break;
    size = next;
    count += 1;
  }
  queue.size -= size;
  return queue.waiting.splice(0, count);
}

export function createGroupCommit<Entry, Answer>(
  options: GroupCommitOptions<Entry, Answer>,
): GroupCommit<Entry, Answer> {
  const queues = new Map<string, Queue<Entry, Answer>>();
  const idleWaiters: (() => void)[] = [];
  let batches = 0;
  let pending = 0;
  let pendingSize = 0;

  async function commit(batch: Batch, entries: Waiting<Entry, Answer>[]): Promise<void> {
    try {
      const answers = await options.commit(
        batch.workspaceId,
        entries.map(({ entry }) => entry),
      );
      entries.forEach((waiting, i) => {
        waiting.resolve(answers[i] as Answer);
      });
    } catch (error) {
      const isSlow = tookTooLong(error);
      if (entries.length > 1 && (isSlow || !(error instanceof DatabaseUnavailable))) {
        await commitHalves(batch, entries, error);
        return;
      }
      if (isSlow) batch.slowAlone += 1;
      else if (error instanceof DatabaseUnavailable) refuseWaiting(batch.workspaceId, error);
      for (const waiting of entries) waiting.reject(error);
    }
  }

  /** What waits behind would only wait again for what this batch has waited for (promise L-4). */
  function refuseWaiting(workspaceId: string, error: unknown): void {
    const queue = queues.get(workspaceId);
    if (!queue) return;
    pending -= queue.waiting.length;
    pendingSize -= queue.size;
    queue.size = 0;
    for (const waiting of queue.waiting.splice(0)) waiting.reject(error);
  }

  async function commitHalves(
    batch: Batch,
    entries: Waiting<Entry, Answer>[],
    error: unknown,
  ): Promise<void> {
    const middle = Math.ceil(entries.length / 2);
    for (const half of [entries.slice(0, middle), entries.slice(middle)]) {
      if (batch.slowAlone < mostSlowAlone) await commit(batch, half);
      else for (const waiting of half) waiting.reject(error);
    }
  }

  async function run(queue: Queue<Entry, Answer>): Promise<void> {
    const batch = takeBatch(queue, options);
    queue.isDue = false;
    // Behind the others: with more workspaces than batches they take turns.
    queues.delete(queue.workspaceId);
    queues.set(queue.workspaceId, queue);
    queue.inFlight += 1;
    batches += 1;
    await commit({ workspaceId: queue.workspaceId, slowAlone: 0 }, batch);
    queue.inFlight -= 1;
    batches -= 1;
    pending -= batch.length;
    for (const { size } of batch) pendingSize -= size;
    if (queue.waiting.length === 0 && queue.inFlight === 0) queues.delete(queue.workspaceId);
    for (const other of [...queues.values()]) start(other);
    if (pending === 0) for (const done of idleWaiters.splice(0)) done();
  }

  function start(queue: Queue<Entry, Answer>): void {
    const mayRun = () =>
      queue.waiting.length > 0 &&
      queue.inFlight < options.maxBatchesPerWorkspace &&
      batches < options.maxBatches;
    if (!mayRun()) {
      queue.isDue ||= batches >= options.maxBatches;
      return;
    }
    // A full batch gains nothing by waiting for company.
    if (queue.isDue || queue.waiting.length >= options.maxBatch || queue.size >= options.maxBatchSize) {
      clearTimeout(queue.timer);
      queue.timer = undefined;
      void run(queue);
      return;
    }
    if (queue.timer) return;
    const waitMs = queue.inFlight === 0 ? 0 : options.windowMs;
    queue.timer = setTimeout(() => {
      queue.timer = undefined;
      if (mayRun()) void run(queue);
      else queue.isDue ||= batches >= options.maxBatches;
    }, waitMs);
  }

  return {
    submit(workspaceId, entry, size = 0) {
      return new Promise((resolve, reject) => {
        let queue = queues.get(workspaceId);
        if (!queue) {
          queue = { workspaceId, waiting: [], size: 0, inFlight: 0, isDue: false };
          queues.set(workspaceId, queue);
        }
        queue.waiting.push({ entry, size, resolve, reject });
        queue.size += size;
        pending += 1;
        pendingSize += size;
        start(queue);
      });
    },
    get pending() {
      return pending;
    },
    get pendingSize() {
      return pendingSize;
    },
    idle: () => (pending === 0 ? Promise.resolve() : new Promise((resolve) => idleWaiters.push(resolve))),
  };
}
