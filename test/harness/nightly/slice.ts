/** One start of a promise test with a part of its nightly count, in a vitest of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PromiseTest } from '../../promises/catalogue.ts';
import type { Conclusion } from '../conclude.ts';
import { projectOf } from '../projects.ts';
import type { Slice } from './progress.ts';

export interface RunningSlice {
  child: ChildProcess;
  ended: Promise<Slice & { output: string }>;
}

/** What one slice is to do. */
export interface SliceOrder {
  count: number;
  seed: number;
  /** How many have passed since the last failure. */
  passed: number;
}

export function startSlice(
  root: string,
  test: PromiseTest,
  { count, seed, passed }: SliceOrder,
): RunningSlice {
  const directory = mkdtempSync(join(tmpdir(), 'herald-nightly-'));
  const results = join(directory, 'results.jsonl');
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [
      `${root}node_modules/vitest/vitest.mjs`,
      ...['run', '--project', projectOf(test.file), test.file, '-t', `\\b${test.id}: `],
    ],
    {
      cwd: root,
      env: {
        ...process.env,
        ...{ PROMISES_TIER: 'nightly', PROMISES_COUNT: String(count), PROMISES_SEED: String(seed) },
        ...{ PROMISES_PASSED: String(passed), PROMISES_RESULTS: results, NO_COLOR: '1' },
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve)).then((code) => {
    const conclusions = readConclusions(results).filter(({ id }) => id === test.id);
    rmSync(directory, { recursive: true });
    return {
      date: new Date().toISOString().slice(0, 10),
      seed,
      seconds: (performance.now() - started) / 1_000,
      conclusions,
      failure: failureOf(code, conclusions, output),
      output,
    };
  });
  return { child, ended };
}

function readConclusions(path: string): Conclusion[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Conclusion);
}

/** In a line, what is wrong; a test that says nothing has shown nothing. */
function failureOf(code: number | null, conclusions: readonly Conclusion[], output: string) {
  if (code === 0 && conclusions.length > 0) return undefined;
  if (code === 0) return 'the test ended without a verdict';
  return /^\s*\w*Error: (.*)$/m.exec(output)?.[1] ?? `the test run ended with exit code ${code}`;
}
