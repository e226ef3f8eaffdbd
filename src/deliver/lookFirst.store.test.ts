import { describe, expect, it, onTestFinished } from 'vitest';
import { ofAna } from '../../test/support/alerts.ts';
import { type TakenBackup, takeBackup } from '../../test/support/backup.ts';
import { openPsaWorld, type PsaWorld } from '../../test/support/psa.ts';
import { ensureLease } from '../wake/leases.ts';

const settleMs = 1_200;

interface Lost extends PsaWorld {
  backup: TakenBackup;
}

/** A world in which one alert has a ticket, if it is to be known, and another one waits when the backup is taken. */
async function openLost({ isKnown = true } = {}): Promise<Lost> {
  const world = await openPsaWorld({ settleMs });
  if (isKnown) {
    await world.accept(ofAna());
    await world.settled();
  }
  await stop(world);
  await world.accept(ofAna());
  return { ...world, backup: await takeBackup(world.database.adminUrl) };
}

/** Stops its worker; the lease stays, as a connection gets it when its set-up is finished. */
async function stop(world: PsaWorld): Promise<void> {
  await world.db.unfenced((tx) => ensureLease(tx, world.workspaceId, world.connectionId));
  await world.worker.stop();
}

/** Runs a worker until everything is settled. */
async function work(world: PsaWorld): Promise<void> {
  const worker = world.startWorker();
  onTestFinished(() => worker.stop());
  // As the sweep does every ten seconds.
  const sweeping = setInterval(() => void worker.changed(world.workspaceId, world.connectionId), 300);
  await world.settled().finally(() => clearInterval(sweeping));
  await worker.stop();
}

/** What a technician does with the nth ticket. */
async function close(world: PsaWorld, n: number): Promise<void> {
  const ticket = (await world.tickets())[n];
  await world.control('set', { ticket: { id: ticket?.id, status: 5 } });
}

/** The tickets that there are, each with how many notes it has. */
const shape = async (world: PsaWorld) => (await world.tickets()).map(({ notes }) => notes.length);

const writesOf = (world: PsaWorld) =>
  world.rows(
    `select write_kind, seq, generation, found_after_restore as found, cardinality(delivery_ids) as deliveries
       from writes order by generation, seq`,
  );

