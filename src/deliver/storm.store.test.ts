/** Storms (promise P7): one ticket takes few notes however many alerts come, one organization few tickets. */
import { afterEach, expect, it } from 'vitest';
import { anAlert, openWorld, type World, type WorldOptions } from '../../test/support/world.ts';

let world: World;
afterEach(() => world.close());

const open = async (options?: WorldOptions) => {
  world = await openWorld(options);
};

const ofAna = () => anAlert({ user: { email: 'ana@northwind.example' } });

async function inThePsa(): Promise<
  { title: string; description: string; notes: { description: string }[] }[]
> {
  const answer = await fetch(`${world.simulator.url}/control/tickets`);
  return ((await answer.json()) as { tickets: Awaited<ReturnType<typeof inThePsa>> }).tickets;
}

/** What a digest says it counts: "601 alerts: 601 high". */
const counted = (text: string): number =>
  Number(/([\d,]+) alerts?:/.exec(text)?.[1]?.replaceAll(',', '') ?? 1);

const acceptMany = (count: number, make: () => ReturnType<typeof anAlert>) =>
  Promise.all(Array.from({ length: count }, () => world.accept(make())));

it('ten notes at once, then one digest for all that waits, counting each', async () => {
  await open();
  for (let i = 0; i < 11; i++) {
    await world.accept(ofAna());
    await world.settled();
  }
  await acceptMany(700, ofAna);
  // All of them are in the group, and the rounds have come to rest.
  await until(async () => {
    const [row] = await world.rows(
      `select count(*)::int as n from deliveries d join ticket_groups g on g.id = d.group_id
        where d.delivery_state = 'pending' and g.blocked_until > now()`,
    );
    return row.n === 700;
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect((await inThePsa())[0]?.notes).toHaveLength(10);
  // A minute later.
  await world.rows(
    `update ticket_groups set note_credit_at = note_credit_at - interval '1 minute', blocked_until = null`,
  );
  await world.worker.changed(world.workspaceId, world.connectionId);
  await world.settled();
  const [ticket, ...others] = await inThePsa();
  expect(others).toEqual([]);
  expect(ticket?.notes).toHaveLength(11);
  expect(counted(ticket?.notes[10]?.description ?? '')).toBe(700);
});

it('over its brake, an organization gets one ticket that gathers the rest, and loses nothing', async () => {
  // The minute between two notes is a second here.
  await open({ settleMs: 7_000, tickets: { brake: { tickets: 3, minutes: 10 } } });
  await acceptMany(60, () => anAlert());
  await world.settled();
  const tickets = await inThePsa();
  const [gathering, ...none] = tickets.filter(({ title }) => title.startsWith('Many security alerts'));
  expect(none).toEqual([]);
  expect(tickets).toHaveLength(4);
  const texts = [
    gathering?.description ?? '',
    ...(gathering?.notes ?? []).map(({ description }) => description),
  ];
  expect(texts.map(counted).reduce((sum, n) => sum + n, 0)).toBe(57);
  const [row] = await world.rows(
    `select count(*)::int as n from deliveries d join ticket_groups g on g.id = d.group_id
      where g.gathers and d.delivery_state = 'delivered'`,
  );
  expect(row.n).toBe(57);
});

it('the brake of one organization holds no other, and no test ticket', async () => {
  await open({ tickets: { brake: { tickets: 1, minutes: 10 } } });
  await acceptMany(3, () => anAlert());
  await world.settled();
  await world.accept(anAlert({ organization: { externalId: 'org-18' } }));
  await world.acceptor.accept(world.workspaceId, anAlert(), {
    connectionId: world.connectionId,
    accountId: '0',
  });
  await world.settled();
  const titles = (await inThePsa()).map(({ title }) => title.replace(/ - .*/, ''));
  expect(titles.toSorted()).toEqual([
    'Impossible travel',
    'Impossible travel',
    'Many security alerts of org-17',
    '[TEST] Impossible travel',
  ]);
});

it('a ticket that is refused at first is tried again as itself, and counts once', async () => {
  await open({ settleMs: 7_000, tickets: { brake: { tickets: 1, minutes: 10 } } });
  await fetch(`${world.simulator.url}/control/faults`, {
    method: 'POST',
    body: JSON.stringify({
      match: { method: 'POST', path: '/Tickets$' },
      fault: { kind: 'beforeCommit', status: 429 },
    }),
  });
  await world.accept(anAlert());
  await world.settled();
  const [ticket, ...others] = await inThePsa();
  expect(others).toEqual([]);
  expect(ticket?.title).toMatch(/^Impossible travel/);
});

it('what was sent for an alert before it was gathered stays on its record', async () => {
  await open({ settleMs: 7_000, tickets: { brake: { tickets: 1, minutes: 10 } } });
  await world.accept(anAlert());
  await world.settled();
  await world.accept(anAlert());
  await world.settled();
  const [row] = await world.rows(
    `select former_groups from deliveries d join ticket_groups g on g.id = d.group_id where g.gathers`,
  );
  expect(row.former_groups).toHaveLength(1);
});

it('the brake releases itself when its minutes have passed', async () => {
  await open({ tickets: { brake: { tickets: 1, minutes: 10 } } });
  await acceptMany(3, () => anAlert());
  await world.settled();
  await world.rows(`update opened_tickets set minute = minute - interval '11 minutes'`);
  await world.accept(anAlert());
  await world.settled();
  expect(await inThePsa()).toHaveLength(3);
});

it('without a brake every group has its ticket', async () => {
  await open({ tickets: { brake: null } });
  await acceptMany(40, () => anAlert());
  await world.settled();
  expect(await inThePsa()).toHaveLength(40);
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it did not come to that');
}
