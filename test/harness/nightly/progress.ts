/** What the nightly runs have shown so far: the committed file docs/promises.json, and how one slice changes it. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Conclusion } from '../conclude.ts';

export interface Progress {
  tests: Record<string, TestProgress>;
  /** Iterations of a nightly run that is not over, by test: it goes on here. */
  unfinished: Record<string, number>;
}

export interface TestProgress {
  /** Passed since the last failure. */
  iterations: number;
  /** Passed in all. */
  everPassed: number;
  seconds: number;
  failures: number;
  lastFailure?: { date: string; seed: number; said: string };
  /** The newest slice. */
  last: { date: string; seed: number; passed: boolean; verdict: Conclusion['verdict'] };
  /** Largest and smallest figures since the last failure. */
  most: Record<string, number>;
  least: Record<string, number>;
}

/** One start of a test. */
export interface Slice {
  date: string;
  seed: number;
  seconds: number;
  conclusions: readonly Conclusion[];
  /** What went wrong, if anything did. */
  failure?: string;
}

/** The progress after one more slice of a test, of which `wanted` iterations make a whole run. */
export function record(progress: Progress, id: string, slice: Slice, wanted: number): Progress {
  const before = progress.tests[id];
  const passed = slice.failure === undefined;
  const base = passed && before ? before : emptied(before);
  const made = passed ? iterationsOf(slice) : 0;
  const done = passed ? (progress.unfinished[id] ?? 0) + made : 0;
  const { [id]: _, ...others } = progress.unfinished;
  const test: TestProgress = {
    iterations: base.iterations + made,
    everPassed: base.everPassed + made,
    seconds: Math.round((base.seconds + slice.seconds) * 10) / 10,
    failures: base.failures + (passed ? 0 : 1),
    lastFailure: passed
      ? base.lastFailure
      : { date: slice.date, seed: slice.seed, said: slice.failure as string },
    last: { date: slice.date, seed: slice.seed, passed, verdict: sumOf(slice) },
    most: passed ? merged(base.most, slice, 'most', Math.max) : {},
    least: passed ? merged(base.least, slice, 'least', Math.min) : {},
  };
  return {
    tests: { ...progress.tests, [id]: test },
    unfinished: done === 0 || done >= wanted ? others : { ...others, [id]: done },
  };
}

/** After a failure what was counted before proves nothing about what comes after it. */
function emptied(before: TestProgress | undefined): Omit<TestProgress, 'last'> {
  const { everPassed = 0, seconds = 0, failures = 0, lastFailure } = before ?? {};
  return { iterations: 0, everPassed, seconds, failures, lastFailure, most: {}, least: {} };
}

/** A test of several parts has done what its least one did. */
const iterationsOf = ({ conclusions }: Slice): number =>
  Math.min(...conclusions.map(({ iterations }) => iterations));

function sumOf({ conclusions }: Slice): Conclusion['verdict'] {
  const sum = { lost: 0, duplicated: 0, misordered: 0, leaked: 0, 'left over': 0, other: 0 };
  for (const { verdict } of conclusions) {
    for (const kind of Object.keys(sum) as (keyof typeof sum)[]) sum[kind] += verdict[kind];
  }
  return sum;
}

function merged(
  known: Record<string, number>,
  { conclusions }: Slice,
  which: 'most' | 'least',
  choose: (...values: number[]) => number,
): Record<string, number> {
  const all = { ...known };
  for (const conclusion of conclusions) {
    for (const [name, value] of Object.entries(conclusion[which] ?? {}))
      all[name] = name in all ? choose(all[name] as number, value) : value;
  }
  return all;
}

export function readProgress(path: string): Progress {
  if (!existsSync(path)) return { tests: {}, unfinished: {} };
  return JSON.parse(readFileSync(path, 'utf8')) as Progress;
}

/** Whole or not at all: a run may be interrupted at any moment. */
export function writeProgress(path: string, progress: Progress): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(progress, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}