describe('after a restore', () => {
  it('a note that was sent after the backup is found, and the notes after it count on', async () => {
    const world = await openLost();
    await work(world);
    await world.backup.restore();
    await world.accept(ofAna());
    await work(world);
    expect(await shape(world)).toEqual([2]);
    expect(await writesOf(world)).toEqual([
      { write_kind: 'ticket', seq: 1, generation: 1, found: false, deliveries: 1 },
      { write_kind: 'note', seq: 2, generation: 1, found: true, deliveries: 1 },
      { write_kind: 'note', seq: 3, generation: 1, found: false, deliveries: 1 },
    ]);
  });

  it('a digest that was sent after the backup counts for the alerts in it, and for no others', async () => {
    const world = await openLost();
    await world.accept(ofAna());
    const backup = await takeBackup(world.database.adminUrl);
    await world.accept(ofAna());
    await work(world);
    expect(await shape(world)).toEqual([1]);
    await backup.restore();
    await world.accept(ofAna());
    await work(world);
    expect(await shape(world)).toEqual([2]);
    expect(await writesOf(world)).toMatchObject([
      { seq: 1, found: false },
      { seq: 2, write_kind: 'digest', found: true, deliveries: 2 },
      { seq: 3, write_kind: 'note', found: false, deliveries: 1 },
    ]);
  });

  it('the ticket that another alert has made is the ticket of the group, and the alert is a note on it', async () => {
    const world = await openPsaWorld({ settleMs });
    await stop(world);
    const backup = await takeBackup(world.database.adminUrl);
    await world.accept(ofAna());
    await work(world);
    await backup.restore();
    const late = ofAna();
    await world.accept(late);
    await work(world);
    const [ticket, ...others] = await world.tickets();
    expect(others).toEqual([]);
    expect(ticket?.notes.map(({ description }) => description)).toEqual([
      expect.stringContaining(`Id: ${late.externalId}\n`),
    ]);
  });

  it('nothing is made before whatever was sent until the restore would show', async () => {
    const world = await openLost({ isKnown: false });
    await world.backup.restore();
    await work(world);
    expect(await shape(world)).toEqual([0]);
    const [{ waited }] = await world.rows(
      `select extract(epoch from a.started_at - r.restored_at)::float8 * 1000 as waited from attempts a, restores r`,
    );
    expect(waited).toBeGreaterThanOrEqual(settleMs);
  });

  it('what was under way at the backup is looked for as if it had been sent at the restore', async () => {
    const world = await openPsaWorld({ settleMs });
    await world.ticketFault({ kind: 'beforeCommit', answer: 'reset' });
    await world.accept(ofAna());
    await expect.poll(() => world.states(), { interval: 10 }).toEqual(['uncertain']);
    await world.worker.stop();
    const backup = await takeBackup(world.database.adminUrl);
    await work(world);
    expect(await shape(world)).toEqual([0]);
    await backup.restore();
    const [{ late }] = await world.rows(
      'select bool_and(a.started_at >= r.restored_at) as late from attempts a, restores r',
    );
    expect(late).toBe(true);
    await world.accept(ofAna());
    await work(world);
    expect(await shape(world)).toEqual([1]);
    expect(await world.rows('select n, adopted from attempts order by write_id')).toEqual([
      { n: 1, adopted: true },
      { n: 1, adopted: false },
    ]);
  });

  it('an alert on a ticket that was closed meanwhile is not told again', async () => {
    const world = await openLost({ isKnown: false });
    await work(world);
    await close(world, 0);
    await world.backup.restore();
    await work(world);
    expect(await shape(world)).toEqual([0]);
    expect(await world.states()).toEqual(['delivered']);
  });

  it('the ticket that followed a closed one is found', async () => {
    const world = await openLost();
    await close(world, 0);
    await world.rows(`update ticket_groups set ticket_checked_at = null`);
    await work(world);
    expect(await shape(world)).toEqual([0, 0]);
    await world.backup.restore();
    await world.accept(ofAna());
    await work(world);
    expect(await shape(world)).toEqual([0, 1]);
  });

  it('an update that was noted after the backup and is sent again is not noted again', async () => {
    const world = await openPsaWorld({ settleMs });
    const alert = ofAna();
    const update = { ...alert, severity: 'critical' as const };
    await world.accept(alert);
    await world.settled();
    await stop(world);
    const backup = await takeBackup(world.database.adminUrl);
    await world.accept(update);
    await work(world);
    expect(await shape(world)).toEqual([1]);
    await backup.restore();
    // Another alert of the group has it looked at before the update comes.
    await world.accept(ofAna());
    await work(world);
    expect(await shape(world)).toEqual([2]);
    await world.accept(update);
    await work(world);
    expect(await shape(world)).toEqual([2]);
    expect(await world.states()).toEqual(['delivered', 'delivered', 'delivered']);
  });

  it('the ticket that followed one that took no notes is found when that one is tried again', async () => {
    const world = await openLost();
    const [ticket] = await world.tickets();
    await world.control('set', { ticket: { id: ticket?.id, locked: true } });
    await work(world);
    expect(await shape(world)).toEqual([0, 0]);
    await world.backup.restore();
    await work(world);
    expect(await shape(world)).toEqual([0, 0]);
    expect(await world.states()).toEqual(['delivered', 'delivered']);
  });

  it('the ticket that followed one that was closed and reopened is found when that one is closed again', async () => {
    const world = await openPsaWorld({ settleMs });
    await world.accept(ofAna());
    await world.settled();
    await stop(world);
    const backup = await takeBackup(world.database.adminUrl);
    await close(world, 0);
    await world.rows('update ticket_groups set ticket_checked_at = null');
    const lost = ofAna();
    await world.accept(lost);
    await work(world);
    const [ticket] = await world.tickets();
    await world.control('set', { ticket: { id: ticket?.id, status: 8 } });
    await backup.restore();
    await world.accept(ofAna());
    await work(world);
    expect(await shape(world)).toEqual([1, 0]);
    await close(world, 0);
    await world.rows('update ticket_groups set ticket_checked_at = null');
    await world.accept(lost);
    await work(world);
    expect(await shape(world)).toEqual([1, 0]);
  });

  it('the ticket that followed one that was given up is found', async () => {
    const world = await openLost({ isKnown: false });
    await world.ticketFault({ kind: 'beforeCommit', answer: 'reset' });
    const body = '{"errors":["Data violation: This cannot be saved."]}';
    await world.ticketFault({ kind: 'beforeCommit', status: 500, body });
    await work(world);
    expect(await world.states()).toEqual(['failed']);
    const next = ofAna();
    await world.accept(next);
    await work(world);
    expect(await shape(world)).toEqual([0]);
    await world.backup.restore();
    await work(world);
    expect(await shape(world)).toEqual([1]);
    await world.accept(next);
    await work(world);
    expect(await shape(world)).toEqual([1]);
    expect(await world.states()).toEqual(['delivered', 'delivered']);
  });

  it('a second ticket with the same key is shown', async () => {
    const world = await openLost({ isKnown: false });
    await work(world);
    await world.backup.restore();
    await world.rows('delete from restores');
    await world.rows('update ticket_groups set look_first = null');
    await work(world);
    expect(await shape(world)).toEqual([0, 0]);
    await world.backup.restore();
    await work(world);
    expect(await world.rows('select count(*)::int as n from surplus_records')).toEqual([{ n: 1 }]);
    expect(await shape(world)).toEqual([0, 0]);
  });

  it('a PSA that cannot be searched is sent nothing', async () => {
    const world = await openLost({ isKnown: false });
    await world.control('faults', {
      match: { method: 'POST', path: '/Tickets/query$' },
      fault: { kind: 'beforeCommit', status: 500, body: '{"errors":["Internal"]}' },
      times: 100,
    });
    await world.backup.restore();
    const worker = world.startWorker();
    onTestFinished(() => worker.stop());
    await expect.poll(() => world.requests(/Tickets\/query$/), { timeout: 10_000 }).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 2 * settleMs));
    expect(await world.states()).toEqual(['pending']);
    expect(await shape(world)).toEqual([]);
  });
});
