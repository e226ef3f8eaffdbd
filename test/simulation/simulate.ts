/** Many worlds, one after the other, and what was wrong in any of them. */
import type { Verdict } from '../harness/judge.ts';
import { beyondW, type Conditions, withinW } from './conditions.ts';
import { surplusIn, unreportedIn, verdictOf } from './verdict.ts';
import { type Counts, type Ended, runWorld, type Tell } from './world.ts';

export type Mix = 'B2' | 'B3';

export interface Simulated {
  seeds: number;
  /** The verdict over all seeds; each finding names its seed. */
  verdict: Pick<Verdict, 'lost' | 'duplicated' | 'misordered' | 'left over' | 'other'>;
  /** What happened in all worlds together. */
  counts: Counts;
  /** Further tickets that the PSA made after W. */
  surplus: number;
  /** Of one core. */
  cpuSeconds: number;
}

const conditionsOf: Record<Mix, Conditions> = { B2: withinW, B3: beyondW };

export function simulate(mix: Mix, seeds: Iterable<number>): Simulated {
  const started = process.cpuUsage();
  const verdict: Simulated['verdict'] = {
    lost: [],
    duplicated: [],
    misordered: [],
    'left over': [],
    other: [],
  };
  const counts: Record<string, number> = {};
  let surplus = 0;
  let done = 0;
  for (const seed of seeds) {
    const world = runWorld(seed, conditionsOf[mix]);
    for (const [kind, list] of Object.entries(judge(mix, world)))
      verdict[kind as keyof typeof verdict].push(...list.map((words) => `seed ${seed}: ${words}`));
    for (const [name, count] of Object.entries(world.counts)) counts[name] = (counts[name] ?? 0) + count;
    surplus += surplusIn(world);
    done += 1;
  }
  const { user, system } = process.cpuUsage(started);
  const cpuSeconds = (user + system) / 1e6;
  return { seeds: done, verdict, counts: counts as unknown as Counts, surplus, cpuSeconds };
}

/** One world, told as it happens; answers what is wrong with it. */
export function tellWorld(mix: Mix, seed: number, tell: Tell): string[] {
  return Object.values(judge(mix, runWorld(seed, conditionsOf[mix], tell))).flat();
}

/** What is committed after W makes a second ticket, and puts notes out of order: only silence about it is wrong then. */
function judge(mix: Mix, world: Ended): Partial<Simulated['verdict']> {
  const verdict = verdictOf(world);
  if (mix === 'B2') return verdict;
  return { lost: verdict.lost, 'left over': verdict['left over'], other: unreportedIn(world) };
}
