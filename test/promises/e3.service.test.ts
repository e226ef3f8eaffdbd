import { afterEach, it } from 'vitest';
import { alertId } from '../harness/alerts.ts';
import { check } from '../harness/checker.ts';
import { createPace, createSender, inParallel } from '../harness/sender.ts';
import { apiOf } from '../harness/setup.ts';
import { settled } from '../harness/stored.ts';
import { openWorld, type World } from '../harness/world.ts';
import { ticketsStep } from '../support/steps.ts';
import { countOf, mostTestMs } from './counts.ts';

/** The usual brake. */
const brake = { tickets: 30, minutes: 10 };
const perSecond = 167;
const senders = 64;

let world: World;
afterEach(() => world?.close());

it.skipIf(countOf('E3') === 0)(
  'E3: groups without end go into one parent ticket of their organization',
  async () => {
    world = await openWorld({ roles: ['api', 'worker'] });
    const [customer] = world.customers;
    const url = world.instances[0]!.url as string;
    await apiOf(url)('PUT', `/psa/connections/${customer!.connectionId}/steps/tickets`, {
      ...ticketsStep,
      ticketSubject: '{{ alert.title }}',
      brake,
    });
    const alerts = countOf('E3');
    const sender = createSender({ ledger: world.ledger, urls: [url], connections: senders });
    const began = performance.now();
    const pace = createPace(perSecond);
    await inParallel(Array(alerts).keys(), senders, async (n) => {
      await pace(n);
      const { reference } = customer!;
      await sender.send({ externalId: alertId('E3', n), group: `Group ${n}`, reference, severity: 'high' });
    });
    await settled(world.database, mostTestMs);

    const windows = Math.ceil((performance.now() - began) / (brake.minutes * 60_000));
    const { tickets } = await world.simulator.recorded();
    const mostTickets = brake.tickets * windows + 1;
    console.log(`E3: ${alerts} groups in ${tickets.length} tickets (bar ${mostTickets})`);
    await check('E3', world, {
      most: { tickets: tickets.length },
      other: tickets.length <= mostTickets ? [] : [`${tickets.length} tickets, bar ${mostTickets}`],
    });
  },
  mostTestMs,
);
