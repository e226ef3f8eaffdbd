import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, it } from 'vitest';
import { alertId } from '../harness/alerts.ts';
import { check } from '../harness/checker.ts';
import type { HarnessDatabase } from '../harness/database.ts';
import { pick, randomOf } from '../harness/random.ts';
import { createSender } from '../harness/sender.ts';
import { killAndRestart, openWorld, until, type World } from '../harness/world.ts';
import { countOf, mostTestMs } from './counts.ts';

const groups = 50;
const sendersPerGroup = 20;
/** Each sender waits at random between two alerts, so that notes come singly as well as in digests. */
const mostPauseMs = 10_000;
const mostBetweenKillsMs = 8_000;

let world: World;
afterEach(() => world?.close());

it(
  'C1: within a ticket, notes stand in the order in which alerts were acknowledged',
  async () => {
    world = await openWorld({ roles: ['all', 'all'] });
    const { database, instances, ledger, customers } = world;
    await delayTransactions(database);
    const random = randomOf('C1');
    const senders = groups * sendersPerGroup;
    const alertsEach = Math.ceil(countOf('C1') / senders);
    const urls = instances.flatMap(({ url }) => url ?? []);
    const sender = createSender({ ledger, urls, connections: senders });

    let isOver = false;
    const sending = Promise.all(
      Array.from({ length: senders }, async (_, s) => {
        for (let n = 0; n < alertsEach; n += 1) {
          await sleep(random() * mostPauseMs);
          const externalId = alertId('C1', s * alertsEach + n);
          const group = `Group ${s % groups}`;
          await sender.send({ externalId, group, reference: customers[0]!.reference, severity: 'high' });
        }
      }),
    ).finally(() => {
      isOver = true;
    });
    let kills = 0;
    while (!isOver) {
      await Promise.race([sending, sleep(random() * mostBetweenKillsMs)]);
      if (isOver) break;
      await killAndRestart(pick(instances, random));
      kills += 1;
      await until('both instances are ready', () => instances.every(({ isReady }) => isReady));
    }
    await sending;

    const alerts = ledger.entries.size;
    const { effects } = await check('C1', world);
    console.log(
      `C1: ${alerts} alerts in ${effects.get('ticketCreated')} tickets and ${effects.get('noteCreated')} notes, ${kills} kills`,
    );
  },
  mostTestMs,
);

/** A quarter of the transactions that store alerts take up to 80 ms longer, so that they overtake each other. */
async function delayTransactions({ rows }: HarnessDatabase): Promise<void> {
  await rows(`
    create function delay_at_random() returns trigger language plpgsql as $$
    begin
      if random() < 0.25 then perform pg_sleep(random() * 0.08); end if;
      return null;
    end $$;
    create trigger delay_at_random before insert on alerts for each statement execute function delay_at_random()`);
}
