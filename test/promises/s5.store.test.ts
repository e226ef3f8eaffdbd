import { afterEach, expect, it } from 'vitest';
import type { Alert } from '../../src/alerts/types.ts';
import { conclude } from '../harness/conclude.ts';
import { anAlert } from '../support/alerts.ts';
import { takeBackup } from '../support/backup.ts';
import { openPsaWorld, type PsaWorld, type SimulatedTicket } from '../support/psa.ts';
import { countOf, mostTestMs } from './counts.ts';

let stop: () => Promise<void> = async () => undefined;
afterEach(() => stop());

/** One in so many alerts joins a ticket that was there before. */
const oneIn = 4;
const mostWaitMs = mostTestMs / 2;

it(
  'S5: after the restore of an old backup no ticket is made twice, and no alert is lost',
  async () => {
    const world = await openPsaWorld({ settleMs: 2_000 });
    const wanted = countOf('S5');
    const old = Array.from({ length: Math.ceil(wanted / oneIn) }, () => anAlert());
    await acceptAll(world, old);
    await world.settled();
    await world.worker.stop();

    // Accepted before the backup and still waiting when it is taken.
    const waiting = Array.from({ length: wanted }, (_, n) =>
      n % oneIn === 0 ? sameTicketAs(old[n / oneIn]!) : anAlert(),
    );
    await acceptAll(world, waiting);
    const backup = await takeBackup(world.database.adminUrl);
    // The lost hour: they go out, and more come in, some of them on the tickets of those.
    const worker = world.startWorker();
    const lost = Array.from({ length: wanted }, (_, n) =>
      n % oneIn === 0 ? sameTicketAs(waiting[n]!) : anAlert(),
    );
    await acceptAll(world, lost);
    await world.settled(mostWaitMs);
    await worker.stop();
    const before = await world.tickets();

    await backup.restore();
    const again = world.startWorker();
    stop = () => again.stop();
    await world.settled(mostWaitMs);
    const restored = await world.tickets();
    // Senders may send the lost hour again, and alerts that are new come to tickets that the backup did not know.
    await acceptAll(world, lost);
    const fresh = lost.map((alert) => sameTicketAs(alert));
    await acceptAll(world, fresh);
    // As the sweep does every ten seconds.
    await again.changed(world.workspaceId, world.connectionId);
    await world.settled(mostWaitMs);
    const after = await world.tickets();

    const all = [...old, ...waiting, ...lost, ...fresh];
    conclude(
      'S5',
      {
        lost: all
          .filter((alert) => timesIn(after, alert) === 0)
          .map(({ externalId }) => `${externalId} stands nowhere`),
        duplicated: [
          ...after.slice(before.length).map(({ title }) => `a second ticket: ${title}`),
          ...all
            .filter((alert) => timesIn(after, alert) > 1)
            .map(({ externalId }) => `${externalId} stands twice`),
        ],
      },
      {
        iterations: restored.length - old.length,
        most: { 'tickets made twice': after.length - before.length },
      },
    );
    expect(notesOf(restored)).toBe(notesOf(before));
    expect(await foundOf(world)).toEqual({
      tickets: before.length - old.length,
      alerts: waiting.length + lost.length,
    });
  },
  mostTestMs,
);

const sameTicketAs = ({ user, title }: Alert): Alert => anAlert({ user, title });

async function acceptAll(world: PsaWorld, alerts: readonly Alert[]): Promise<void> {
  await Promise.all(alerts.map((alert) => world.accept(alert)));
}

const textsOf = ({ description, notes }: SimulatedTicket): string[] => [
  description,
  ...notes.map((note) => note.description),
];

const timesIn = (tickets: readonly SimulatedTicket[], { externalId }: Alert): number => {
  const pattern = new RegExp(`(^Id: ${externalId}$)|(\\(edr ${externalId}\\))`, 'gm');
  return tickets.flatMap(textsOf).reduce((sum, text) => sum + (text.match(pattern)?.length ?? 0), 0);
};

const notesOf = (tickets: readonly SimulatedTicket[]): number =>
  tickets.reduce((sum, { notes }) => sum + notes.length, 0);

async function foundOf(world: PsaWorld): Promise<{ tickets: number; alerts: number }> {
  const [found] = await world.rows(
    `select count(*) filter (where write_kind = 'ticket')::int as tickets,
            sum(cardinality(delivery_ids))::int as alerts
       from writes where found_after_restore`,
  );
  return found;
}
