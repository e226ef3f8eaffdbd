import { afterEach, expect, it } from 'vitest';
import { conclude } from '../harness/conclude.ts';
import { isOfFirstStart, startFirst } from '../harness/crash/firstStart.ts';
import { type Death, live, type Outcome, prepareLives } from '../harness/crash/life.ts';
import { crashPointsIn, readSources } from '../harness/crash/points.ts';
import { type HarnessDatabase, startDatabase } from '../harness/database.ts';
import { kinds, verdictOf } from '../harness/judge.ts';
import { seed } from '../harness/random.ts';
import { inParallel } from '../harness/sender.ts';
import { countOf, mostTestMs } from './counts.ts';

/** They wait for each other's look-ups more than for the processor. */
const livesAtOnce = 6;
/** A life comes by each point once in each of its chapters. */
const chapters = 2;
/** What is made once is passed once: a second passage there is none. */
const madeOnce = /-(key-written|key-named|passwords-saved|cluster-made)$/;
/** Everything leaves by these: a nightly run dies at many more of their passages. */
const doors = /^(before|after)-(commit|call|first-byte)$/;
const doorPassages = 40;

const points = crashPointsIn(readSources());

let database: HarnessDatabase | undefined;
afterEach(() => database?.stop());

it(
  'A3: nothing is lost or made twice when Herald dies at any of its crash points',
  async () => {
    database = await startDatabase();
    const server = database;
    const customers = await prepareLives(server);
    const verdict = verdictOf();
    const missed: string[] = [];
    const deaths = wantedDeaths(countOf('A3'));
    await inParallel(deaths, livesAtOnce, async ({ isFirstStart, ...death }) => {
      const name = `${death.point} × ${death.passage}`;
      const outcome = await (isFirstStart ? startFirst(death) : live(server, customers, death)).catch(failed);
      if (!outcome.hasDied) missed.push(name);
      for (const kind of [...kinds, 'other'] as const)
        verdict[kind].push(...outcome.verdict[kind].map((finding) => `${name}: ${finding}`));
    });
    const died = deaths.length - missed.length;
    console.log(
      `A3: ${points.length} crash points, ${died} deaths, not come by: ${missed.join(', ') || 'none'}`,
    );
    conclude('A3', verdict, { iterations: died });
    expect(missed).toEqual([]);
  },
  mostTestMs,
);

/** A life that ends in an error of its own is a finding too. */
function failed(error: Error): Outcome {
  return { verdict: { ...verdictOf(), other: [error.message] }, hasDied: true };
}

/**
 * Each point at each of its passages; of fewer deaths than there are points, evenly spread ones that another seed moves on,
 * so that a few runs come by all of them.
 */
function wantedDeaths(count: number): (Death & { isFirstStart: boolean })[] {
  const every = Math.max(1, Math.floor(points.length / count));
  const passages = Math.min(chapters, Math.ceil(count / points.length));
  return points
    .filter((_, i) => i % every === seed % every)
    .flatMap(({ name, file }) => {
      const most = madeOnce.test(name) ? 1 : passages > 1 && doors.test(name) ? doorPassages : passages;
      return Array.from({ length: most }, (_, n) => ({
        point: name,
        passage: n + 1,
        isFirstStart: isOfFirstStart(file),
      }));
    });
}
