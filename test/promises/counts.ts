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

/** Nightly runs take hours. */
export const mostTestMs = process.env.PROMISES_TIER === 'nightly' ? 12 * 3_600_000 : 300_000;

const slackOfPr = 5;

/**
 * A bar of time, in milliseconds, as the tier of this run holds it. The nightly run holds the bar itself; beside other
 * tests on a busy machine only a multiple of it shows that something is wrong and not merely slow.
 */
export const timeBar = (ms: number): number =>
  process.env.PROMISES_TIER === 'nightly' ? ms : ms * slackOfPr;
