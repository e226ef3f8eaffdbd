/**
 * Every promise test, one row each (promises §3.2): what it shows, how often it does its thing per tier, and its bar.
 * `npm run test:nightly` runs these rows and writes docs/promises.md from them; a test takes its count from
 * `countOf(id)` and hands its figures over with `conclude(id, …)`. The test's own name begins with `<id>:`.
 */

interface Row {
  id: string;
  /** The promises that it stands for. */
  promise: string;
  /** What it shows, in one line. */
  shows: string;
  /** From the project's directory; the name tells the vitest project. */
  file: string;
  /** What is counted. */
  of: string;
  /** What must hold for it to pass. */
  bar: string;
  /** So many in every run of `npm test`; 0 = the test is skipped there. */
  pr: number;
  /** So many in a nightly run, in slices of `slice`; the figure that counts as shown is a tenth of it. */
  nightly: number;
  /** How many one start of the test does in a nightly run; `pr` if left out. */
  slice?: number;
  /** Enough to show that a guard is off (test/harness/sabotage); `pr` if left out. */
  sabotage?: number;
}

export const catalogue = [
  {
    id: 'A1',
    promise: 'P1',
    shows: 'no acknowledged alert is lost when APIs and workers are killed',
    file: 'test/promises/a1.service.test.ts',
    of: 'kills of an API or worker',
    bar: 'lost 0, answers of 5xx ≤ 1 % while one API lives',
    pr: 40,
    nightly: 1_000,
    sabotage: 16,
  },
  {
    id: 'A2',
    promise: 'P1',
    shows: 'no acknowledged alert is lost when all PostgreSQL processes are killed',
    file: 'test/promises/a2.service.test.ts',
    of: 'kills of PostgreSQL',
    bar: 'lost 0, answers again within 15 s',
    pr: 20,
    nightly: 500,
    sabotage: 4,
  },
  {
    id: 'A3',
    promise: 'P1',
    shows: 'nothing is lost or made twice when Herald dies before or after any effect',
    file: 'test/promises/a3.service.test.ts',
    of: 'deaths, one at each passage of each crash point',
    bar: 'lost 0, duplicated 0, every point died at',
    pr: 60,
    nightly: 320,
    slice: 320,
  },
  {
    id: 'A6',
    promise: 'P2',
    shows: 'the same alert sent again is one alert',
    file: 'test/promises/a6.service.test.ts',
    of: 'alerts',
    bar: 'one row and one id per alert, one update per change',
    pr: 2_000,
    nightly: 20_000,
    sabotage: 200,
  },
  {
    id: 'B1',
    promise: 'P3',
    shows: 'an effect whose answer is lost is made once',
    file: 'test/promises/b1.service.test.ts',
    of: 'bad answers of each kind',
    bar: 'exactly one ticket per group and one note per alert',
    pr: 200,
    nightly: 2_000,
    sabotage: 30,
  },
  {
    id: 'C1',
    promise: 'P5',
    shows: 'notes stand in the order of acknowledgement',
    file: 'test/promises/c1.service.test.ts',
    of: 'alerts in notes',
    bar: 'inversions 0, gaps 0',
    pr: 5_000,
    nightly: 100_000,
    sabotage: 3_000,
  },
] as const satisfies readonly Row[];

export type PromiseId = (typeof catalogue)[number]['id'];
export type PromiseTest = Row & { id: PromiseId };

export const promiseTests: readonly PromiseTest[] = catalogue;
