import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type PromiseTest, promiseTests } from '../../promises/catalogue.ts';
import { statements } from '../../promises/statements.ts';
import { releasesInChangelog } from '../../upgrade/release.ts';
import type { Conclusion } from '../conclude.ts';
import { promisesPage } from './page.ts';
import { type Progress, readProgress, record, type Slice } from './progress.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('the catalogue', () => {
  it('names each test once', () => {
    const ids = promiseTests.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(promiseTests)('$id is in a file that is there, and is counted in slices', (test) => {
    expect(existsSync(root + test.file)).toBe(true);
    expect(test.slice ?? test.pr).toBeGreaterThan(0);
    expect(test.nightly).toBeGreaterThan(0);
  });

  it('knows every promise that its tests stand for', () => {
    const unknown = promiseTests
      .flatMap(({ promise }) => promise.split(', '))
      .filter((p) => !(p in statements));
    expect(unknown).toEqual([]);
  });

  it('has every promise test', () => {
    const known = new Set(promiseTests.map(({ file }): string => file));
    const files = globSync('test/{promises,faults,upgrade}/*.test.ts', { cwd: root });
    expect(files.filter((file) => !known.has(file))).toEqual([]);
  });

  it('waits with S1 until there is a release, and no longer', async () => {
    const { waitsFor } = promiseTests.find(({ id }) => id === 'S1')!;
    expect(waitsFor === undefined).toBe((await releasesInChangelog()).length > 0);
  });
});

const noFindings = { lost: 0, duplicated: 0, misordered: 0, leaked: 0, 'left over': 0, other: 0 };
const conclusion = (iterations: number, more: Partial<Conclusion> = {}): Conclusion => ({
  id: 'B2',
  iterations,
  seed: 7,
  verdict: noFindings,
  ...more,
});
const slice = (conclusions: readonly Conclusion[], failure?: string): Slice => ({
  date: '2026-11-22',
  seed: 7,
  seconds: 1.5,
  conclusions,
  failure,
});
const nothing: Progress = { tests: {}, unfinished: {} };
const progressOf = (wanted: number, ...slices: readonly Slice[]): Progress =>
  slices.reduce((progress, one) => record(progress, 'B2', one, wanted), nothing);

describe('progress', () => {
  it('goes on where a run was interrupted, and begins anew when a run is over', () => {
    const interrupted = progressOf(100, slice([conclusion(40)]), slice([conclusion(40)]));
    expect(interrupted.unfinished).toEqual({ B2: 80 });
    const over = record(interrupted, 'B2', slice([conclusion(20)]), 100);
    expect(over.unfinished).toEqual({});
    expect(over.tests.B2).toMatchObject({ iterations: 100, everPassed: 100, failures: 0, seconds: 4.5 });
  });

  it('after a failure counts from nothing: what passed before proves nothing about what comes after', () => {
    const failed = progressOf(100, slice([conclusion(40)]), slice([], 'B2: lost 1'));
    expect(failed.unfinished).toEqual({});
    expect(failed.tests.B2).toMatchObject({
      iterations: 0,
      everPassed: 40,
      failures: 1,
      lastFailure: { seed: 7, said: 'B2: lost 1' },
      last: { passed: false },
    });
    const again = record(failed, 'B2', slice([conclusion(40)]), 100);
    expect(again.tests.B2).toMatchObject({
      iterations: 40,
      everPassed: 80,
      failures: 1,
      last: { passed: true },
    });
  });

  it('keeps the largest and the smallest figures', () => {
    const { tests } = progressOf(
      100,
      slice([conclusion(40, { most: { ms: 5 }, least: { rate: 9 } })]),
      slice([conclusion(40, { most: { ms: 3 }, least: { rate: 7 } })]),
    );
    expect(tests.B2).toMatchObject({ most: { ms: 5 }, least: { rate: 7 } });
  });

  it('of a test of several parts counts the least of them', () => {
    expect(progressOf(100, slice([conclusion(40), conclusion(10)])).tests.B2?.iterations).toBe(10);
  });

  it('of one test leaves the others as they are', () => {
    const other = record(progressOf(100, slice([conclusion(40)])), 'B3', slice([conclusion(5)]), 10);
    expect(other.unfinished).toEqual({ B2: 40, B3: 5 });
    expect(Object.keys(other.tests)).toEqual(['B2', 'B3']);
  });
});

describe('the page', () => {
  it('is written anew after every change: npm run test:nightly -- --page', () => {
    const page = promisesPage(promiseTests, statements, readProgress(`${root}docs/promises.json`));
    expect(readFileSync(`${root}docs/promises.md`, 'utf8')).toBe(page);
  });

  const test: PromiseTest = {
    id: 'B2',
    promise: 'P3, P9',
    shows: 'it holds',
    file: 'test/promises/b2.test.ts',
    of: 'seeds',
    bar: 'violations 0',
    pr: 10,
    nightly: 1_000,
  };
  const rowOf = (progress: Progress, row = test) =>
    promisesPage([row], { P3: 'Once.', P5: 'In order.', P9: 'Soon.' }, progress)
      .split('\n')
      .filter((line) => line.includes('b2.test.ts'));

  it('shows a test with each of its promises, and no promise without a test', () => {
    const page = promisesPage([test], { P3: 'Once.', P5: 'In order.', P9: 'Soon.' }, nothing);
    expect(page.match(/^## .*/gm)).toEqual(['## P3', '## P9']);
    expect(rowOf(nothing)).toHaveLength(2);
    expect(rowOf(nothing)[0]).toContain('0 of 1,000 seeds | not yet run');
    expect(rowOf(nothing, { ...test, waitsFor: 'no moon yet' })[0]).toContain('seeds | no moon yet |');
  });

  it.each([
    ['passed so far, before a tenth', [slice([conclusion(99)])], '99 of 1,000 seeds | passed so far'],
    ['shown, from a tenth on', [slice([conclusion(100)])], '100 of 1,000 seeds | shown |'],
    [
      'failed, with what was said',
      [slice([conclusion(1, { verdict: { ...noFindings, lost: 2 } })], 'lost 2')],
      '0 of 1,000 seeds | **failed**: lost 2 | 2 / 0 / 0 / 0 / 0',
    ],
    [
      'shown after a failure, which is not forgotten',
      [slice([], 'lost 2'), slice([conclusion(100)])],
      'shown; failed 1 times, last on 2026-11-22',
    ],
  ])('says of a test that it is %s', (_, slices, words) => {
    expect(rowOf(progressOf(1_000, ...slices))[0]).toContain(words);
  });

  it.each([
    [999, 'passed so far'],
    [1_000, 'shown'],
  ])('says of a test of a whole list, after %i, that it is %s', (count, words) => {
    const [row] = rowOf(progressOf(1_000, slice([conclusion(count)])), { ...test, isExhaustive: true });
    expect(row).toContain(`1,000 seeds | ${words} |`);
  });
});
