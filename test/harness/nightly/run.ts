/**
 * Runs the nightly tier of the promise tests, slice by slice, and keeps what they showed in docs/promises.json and
 * docs/promises.md after each of them: an interrupted run goes on where it was. Exit code 1 if a test fails.
 *
 *     --only B2,B3   these tests; all if left out
 *     --share 0.1    this part of the nightly count
 *     --page         runs nothing and writes docs/promises.md anew
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type PromiseTest, promiseTests } from '../../promises/catalogue.ts';
import { statements } from '../../promises/statements.ts';
import { kinds } from '../judge.ts';
import { promisesPage } from './page.ts';
import { type Progress, readProgress, record, writeProgress } from './progress.ts';
import { startSlice } from './slice.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const progressPath = `${root}docs/promises.json`;
const pagePath = `${root}docs/promises.md`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    share: { type: 'string', default: '1' },
    page: { type: 'boolean', default: false },
  },
});
const share = Number(values.share);
if (!(share > 0 && share <= 1)) throw new Error('--share is a part of the nightly count: 0.1, at most 1');

let progress = readProgress(progressPath);
if (values.page) save(progress);
else for (const test of chosenTests(values.only).filter(isThere)) await runTest(test);

function chosenTests(only: string | undefined): readonly PromiseTest[] {
  if (only === undefined) return promiseTests;
  return only.split(',').map((id) => {
    const test = promiseTests.find((row) => row.id === id.trim().toUpperCase());
    if (!test) throw new Error(`there is no test ${id}; test/promises/catalogue.ts lists them`);
    return test;
  });
}

/** One that waits for something is left out, and that is said. */
function isThere({ id, waitsFor }: PromiseTest): boolean {
  if (waitsFor !== undefined) console.log(`${id}  not run: ${waitsFor}`);
  return waitsFor === undefined;
}

/** Until its share is done or a slice fails. */
async function runTest(test: PromiseTest): Promise<void> {
  const wanted = Math.ceil(test.nightly * share);
  const sliceCount = test.slice ?? test.pr;
  let left = wanted - (progress.unfinished[test.id] ?? 0);
  while (left > 0) {
    const slice = await runSlice(test, Math.min(sliceCount, left));
    // Read again: another run may have added to it meanwhile.
    save(record(readProgress(progressPath), test.id, slice, wanted));
    const found = progress.tests[test.id]?.last.verdict;
    const line = `${kinds.map((kind) => `${kind} ${found?.[kind]}`).join(' ')} seed ${slice.seed}`;
    if (slice.failure !== undefined) {
      console.log(slice.output.split('\n').slice(-60).join('\n'));
      console.log(`${test.id}  FAILED  ${line}  ${slice.failure}`);
      process.exitCode = 1;
      return;
    }
    left = wanted - (progress.unfinished[test.id] ?? wanted);
    console.log(
      `${test.id}  ${wanted - left} of ${wanted} ${test.of}  ${line}  ${slice.seconds.toFixed(1)} s`,
    );
  }
}

/** An interrupted slice counts as none. */
async function runSlice(test: PromiseTest, count: number) {
  const passed = progress.tests[test.id]?.iterations ?? 0;
  const seed = Number(process.env.PROMISES_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const { child, ended } = startSlice(root, test, { count, seed, passed });
  const interrupt = () => {
    child.kill('SIGTERM');
    console.log(`${test.id}  interrupted; the next run goes on here`);
    process.exit(130);
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return await ended;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function save(next: Progress): void {
  progress = next;
  writeProgress(progressPath, progress);
  writeFileSync(pagePath, promisesPage(promiseTests, statements, progress));
}
