import { afterEach, it } from 'vitest';
import { alertId } from '../harness/alerts.ts';
import { check } from '../harness/checker.ts';
import { percentile } from '../harness/percentile.ts';
import { createPace, createSender, inParallel } from '../harness/sender.ts';
import { settled } from '../harness/stored.ts';
import { openWorld, type World } from '../harness/world.ts';
import { countOf, mostTestMs, timeBar } from './counts.ts';

/** W of this run; a note each minute becomes a note every six seconds in the same measure. */
const settleSeconds = 42;
const minuteMs = (60_000 * settleSeconds) / 420;
const perSecond = 330;
const mostAnswerMs = timeBar(500);

let world: World;
afterEach(() => world?.close());

it(
  'E1: a storm in one group is one ticket with few notes, and each alert is counted',
  async () => {
    world = await openWorld({ roles: ['api', 'worker'], settleSeconds });
    const alerts = countOf('E1');
    const tookMs: number[] = [];
    const urls = world.instances.flatMap(({ url }) => url ?? []);
    const sender = createSender({
      ledger: world.ledger,
      urls,
      connections: 256,
      onAnswer: (heard) => tookMs.push(heard.tookMs),
    });
    const { reference } = world.customers[0]!;
    const began = performance.now();
    const pace = createPace(perSecond);
    await inParallel(Array(alerts).keys(), 256, async (n) => {
      await pace(n);
      await sender.send({ externalId: alertId('E1', n), group: 'Storm', reference, severity: 'high' });
    });
    await settled(world.database, 600_000);
    const minutes = (performance.now() - began) / minuteMs;

    const { tickets } = await world.simulator.recorded();
    const notes = tickets.flatMap((ticket) => ticket.notes);
    const counted = [...tickets, ...notes].reduce((sum, { description }) => sum + countedIn(description), 0);
    const mostNotes = 10 + Math.ceil(minutes) + 1;
    const p99 = Math.round(percentile(tookMs, 0.99));
    console.log(
      `E1: ${alerts} alerts in ${tickets.length} tickets and ${notes.length} notes (bar ${mostNotes}), ` +
        `${counted} counted, answers p99 ${p99} ms`,
    );
    await check('E1', world, {
      most: { tickets: tickets.length, notes: notes.length, 'answer p99, ms': p99 },
      other: [
        ...(tickets.length === 1 ? [] : [`${tickets.length} tickets`]),
        ...(notes.length <= mostNotes ? [] : [`${notes.length} notes, bar ${mostNotes}`]),
        ...(counted === alerts ? [] : [`${counted} counted of ${alerts}`]),
        ...(p99 <= mostAnswerMs ? [] : [`answers p99 ${p99} ms, bar ${mostAnswerMs} ms`]),
      ],
    });
  },
  mostTestMs,
);

/** What a text says that it counts: "601 alerts: 601 high"; one alert if it says nothing. */
const countedIn = (text: string): number =>
  Number(/([\d,]+) alerts?:/.exec(text)?.[1]?.replaceAll(',', '') ?? 1);
