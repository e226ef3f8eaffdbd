/** A write of which nobody can find out whether it arrived, settled by a person. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { anAlert, openWorld, type World } from '../../test/support/world.ts';
import { toDelivery } from '../receipts/answer.ts';
import { discardDelivery } from '../receipts/decide.ts';
import { loadSent } from '../receipts/sent.ts';
import { findDelivery } from '../receipts/store.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld({ settleMs: 60_000 });
});
afterEach(() => world.close());

const ofAna = () => anAlert({ user: { email: 'ana@northwind.example' } });

async function fault(match: unknown, what: unknown): Promise<void> {
  const answer = await fetch(`${world.simulator.url}/control/faults`, {
    method: 'POST',
    body: JSON.stringify({ match, fault: what, times: 1_000 }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

const discard = (id: string, reason?: string) =>
  world.db.inWorkspace(world.workspaceId, (tx) =>
    discardDelivery(tx, world.workspaceId, id, { name: 'Night shift', reason }),
  );

const deliveryOf = (id: string) =>
  world.db.inWorkspace(world.workspaceId, async (tx) => {
    const row = await findDelivery(tx, world.workspaceId, id);
    if (!row) throw new Error('no such delivery');
    return toDelivery(row, await loadSent(tx, world.workspaceId, [row]));
  });

async function until<T>(read: () => Promise<T | undefined>): Promise<T> {
  for (let i = 0; i < 500; i++) {
    const value = await read();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it did not come to that');
}

it('the answer that was unclear and the look-up that failed are both shown, and discarding needs a reason', async () => {
  const id = await uncertainTicket();
  const { attempts, next } = await deliveryOf(id);
  expect(attempts?.[0]?.evidence).toBeTruthy();
  expect(attempts?.[0]?.lookProblem).toContain('500');
  expect(next?.words).toContain(attempts?.[0]?.lookProblem);
  await expect(discard(id)).rejects.toMatchObject({ code: 'notDiscardable' });
});

it('the group goes on, and the ticket is reported when it shows up after all', async () => {
  const id = await uncertainTicket();
  await world.accept(ofAna());
  await discard(id, 'the search is broken, no ticket seen');
  world.worker.wake(world.workspaceId, [world.connectionId]);
  await fetch(`${world.simulator.url}/control/faults`, { method: 'DELETE' });
  await world.settled();
  const { state, attempts } = await deliveryOf(id);
  expect(state).toBe('skipped');
  expect(attempts?.[0]).toMatchObject({ state: 'givenUp' });
  expect(attempts?.[0]?.evidence).toContain('no ticket seen');
  expect(await world.rows('select delivery_state from deliveries order by id')).toEqual([
    { delivery_state: 'skipped' },
    { delivery_state: 'delivered' },
  ]);
  await world.rows('update attempts set recheck_at = now() where recheck_at is not null');
  await world.worker.changed(world.workspaceId, world.connectionId);
  await until(async () => (await world.rows('select 1 from surplus_records'))[0]);
  expect((await deliveryOf(id)).surplus).toHaveLength(1);
});

it('what was found out meanwhile is not discarded', async () => {
  const id = await uncertainTicket();
  await fetch(`${world.simulator.url}/control/faults`, { method: 'DELETE' });
  await world.worker.changed(world.workspaceId, world.connectionId);
  await world.settled();
  await expect(discard(id, 'too late')).rejects.toMatchObject({ code: 'notDiscardable' });
});

/** A ticket that was made without an answer, in a PSA that cannot be searched; answers its delivery. */
async function uncertainTicket(): Promise<string> {
  await fault({ method: 'POST', path: '/Tickets$' }, { kind: 'afterCommit', answer: 'reset' });
  await fault(
    { path: '/Tickets/query' },
    { kind: 'beforeCommit', status: 500, body: 'index is being rebuilt' },
  );
  await world.accept(ofAna());
  return until(async () => {
    const [row] = await world.rows(
      'select d.id from deliveries d join attempts a using (workspace_id, write_id) where a.look_problem is not null',
    );
    return row?.id as string | undefined;
  });
}
