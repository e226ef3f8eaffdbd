import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { conclude } from '../harness/conclude.ts';
import { percentile } from '../harness/percentile.ts';
import { anAlert } from '../support/alerts.ts';
import { openPsaWorld, type PsaWorld } from '../support/psa.ts';
import { steps } from '../support/steps.ts';
import { insertWorkspace } from '../support/workspace.ts';
import { countOf, mostTestMs, timeBar } from './counts.ts';

const mostWaitMs = timeBar(5_000);
/** The quiet workspace sends so often while the loud one's alerts are delivered. */
const everyMs = 1_000;

it(
  'D2: a workspace that sends thousands of alerts does not delay another',
  async () => {
    const world = await openPsaWorld();
    // Each workspace has its own PSA in life; here they share one, which must not make them wait for each other.
    await world.control('set', { threads: 1_000, threshold: 10_000_000, penalties: false });
    const quiet = (await insertWorkspace(world.db, steps)).workspaceId;
    const loudAlerts = countOf('D2');

    const loud = sendLoud(world, loudAlerts);
    const waitsMs: number[] = [];
    const accepted: Promise<unknown>[] = [];
    const isOver = loud.then(() => true);
    do {
      accepted.push(oneQuiet(world, quiet).then((ms) => waitsMs.push(ms)));
    } while (!(await Promise.race([isOver, sleep(everyMs)])));
    await Promise.all(accepted);

    const p99 = Math.round(percentile(waitsMs, 0.99));
    console.log(
      `D2: ${loudAlerts} alerts beside ${waitsMs.length} of a quiet workspace, whose p99 is ${p99} ms`,
    );
    conclude('D2', p99 > mostWaitMs ? { other: [`p99 ${p99} ms, bar ${mostWaitMs} ms`] } : {}, {
      most: { 'p99 of the quiet one, ms': p99 },
    });
    expect(waitsMs.length).toBeGreaterThan(1);
  },
  mostTestMs,
);

/** All at once, each with a ticket of its own; resolves when they are delivered. */
async function sendLoud(world: PsaWorld, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => acceptInTheEnd(world)));
  await world.settled(mostTestMs);
}

/** Its share of the waiting room is bounded: what was turned away is sent again. */
async function acceptInTheEnd(world: PsaWorld): Promise<void> {
  const alert = anAlert();
  const isTaken = () =>
    world.accept(alert).then(
      () => true,
      (error: { status?: number }) => {
        if (error.status !== 429) throw error;
        return false;
      },
    );
  while (!(await isTaken())) await sleep(100);
}

/** How long one alert takes from its acknowledgement to its ticket. */
async function oneQuiet({ acceptor, db }: PsaWorld, workspaceId: string): Promise<number> {
  const { id } = await acceptor.accept(workspaceId, anAlert());
  const began = performance.now();
  for (;;) {
    const { rows } = await db.inWorkspace(workspaceId, (tx) =>
      tx.query('select delivery_state as state from deliveries where alert_id = $1', [id]),
    );
    if (rows[0]?.state === 'delivered') return performance.now() - began;
    if (performance.now() - began > mostTestMs) throw new Error(`alert ${id} is ${rows[0]?.state}`);
    await sleep(20);
  }
}
