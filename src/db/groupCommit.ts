/**
 * Group commit: what arrives together shares a transaction. A batch is of one workspace; a few batches are in flight
 * at a time, and what arrives meanwhile makes the next one, so batches grow with the load by themselves. A batch that
 * fails is halved down to the entry that makes it fail, so one bad entry never takes others with it.
 */
import { DatabaseUnavailable } from './database.ts';

export interface GroupCommitOptions<Entry, Answer> {
  /** One transaction; answers in the order of the entries. Called again with fewer entries if it throws. */
  commit(workspaceId: string, entries: Entry[]): Promise<Answer[]>;
  maxBatch: number;
  maxBatchesPerWorkspace: number;
  maxBatches: number;
  /** How long a batch waits for company while another one is in flight. */
  windowMs: number;
}

export interface GroupCommit<Entry, Answer> {
  /** Resolves when the entry is committed; rejects if it is the one that cannot be. */
  submit(workspaceId: string, entry: Entry): Promise<Answer>;
  /** Entries waiting or in flight. */
  readonly pending: number;
  /** Resolves when nothing is pending. */
  idle(): Promise<void>;
}

interface Waiting<Entry, Answer> {
  entry: Entry;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

interface Queue<Entry, Answer> {
  workspaceId: string;
  waiting: Waiting<Entry, Answer>[];
  inFlight: number;
  timer?: NodeJS.Timeout;
}

export function createGroupCommit<Entry, Answer>(
  options: GroupCommitOptions<Entry, Answer>,
): GroupCommit<Entry, Answer> {
  const queues = new Map<string, Queue<Entry, Answer>>();
  const idleWaiters: (() => void)[] = [];
  let batches = 0;
  let pending = 0;

  async function commit(workspaceId: string, batch: Waiting<Entry, Answer>[]): Promise<void> {
    try {
      const answers = await options.commit(
        workspaceId,
        batch.map(({ entry }) => entry),
      );
      batch.forEach((waiting, i) => {
        waiting.resolve(answers[i] as Answer);
      });
    } catch (error) {
      if (batch.length === 1 || error instanceof DatabaseUnavailable) {
        for (const waiting of batch) waiting.reject(error);
        return;
      }
      const half = Math.ceil(batch.length / 2);
      await commit(workspaceId, batch.slice(0, half));
      await commit(workspaceId, batch.slice(half));
    }
  }

  async function run(queue: Queue<Entry, Answer>): Promise<void> {
    const batch = queue.waiting.splice(0, options.maxBatch);
    queue.inFlight += 1;
    batches += 1;
    await commit(queue.workspaceId, batch);
    queue.inFlight -= 1;
    batches -= 1;
    pending -= batch.length;
    if (queue.waiting.length === 0 && queue.inFlight === 0) queues.delete(queue.workspaceId);
    for (const other of queues.values()) start(other);
    if (pending === 0) for (const done of idleWaiters.splice(0)) done();
  }

  function start(queue: Queue<Entry, Answer>): void {
    const mayRun = () =>
      queue.waiting.length > 0 &&
      queue.inFlight < options.maxBatchesPerWorkspace &&
      batches < options.maxBatches;
    if (!mayRun()) return;
    // A full batch gains nothing by waiting.
    if (queue.waiting.length >= options.maxBatch) {
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
    }, waitMs);
  }

  return {
    submit(workspaceId, entry) {
      return new Promise((resolve, reject) => {
        let queue = queues.get(workspaceId);
        if (!queue) {
          queue = { workspaceId, waiting: [], inFlight: 0 };
          queues.set(workspaceId, queue);
        }
        queue.waiting.push({ entry, resolve, reject });
        pending += 1;
        start(queue);
      });
    },
    get pending() {
      return pending;
    },
    idle: () => (pending === 0 ? Promise.resolve() : new Promise((resolve) => idleWaiters.push(resolve))),
  };
}
