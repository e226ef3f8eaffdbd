import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatabaseBusy, DatabaseUnavailable } from './database.ts';
import { createGroupCommit, type GroupCommit } from './groupCommit.ts';

interface Call {
  workspaceId: string;
  entries: string[];
  finish(): void;
  fail(error: unknown): void;
}

interface Bench {
  commits: GroupCommit<string, string>;
  /** Every call of `commit`, in order; open until it is finished. */
  calls: Call[];
  submit(workspaceId: string, ...entries: string[]): Promise<PromiseSettledResult<string>[]>;
  /** Lets timers and promises run until nothing more happens by itself. */
  quiet(): Promise<void>;
}

/** A commit that ends when the test says so. */
function open(limits: { maxBatch?: number; maxBatches?: number } = {}): Bench {
  const calls: Call[] = [];
  const commits = createGroupCommit<string, string>({
    maxBatch: 4,
    maxBatchSize: 1_000,
    maxBatchesPerWorkspace: 2,
    maxBatches: 8,
    windowMs: 1,
    ...limits,
    commit(workspaceId, entries) {
      const { promise, resolve, reject } = Promise.withResolvers<string[]>();
      const finish = () => resolve(entries.map((entry) => `${workspaceId}:${entry}`));
      calls.push({ workspaceId, entries, finish, fail: reject });
      return promise;
    },
  });
  return {
    commits,
    calls,
    submit: (workspaceId, ...entries) =>
      Promise.allSettled(entries.map((entry) => commits.submit(workspaceId, entry))),
    async quiet() {
      for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setTimeout(resolve, 2));
    },
  };
}

/** A commit that ends by itself; entries that hold `bad` make it fail. */
function openQuick(isBad: (entry: string) => boolean, error: () => unknown = () => new Error('bad entry')) {
  const batches: string[][] = [];
  const stored: string[] = [];
  const commits = createGroupCommit<string, string>({
    maxBatch: 500,
    maxBatchSize: 1_000,
    maxBatchesPerWorkspace: 2,
    maxBatches: 8,
    windowMs: 1,
    async commit(workspaceId, entries) {
      batches.push(entries);
      await Promise.resolve();
      if (entries.some(isBad)) throw error();
      stored.push(...entries);
      return entries.map((entry) => `${workspaceId}:${entry}`);
    },
  });
  return { commits, batches, stored };
}

const values = (results: PromiseSettledResult<string>[]) =>
  results.map((result) => (result.status === 'fulfilled' ? result.value : (result.reason as Error).message));
const names = (count: number, prefix = 'e') => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

describe('entries that arrive together', () => {
  it('share a commit, and each gets its own answer', async () => {
    const { submit, calls, quiet } = open();
    const answers = submit('a', 'x', 'y', 'z');
    await quiet();
    expect(calls.map(({ entries }) => entries)).toEqual([['x', 'y', 'z']]);
    calls[0]?.finish();
    expect(values(await answers)).toEqual(['a:x', 'a:y', 'a:z']);
  });

  it('of two workspaces never share one', async () => {
    const { submit, calls, quiet } = open();
    const answers = [submit('a', 'x'), submit('b', 'y'), submit('a', 'z')];
    await quiet();
    expect(calls.map(({ workspaceId, entries }) => [workspaceId, entries])).toEqual([
      ['a', ['x', 'z']],
      ['b', ['y']],
    ]);
    for (const call of calls) call.finish();
    expect((await Promise.all(answers)).flatMap(values)).toEqual(['a:x', 'b:y', 'a:z']);
  });

  it('are at most so many in a batch; the rest follows in order', async () => {
    const { submit, calls, quiet } = open();
    const answers = submit('a', ...names(10));
    await quiet();
    expect(calls.map(({ entries }) => entries.length)).toEqual([4, 4]);
    for (const call of calls) call.finish();
    await quiet();
    expect(calls.flatMap(({ entries }) => entries)).toEqual(names(10));
    calls[2]?.finish();
    expect(values(await answers)).toEqual(names(10).map((name) => `a:${name}`));
  });

  it('what comes while others are in flight makes the next batches', async () => {
    const { submit, calls, quiet } = open();
    const answers = [submit('a', 'first')];
    await quiet();
    answers.push(submit('a', 'second'));
    await quiet();
    answers.push(submit('a', 'third'), submit('a', 'fourth'));
    await quiet();
    // Two are under way: the rest waits together.
    expect(calls.map(({ entries }) => entries)).toEqual([['first'], ['second']]);
    calls[0]?.finish();
    await quiet();
    expect(calls[2]?.entries).toEqual(['third', 'fourth']);
    for (const call of calls) call.finish();
    expect((await Promise.all(answers)).flatMap(values)).toHaveLength(4);
  });
});

