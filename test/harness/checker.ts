/** Run after every test: gathers the evidence, prints the verdict in one line, and fails the test if anything is wrong. */
import type { PromiseId } from '../promises/catalogue.ts';
import { type Concluding, conclude } from './conclude.ts';
import { judge } from './judge.ts';
import type { CallRules } from './judgeCalls.ts';
import { leaksInAnswers, leaksInRows } from './leaks.ts';
import { apiKey, secrets } from './service.ts';
import type { Recorded } from './simulator.ts';
import { readStored, settled } from './stored.ts';
import type { World } from './world.ts';

/** A worker that was killed holds its lease for 15 s, and the sweep finds it within 10 more; then a backlog goes out. */
const mostSettleMs = 120_000;

/** Answers what the PSA has seen. @throws Error that lists what was lost, duplicated, misordered, leaked or left over */
export async function check(
  id: PromiseId,
  { database, simulator, ledger, instances }: World,
  concluding: Concluding = {},
  calls?: CallRules,
): Promise<Recorded> {
  await settled(database, mostSettleMs);
  const recorded = await simulator.recorded();
  const verdict = judge({
    sent: [...ledger.entries.values()],
    stored: await readStored(database),
    recorded,
    leaks: instances.flatMap(({ leaks }) => leaks),
    ...(calls && { calls }),
  });
  verdict.leaked.push(
    ...(await leaksInRows(database, secrets)),
    ...(await leaksInAnswers(instances, apiKey, secrets)),
  );
  conclude(id, verdict, concluding);
  return recorded;
}
