import { afterEach, it } from 'vitest';
import { alertId } from '../harness/alerts.ts';
import { check } from '../harness/checker.ts';
import { inParallel } from '../harness/sender.ts';
import { apiKey } from '../harness/service.ts';
import { apiOf } from '../harness/setup.ts';
import { readShown } from '../harness/shown.ts';
import { settled } from '../harness/stored.ts';
import { openWorld, until, type World } from '../harness/world.ts';
import { countOf, mostTestMs } from './counts.ts';

/** More than three pages of the delivery log, as tickets, single notes and digests. */
const alertsPerRound = 700;
const groups = 150;
const senders = 24;

let world: World;
afterEach(() => world?.close());

it(
  'P21: the log, the connections and the counters show what the PSA has',
  async () => {
    world = await openWorld({ roles: ['all'], customers: 2, settleSeconds: 2 });
    const { sender, customers, instances, simulator } = world;
    const [going, paused] = customers;
    const api = apiOf(instances[0]?.url ?? '');
    const connection = `/psa/connections/${paused?.connectionId}`;
    // Some answers are lost: what was made is counted once it is found, and once.
    await simulator.control('POST', 'faults', {
      match: { method: 'POST', path: '/(Tickets|Notes)$', every: 40 },
      fault: { kind: 'afterCommit', answer: 'reset' },
      times: 10 * countOf('P21'),
    });
    const wrong: string[] = [];
    for (let round = 0; round < countOf('P21'); round += 1) {
      await api('POST', `${connection}/pause`);
      let held = 0;
      await inParallel(Array(alertsPerRound).keys(), senders, async (i) => {
        const n = round * alertsPerRound + i;
        const customer = n % 7 === 0 ? paused : going;
        if (customer === paused) held += 1;
        const group = `Group ${n % groups}`;
        // The checker knows ids of one letter and one digit.
        const externalId = alertId('P2', n);
        await sender.send({ externalId, group, reference: customer?.reference ?? '', severity: 'high' });
      });
      const heldNow = async () => {
        const shown = await readShown(instances, [apiKey], false);
        const one = shown.connections.find(({ id }) => id === paused?.connectionId);
        const listed = shown.deliveries.filter(({ state }) => state === 'held').length;
        return { counted: one?.counts.held, listed };
      };
      const { counted, listed } = await heldNow();
      if (counted !== held || listed !== held)
        wrong.push(`${held} alerts are held: the connection shows ${counted}, the list ${listed}`);
      await api('POST', `${connection}/resume`, { held: 'deliver' });
      await until('nothing is held any more', async () => (await heldNow()).counted === 0);
      // What still waited would be held by the next pause.
      await settled(world.database, 120_000);
    }
    await check('P21', world, { other: wrong });
  },
  mostTestMs,
);
