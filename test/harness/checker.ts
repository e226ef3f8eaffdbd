/** Run after every test: gathers the evidence, prints the verdict in one line, and fails the test if anything is wrong. */
import { inOneLine, judge } from './judge.ts';
import { seed } from './random.ts';
import type { Recorded } from './simulator.ts';
import { readStored, settled } from './stored.ts';
import type { World } from './world.ts';

/** A worker that was killed holds its lease for 15 s, and the sweep finds it within 10 more; then a backlog goes out. */
const mostSettleMs = 120_000;
const shownFindings = 10;

/** Answers what the PSA has seen. @throws Error that lists what was lost, duplicated, misordered, leaked or left over */
export async function check(
  id: string,
  { database, simulator, ledger, instances }: World,
): Promise<Recorded> {
  await settled(database, mostSettleMs);
  const recorded = await simulator.recorded();
  const verdict = judge({
    sent: [...ledger.entries.values()],
    stored: await readStored(database),
    recorded,
    leaks: instances.flatMap(({ leaks }) => leaks),
  });
  console.log(`${id}: ${inOneLine(verdict)} seed ${seed}`);
  const findings = Object.values(verdict).flat();
  if (findings.length === 0) return recorded;
  const shown = findings.slice(0, shownFindings).join('\n');
  throw new Error(`${id}: ${inOneLine(verdict)} seed ${seed}\n${findings.length} findings:\n${shown}`);
}
