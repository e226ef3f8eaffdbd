/** How often each test does its thing, from the catalogue. `PROMISES_TIER=pr|nightly` chooses; pr if unset. */
import { type PromiseId, promiseTests } from './catalogue.ts';

/** The count of a test in the tier of this run; `PROMISES_COUNT` takes its place for one slice of a nightly run. */
export function countOf(id: PromiseId): number {
  const tier = process.env.PROMISES_TIER ?? 'pr';
  if (tier !== 'pr' && tier !== 'nightly' && tier !== 'sabotage')
    throw new Error('PROMISES_TIER is pr or nightly');
  if (process.env.PROMISES_COUNT) return Number(process.env.PROMISES_COUNT);
  const test = promiseTests.find((row) => row.id === id)!;
  return test[tier] ?? test.pr;
}

/** Whether this is the run that holds the bars as they are. */
export const isNightly = process.env.PROMISES_TIER === 'nightly';

/** How many have passed in nightly runs since the last failure: a test that goes through a list goes on there. */
export const passedBefore = Number(process.env.PROMISES_PASSED ?? 0);

/** Nightly runs take hours. */
export const mostTestMs = isNightly ? 12 * 3_600_000 : 300_000;

const slackOfPr = 5;

/**
 * A bar of time, in milliseconds, as the tier of this run holds it. The nightly run holds the bar itself; beside other
 * tests on a busy machine only a multiple of it shows that something is wrong and not merely slow.
 */
export const timeBar = (ms: number): number => (isNightly ? ms : ms * slackOfPr);