describe('how many batches are in flight', () => {
  it('at most two of a workspace, so that it leaves room for others', async () => {
    const { submit, calls, quiet } = open();
    const answers = [submit('a', ...names(100)), submit('b', 'y')];
    await quiet();
    expect(calls.map(({ workspaceId }) => workspaceId)).toEqual(['a', 'a', 'b']);
    await finishAll(calls, quiet);
    await Promise.all(answers);
  });

  it('at most eight in all, and the next begins when one ends', async () => {
    const { submit, calls, quiet } = open();
    const answers = names(12, 'w').map((workspace) => submit(workspace, 'x'));
    await quiet();
    expect(calls).toHaveLength(8);
    calls[3]?.finish();
    await quiet();
    expect(calls).toHaveLength(9);
    await finishAll(calls, quiet);
    expect((await Promise.all(answers)).flatMap(values)).toEqual(names(12, 'w').map((name) => `${name}:x`));
  });

  it('more workspaces than batches take turns, however much the first ones send', async () => {
    const { calls, submit, quiet } = open({ maxBatches: 2 });
    const loud = ['a', 'b', 'c'].map((id) => submit(id, ...names(40)));
    const quietOne = submit('quiet', 'x');
    await quiet();
    for (let n = 0; n < 4; n += 1) {
      calls[n]?.finish();
      await quiet();
    }
    expect(calls.slice(0, 6).map(({ workspaceId }) => workspaceId)).toContain('quiet');
    for (let n = 4; n < calls.length; n += 1) {
      calls[n]?.finish();
      await quiet();
    }
    await Promise.all([...loud, quietOne]);
  });

  it('is never more, whatever comes', async () => {
    const arrivals = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.nat(9)), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(arrivals, async (order) => {
        const flying = new Map<string, number>();
        const count = (workspace: string) => flying.get(workspace) ?? 0;
        let worst = 0;
        let worstOfOne = 0;
        const commits = createGroupCommit<string, string>({
          maxBatch: 3,
          maxBatchSize: 1_000,
          maxBatchesPerWorkspace: 2,
          maxBatches: 3,
          windowMs: 0,
          async commit(workspace, entries) {
            flying.set(workspace, count(workspace) + 1);
            worstOfOne = Math.max(worstOfOne, count(workspace));
            worst = Math.max(
              worst,
              [...flying.values()].reduce((sum, n) => sum + n),
            );
            await new Promise((resolve) => setTimeout(resolve, 0));
            flying.set(workspace, count(workspace) - 1);
            return entries;
          },
        });
        const sent = order.flatMap(([workspace, many], i) =>
          names(many, `${i}-`).map((entry) => ({ entry, answer: commits.submit(workspace, entry) })),
        );
        for (const { entry, answer } of sent) expect(await answer).toBe(entry);
        await commits.idle();
        expect(commits.pending).toBe(0);
        expect(worst).toBeLessThanOrEqual(3);
        expect(worstOfOne).toBeLessThanOrEqual(2);
      }),
      { numRuns: 60 },
    );
  });
});

async function finishAll(calls: readonly Call[], quiet: () => Promise<void>): Promise<void> {
  for (let done = 0; done < calls.length; ) {
    while (done < calls.length) calls[done++]?.finish();
    await quiet();
  }
}

