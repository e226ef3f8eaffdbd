/**
 * How a promise test ends: one line for people, its figures for the nightly run, and a failure if anything is wrong.
 * The nightly run names a file in `PROMISES_RESULTS`; each conclusion adds a line of JSON to it.
 */
import { appendFileSync } from 'node:fs';
import type { PromiseId } from '../promises/catalogue.ts';
import { countOf } from '../promises/counts.ts';
import { inOneLine, type Verdict, verdictOf } from './judge.ts';
import { seed } from './random.ts';

/** What was measured beside the verdict, by name with its unit: the largest or the smallest of all runs is kept. */
export interface Figures {
  most?: Record<string, number>;
  least?: Record<string, number>;
}

/** One line of the results file. */
export interface Conclusion extends Figures {
  id: PromiseId;
  iterations: number;
  seed: number;
  /** How many findings of each kind. */
  verdict: Record<keyof Verdict, number>;
}

export interface Concluding extends Figures {
  /** How many were made; the count of this run if left out. */
  iterations?: number;
  /** Findings beside the verdict: a bar that was missed. */
  other?: readonly string[];
}

const shownFindings = 10;

/**
 * Ends a test with its findings; kinds that are left out have none.
 *
 * @throws Error that lists what was lost, duplicated, misordered, leaked, left over or otherwise wrong, with the seed
 */
export function conclude(
  id: PromiseId,
  found: Partial<Verdict>,
  { iterations = countOf(id), most, least, other = [] }: Concluding = {},
): void {
  const verdict = { ...verdictOf(), ...found };
  verdict.other = [...verdict.other, ...other];
  const line = `${id}: ${inOneLine(verdict)} seed ${seed}`;
  console.log(line);
  const counts = Object.fromEntries(Object.entries(verdict).map(([kind, list]) => [kind, list.length]));
  hand({ id, iterations, seed, verdict: counts as Conclusion['verdict'], most, least });
  const findings = Object.values(verdict).flat();
  if (findings.length === 0) return;
  throw new Error(`${line}\n${findings.length} findings:\n${findings.slice(0, shownFindings).join('\n')}`);
}

function hand(conclusion: Conclusion): void {
  const path = process.env.PROMISES_RESULTS;
  if (path) appendFileSync(path, `${JSON.stringify(conclusion)}\n`);
}
