/** A quota that other tools of the PSA's owner have used up (promises J-21). */
import { describe, it, type TestContext } from 'vitest';
import type { Severity } from '../../src/alerts/types.ts';
import { conclude } from '../harness/conclude.ts';
import { until } from '../harness/world.ts';
import { anAlert } from '../support/alerts.ts';
import { openPsaWorld, type PsaWorld } from '../support/psa.ts';
import { countOf, mostTestMs } from './counts.ts';

/** Of a minute, so that it ends within a test; what other tools use is learnt again after five seconds. */
const quota = { threshold: 10_000, thresholdMinutes: 1, penalties: false };
const patienceMs = 15_000;
const timed = { timeout: mostTestMs };
type Context = Pick<TestContext, 'onTestFinished'>;
type Check = (holds: boolean, words: string) => void;

/** A world in which others have made so many of the 10,000 calls. */
const worldWith = (used: number, atEnd: Context['onTestFinished']) =>
  openPsaWorld({ simulator: { settings: { ...quota, used } } }, atEnd);

async function take(world: PsaWorld, ...severities: Severity[]): Promise<void> {
  for (const severity of severities) await world.accept(anAlert({ severity }));
}
const waitsFor = async (world: PsaWorld) =>
  (await world.rows('select waits_for from connection_budgets'))[0]?.waits_for;
const calls = (world: PsaWorld) => world.requests(/V1.0\/(?!zone)/i);

/** As often as the catalogue says, each time in a world of its own. */
async function repeat(
  used: number,
  { onTestFinished }: Context,
  run: (world: PsaWorld, check: Check) => Promise<void>,
): Promise<void> {
  const other: string[] = [];
  const check: Check = (holds, words) => holds || other.push(words);
  for (let n = 0; n < countOf('J-21'); n += 1) {
    const world = await worldWith(used, onTestFinished);
    await run(world, check);
    await world.close();
  }
  conclude('J-21', { other });
}

/** What does not come true in time is a finding. */
const meets = (check: Check, words: string, isTrue: () => Promise<boolean>) =>
  until(words, isTrue, patienceMs).catch(({ message }: Error) => check(false, message));

const waits = (world: PsaWorld, check: Check, wanted: RegExp) =>
  meets(check, `it waits for ${wanted.source}`, async () => wanted.test(String(await waitsFor(world))));

async function checkDelivered(world: PsaWorld, check: Check): Promise<void> {
  await world.control('set', { used: 0 });
  await world.settled(60_000).catch(({ message }: Error) => check(false, message));
  const states = await world.states();
  check(
    states.every((state) => state === 'delivered'),
    `at the end: ${states}`,
  );
  const tickets = (await world.tickets()).length;
  check(tickets === states.length, `${tickets} tickets for ${states.length} alerts`);
}

describe.concurrent('a quota that other tools have used up', () => {
  it(
    'J-21: is left alone, the connection says why, and all goes out when they need less',
    timed,
    (context: Context) =>
      repeat(9_999, context, async (world, check) => {
        await take(world, 'critical', 'low');
        await waits(world, check, /otherTools/);
        check((await world.states()).join() === 'pending,pending', `meanwhile: ${await world.states()}`);
        // Asked for its figures, perhaps once more; nothing else.
        check((await calls(world)) <= 2, `${await calls(world)} calls meanwhile`);
        await checkDelivered(world, check);
        await waits(world, check, /null/);
      }),
  );

  it('J-21: goes to critical alerts first when little is left', timed, (context: Context) =>
    repeat(9_997, context, async (world, check) => {
      await take(world, 'low', 'high', 'critical');
      const criticalOnly = 'pending,pending,delivered';
      await meets(check, 'critical first', async () => (await world.states()).join() === criticalOnly);
      await waits(world, check, /reserve|spread|otherTools/);
      check((await world.states()).join() === criticalOnly, `meanwhile: ${await world.states()}`);
      await checkDelivered(world, check);
    }),
  );

  it('J-21: so that the vendor refuses us gets a pause, and no try is used up', timed, (context: Context) =>
    repeat(10_000, context, async (world, check) => {
      await take(world, 'critical');
      await waits(world, check, /asked/);
      check((await calls(world)) === 1, `${await calls(world)} calls`);
      check((await world.states()).join() === 'pending', `${await world.states()}`);
      const [{ tries }] = await world.rows('select tries from deliveries');
      check(tries === 0, `${tries} tries used up`);
    }),
  );
});
