/** How often each test does its thing, per tier (promises §3.2). `PROMISES_TIER=pr|nightly` chooses; pr if unset. */

interface Count {
  id: string;
  /** What is counted. */
  of: string;
  pr: number;
  nightly: number;
  /** Enough to show that a guard is off; see test/harness/sabotage. */
  sabotage: number;
}

const counts = [
  { id: 'A1', of: 'kills of an API or worker', pr: 40, nightly: 1_000, sabotage: 16 },
  { id: 'A2', of: 'kills of PostgreSQL', pr: 20, nightly: 500, sabotage: 4 },
  { id: 'A6', of: 'alerts', pr: 2_000, nightly: 20_000, sabotage: 200 },
  { id: 'B1', of: 'bad answers of each kind', pr: 200, nightly: 2_000, sabotage: 30 },
  { id: 'C1', of: 'alerts in notes', pr: 5_000, nightly: 100_000, sabotage: 3_000 },
] as const satisfies readonly Count[];

/** The count of a test in the tier of this run. */
export function countOf(id: (typeof counts)[number]['id']): number {
  const tier = process.env.PROMISES_TIER ?? 'pr';
  if (tier !== 'pr' && tier !== 'nightly' && tier !== 'sabotage')
    throw new Error('PROMISES_TIER is pr or nightly');
  return counts.find((count) => count.id === id)![tier];
}

/** Nightly runs take hours. */
export const mostTestMs = process.env.PROMISES_TIER === 'nightly' ? 12 * 3_600_000 : 300_000;