describe('large entries', () => {
  const submitSizes = ({ commits }: Bench, ...sizes: number[]) =>
    Promise.allSettled(sizes.map((size, n) => commits.submit('a', `${n}:${size}`, size)));

  it.each([
    ['fill batches up to the size', [400, 600, 1, 999, 1], [['0:400', '1:600'], ['2:1', '3:999'], ['4:1']]],
    ['larger than a batch go alone', [10, 5_000, 10, 20], [['0:10'], ['1:5000'], ['2:10', '3:20']]],
    ['each larger than a batch', [2_000, 2_000, 2_000], [['0:2000'], ['1:2000'], ['2:2000']]],
    ['small ones are bounded by number', [1, 1, 1, 1, 1], [['0:1', '1:1', '2:1', '3:1'], ['4:1']]],
  ])('%s', async (_, sizes, expected) => {
    const bench = open();
    const answers = submitSizes(bench, ...sizes);
    await bench.quiet();
    await finishAll(bench.calls, bench.quiet);
    expect(bench.calls.map(({ entries }) => entries)).toEqual(expected);
    expect((await answers).every(({ status }) => status === 'fulfilled')).toBe(true);
  });

  it('are counted while they wait and while they are in flight, failed ones too', async () => {
    const bench = open();
    const answers = submitSizes(bench, 900, 900, 900);
    expect(bench.commits.pendingSize).toBe(2_700);
    await bench.quiet();
    bench.calls[0]?.fail(new Error('no'));
    await bench.quiet();
    expect(bench.commits.pendingSize).toBe(1_800);
    await finishAll(bench.calls, bench.quiet);
    await answers;
    await bench.commits.idle();
    expect(bench.commits.pendingSize).toBe(0);
  });
});

describe('a batch that takes too long', () => {
  const tooLong = () => new DatabaseBusy({ code: '57014' });

  it.each([0, 17, 63])(
    'for the entry at place %i of 64: that one is refused, the others stored',
    async (place) => {
      const { commits, stored } = openQuick((entry) => entry === `e${place}`, tooLong);
      const results = await Promise.allSettled(names(64).map((entry) => commits.submit('a', entry)));
      expect(results.map(({ status }) => status === 'rejected')).toEqual(
        names(64).map((_, n) => n === place),
      );
      expect(stored).toHaveLength(63);
    },
  );

  it('for its size is stored in parts', async () => {
    const batches: number[] = [];
    const commits = createGroupCommit<string, string>({
      maxBatch: 500,
      maxBatchSize: 1_000,
      maxBatchesPerWorkspace: 2,
      maxBatches: 8,
      windowMs: 1,
      async commit(_, entries) {
        batches.push(entries.length);
        if (entries.length > 20) throw tooLong();
        return entries;
      },
    });
    const answers = await Promise.all(names(64).map((entry) => commits.submit('a', entry)));
    expect(answers).toEqual(names(64));
    expect(batches).toEqual([64, 32, 16, 16, 32, 16, 16]);
  });

  it('for a slow database is refused soon: not each entry is tried alone', async () => {
    const { commits, batches } = openQuick(() => true, tooLong);
    const results = await Promise.allSettled(names(64).map((entry) => commits.submit('a', entry)));
    for (const result of results) {
      expect((result as PromiseRejectedResult).reason).toBeInstanceOf(DatabaseBusy);
    }
    expect(batches.map(({ length }) => length)).toEqual([64, 32, 16, 8, 4, 2, 1, 1]);
    await commits.idle();
    expect(commits.pending).toBe(0);
  });
});

