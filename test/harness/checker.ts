/** Run after every test: gathers the evidence, prints the verdict in one line, and fails the test if anything is wrong. */
import type { PromiseId } from '../promises/catalogue.ts';
import { type Concluding, conclude } from './conclude.ts';
import { judge, type Verdict } from './judge.ts';
import type { CallRules } from './judgeCalls.ts';
import { judgeShown } from './judgeShown.ts';
import { leaksInAnswers, leaksInRows } from './leaks.ts';
import { apiKey, secrets } from './service.ts';
import { readShown } from './shown.ts';
import type { Recorded } from './simulator.ts';
import { readStored, settled } from './stored.ts';
import type { World } from './world.ts';

/** A worker that was killed holds its lease for 15 s, and the sweep finds it within 10 more; then a backlog goes out. */
const mostSettleMs = 120_000;

/** Answers what the PSA has seen. @throws Error that lists what was lost, duplicated, misordered, leaked or left over */
export async function check(
  id: PromiseId,
  world: World,
  concluding: Concluding = {},
  calls?: CallRules,
): Promise<Recorded> {
  const { verdict, recorded } = await judgeWorld(world, calls);
  conclude(id, verdict, concluding);
  return recorded;
}

/** The evidence of a world, once all is settled; a test of several worlds concludes once for all of them. */
export async function judgeWorld(
  { database, simulator, ledger, instances, customers }: World,
  calls?: CallRules,
): Promise<{ verdict: Verdict; recorded: Recorded }> {
  await settled(database, mostSettleMs);
  const recorded = await simulator.recorded();
  const verdict = judge({
    sent: [...ledger.entries.values()],
    stored: await readStored(database),
    recorded,
    leaks: instances.flatMap(({ leaks }) => leaks),
    ...(calls && { calls }),
  });
  const otherKeys = customers.flatMap((customer) => customer.apiKey ?? []);
  verdict.leaked.push(
    ...(await leaksInRows(database, [...secrets, ...otherKeys])),
    ...(await leaksInAnswers(instances, apiKey, secrets)),
  );
  // Counters in memory end with their process, and miss what is settled twice because a COMMIT got no answer.
  const isUndisturbed = database.restarts === 0 && instances.every(({ startsMs }) => startsMs.length === 1);
  const shown = await readShown(instances, [apiKey, ...new Set(otherKeys)], isUndisturbed);
  verdict.other.push(...judgeShown(shown, recorded));
  return { verdict, recorded };
}
