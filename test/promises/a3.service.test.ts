import { afterEach, expect, it } from 'vitest';
import { conclude } from '../harness/conclude.ts';
import { partOfRound, spreadDeaths } from '../harness/crash/deaths.ts';
import { startFirst } from '../harness/crash/firstStart.ts';
import { live, type Outcome, prepareLives } from '../harness/crash/life.ts';
import { crashPointsIn, readSources } from '../harness/crash/points.ts';
import { type HarnessDatabase, startDatabase } from '../harness/database.ts';
import { kinds, verdictOf } from '../harness/judge.ts';
import { seed } from '../harness/random.ts';
import { inParallel } from '../harness/sender.ts';
import { countOf, isNightly, mostTestMs, passedBefore } from './counts.ts';

/** They wait for each other's look-ups more than for the processor. */
const livesAtOnce = 6;
/** How often a life comes by a place may depend on when an answer came: whoever has not died there lives again. */
const mostLives = 3;
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
    const deaths = isNightly
      ? partOfRound(points, passedBefore, countOf('A3'))
      : spreadDeaths(points, countOf('A3'), seed);
    await inParallel(deaths, livesAtOnce, async ({ isFirstStart, ...death }) => {
      const name = `${death.point} × ${death.passage}`;
      let hasDied = false;
      for (let lives = 0; lives < mostLives && !hasDied; lives += 1) {
        const outcome = await (isFirstStart ? startFirst(death) : live(server, customers, death)).catch(
          failed,
        );
        hasDied = outcome.hasDied;
        for (const kind of [...kinds, 'other'] as const)
          verdict[kind].push(...outcome.verdict[kind].map((finding) => `${name}: ${finding}`));
      }
      if (!hasDied) missed.push(name);
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