describe('an entry that cannot be committed', () => {
  it.each([0, 1, 17, 31, 63])(
    'at place %i of 64 is found by halving; the others are stored',
    async (place) => {
      const entries = names(64);
      const { commits, batches, stored } = openQuick((entry) => entry === `e${place}`);
      const results = await Promise.allSettled(entries.map((entry) => commits.submit('a', entry)));
      expect(results.map(({ status }) => status === 'rejected')).toEqual(entries.map((_, n) => n === place));
      expect(stored).toEqual(entries.filter((_, n) => n !== place));
      // 64, 32, … 1: two commits per level, not one per entry.
      expect(batches.length).toBeLessThanOrEqual(13);
    },
  );

  it('several: each is refused with its own error, each other gets its own answer', async () => {
    const bad = new Set(['e0', 'e3', 'e4', 'e9']);
    const { commits } = openQuick((entry) => bad.has(entry));
    const results = await Promise.allSettled(names(10).map((entry) => commits.submit('a', entry)));
    expect(values(results)).toEqual(names(10).map((name) => (bad.has(name) ? 'bad entry' : `a:${name}`)));
    await commits.idle();
    expect(commits.pending).toBe(0);
  });

  it('any set of them: only they are refused, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(39)), async (places) => {
        const bad = new Set(places.map((place) => `e${place}`));
        const { commits, stored } = openQuick((entry) => bad.has(entry));
        await Promise.allSettled(names(40).map((entry) => commits.submit('a', entry)));
        expect(stored).toEqual(names(40).filter((name) => !bad.has(name)));
      }),
      { numRuns: 40 },
    );
  });
});

describe('a database that does not serve', () => {
  it.each([
    ['that is away', () => new DatabaseUnavailable('gone')],
    // Trying each entry by itself would take a lock time-out for each of them.
    ['that is busy', () => new DatabaseBusy({ code: '55P03' })],
  ])('%s refuses all at once, without halving', async (_name, error) => {
    const { commits, batches } = openQuick(() => true, error);
    const results = await Promise.allSettled(names(50).map((entry) => commits.submit('a', entry)));
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['rejected']));
    for (const result of results) {
      expect((result as PromiseRejectedResult).reason).toBeInstanceOf(DatabaseUnavailable);
    }
    expect(batches).toHaveLength(1);
  });

  it('refuses what waits behind as well, of that workspace: it would wait for the same', async () => {
    const { commits, calls, submit, quiet } = open();
    const answers = submit('a', ...names(20));
    const other = submit('b', 'x');
    await quiet();
    for (const call of calls) if (call.workspaceId === 'a') call.fail(new DatabaseBusy(new Error('locked')));
    await quiet();
    expect(calls.map(({ workspaceId }) => workspaceId)).toEqual(['a', 'a', 'b']);
    expect((await answers).every(({ status }) => status === 'rejected')).toBe(true);
    expect([commits.pending, commits.pendingSize]).toEqual([1, 0]);
    calls[2]?.finish();
    expect(values(await other)).toEqual(['b:x']);
    await commits.idle();
  });

  it('and later serves again: what comes then is stored', async () => {
    let isAway = true;
    const { commits } = openQuick(
      () => isAway,
      () => new DatabaseUnavailable('gone'),
    );
    await expect(commits.submit('a', 'x')).rejects.toThrow(DatabaseUnavailable);
    isAway = false;
    expect(await commits.submit('a', 'x')).toBe('a:x');
  });

  it('in the middle of halving refuses what is left, keeps what was stored', async () => {
    const { submit, calls, quiet } = open();
    const answers = submit('a', ...names(4));
    await quiet();
    calls[0]?.fail(new Error('one of them'));
    await quiet();
    calls[1]?.finish();
    await quiet();
    calls[2]?.fail(new DatabaseUnavailable('gone'));
    expect((await answers).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
  });
});

describe('idle', () => {
  it('is at once when nothing waits', async () => {
    const { commits } = open();
    await commits.idle();
    expect(commits.pending).toBe(0);
  });

  it('waits for what is in flight and for what waits behind it, failed ones too', async () => {
    const { submit, commits, calls, quiet } = open();
    let isIdle = false;
    const answers = submit('a', ...names(9));
    const idle = commits.idle().then(() => {
      isIdle = true;
    });
    await quiet();
    calls[0]?.finish();
    await quiet();
    calls[1]?.fail(new DatabaseUnavailable('gone'));
    await quiet();
    expect([isIdle, commits.pending]).toEqual([false, 1]);
    calls[2]?.finish();
    await idle;
    expect([isIdle, commits.pending]).toEqual([true, 0]);
    await answers;
  });
});
