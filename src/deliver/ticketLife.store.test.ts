import { describe, expect, it } from 'vitest';
import { ofAna } from '../../test/support/alerts.ts';
import { openPsaWorld, type PsaWorld } from '../../test/support/psa.ts';
import type { WorldOptions } from '../../test/support/world.ts';

/** A world whose one ticket has befallen this, which Herald learns at its next look. */
async function worldAfter(fate: object, options: WorldOptions = {}): Promise<PsaWorld> {
  const w = await openPsaWorld(options);
  await w.accept(ofAna());
  await w.settled();
  await befall(w, fate);
  return w;
}

async function befall(w: PsaWorld, fate: object): Promise<void> {
  const newest = (await w.tickets()).at(-1);
  await w.control('set', { ticket: { id: newest?.id, ...fate } });
  await age(w);
}

/** What is remembered of tickets is made old, so that their state is read again. */
const age = (w: PsaWorld) =>
  w.rows(`update ticket_groups set ticket_checked_at = now() - interval '1 hour' returning id`);

async function next(w: PsaWorld, count = 1): Promise<void> {
  for (let n = 0; n < count; n += 1) await w.accept(ofAna());
  await w.settled();
}

/** All alerts of the group went to exactly one place each. */
async function effects(w: PsaWorld) {
  const list = await w.tickets();
  const texts = list.flatMap(({ description, notes }) => [
    description,
    ...notes.map((note) => note.description),
  ]);
  const ids = (await w.rows('select external_id from alerts order by id')).map((row) => row.external_id);
  return {
    list,
    shown: ids.map((id) => texts.filter((text) => new RegExp(`\\b${id}\\b`).test(text)).length),
  };
}

describe('a ticket that was closed (decision 14)', () => {
  it('is followed by a new one that names it and says why', async () => {
    const w = await worldAfter({ status: 5 });
    await next(w);
    const [old, fresh, ...others] = await w.tickets();
    expect(others).toEqual([]);
    expect(fresh?.description).toContain(`This ticket continues ${old?.ticketNumber}. Ticket`);
    expect(fresh?.description).toContain('is closed.');
  });

  it('is reopened within the days that are set, and takes the note', async () => {
    const w = await worldAfter({ status: 5 }, { tickets: { closedTicket: { action: 'reopen', days: 7 } } });
    await next(w);
    const [ticket, ...others] = await w.tickets();
    expect(others).toEqual([]);
    expect(ticket).toMatchObject({ status: 1, completedDate: null });
    expect(ticket?.notes).toHaveLength(1);
    const [write] = await w.rows(`select trace from writes where write_kind = 'note'`);
    expect(JSON.stringify(write.trace)).toContain('is reopened');
  });

  it('that cannot be reopened is followed by a new one', async () => {
    const w = await worldAfter(
      { status: 5, locked: true },
      { tickets: { closedTicket: { action: 'reopen', days: 7 } } },
    );
    await next(w);
    expect(await w.tickets()).toHaveLength(2);
  });

  it('is asked again to reopen after an unclear answer', async () => {
    const w = await worldAfter(
      { status: 5 },
      { tickets: { closedTicket: { action: 'reopen', days: 7 } }, settleMs: 1_000 },
    );
    await w.control('faults', {
      match: { method: 'PATCH' },
      fault: { kind: 'afterCommit', answer: 'reset' },
    });
    await next(w);
    const [ticket, ...others] = await w.tickets();
    expect(others).toEqual([]);
    expect(ticket?.notes).toHaveLength(1);
    expect(await w.requests(/V1\.0\/Tickets$/)).toBe(3);
  });

  it('takes further notes within the days that are set, which say so', async () => {
    const w = await worldAfter(
      { status: 5 },
      { tickets: { closedTicket: { action: 'keepAdding', days: 7 } } },
    );
    await next(w, 2);
    const [ticket, ...others] = await w.tickets();
    expect(others).toEqual([]);
    expect(ticket).toMatchObject({ status: 5 });
    expect(ticket?.notes[0]?.description).toContain('is closed; notes are added to it for 7 days');
  });

  it('longer ago than the days that are set is followed by a new one', async () => {
    const w = await worldAfter({ status: 5 }, { tickets: { closedTicket: { action: 'reopen', days: 7 } } });
    const [ticket] = await w.tickets();
    const weekAgo = new Date(Date.now() - 8 * 24 * 3_600_000).toISOString();
    w.simulator.state.tables.Tickets.update(ticket?.id ?? 0, { completedDate: weekAgo });
    await next(w);
    expect(await w.tickets()).toHaveLength(2);
  });

  it('and reopened by a person takes notes again', async () => {
    const w = await worldAfter({ status: 5 });
    await w.rows(`update ticket_groups set ticket_state = 'closed' returning id`);
    await befall(w, { status: 8 });
    await next(w);
    expect(await w.tickets()).toHaveLength(1);
  });
});

describe('a ticket that was merged', () => {
  it('is followed to the one that took it in', async () => {
    const w = await openPsaWorld();
    await w.accept(ofAna());
    await w.accept(ofAna({ title: 'Another group' }));
    await w.settled();
    const [first, second] = await w.tickets();
    await w.control('set', { ticket: { id: first?.id, mergedInto: second?.id } });
    await age(w);
    await next(w);
    const list = await w.tickets();
    expect(list).toHaveLength(2);
    const target = list.find(({ id }) => id === second?.id);
    expect(target?.notes.map(({ description }) => description).join()).toContain('Impossible travel');
    const [group] = await w.rows(
      `select life_words, ticket_ref from ticket_groups where life_words is not null`,
    );
    expect(group.ticket_ref).toBe(String(second?.id));
  });
});

/** With this settle window a ticket takes a note every 1.4 s after the first ten, and the hour has 86 s. */
const quick = { settleMs: 10_000 };

describe('50 further alerts (J-16)', () => {
  it('while a rule of the PSA closes every ticket at once make one new ticket, the rest are notes that say why', async () => {
    const w = await openPsaWorld(quick);
    await w.control('set', { workflow: [{ on: 'create', set: { status: 5 } }] });
    for (let n = 0; n < 50; n += 1) {
      await w.accept(ofAna());
      if (n < 5) {
        await w.settled();
        await age(w);
      }
    }
    await w.settled();
    const { list, shown } = await effects(w);
    expect(list).toHaveLength(2);
    expect(list[1]?.notes[0]?.description).toContain('at most one new or reopened ticket an hour');
    expect(shown).toEqual(Array(50).fill(1));
  });

  it('while every ticket is deleted at once wait in the open and go out together when the hour is over', async () => {
    const w = await worldAfter({ deleted: true });
    await next(w);
    await befall(w, { deleted: true });
    for (let n = 0; n < 50; n += 1) await w.accept(ofAna());
    await expect
      .poll(() => w.rows(`select problem from deliveries where delivery_state = 'pending' limit 1`))
      .toMatchObject([{ problem: expect.stringContaining('at most one new ticket an hour') }]);
    expect(await w.tickets()).toEqual([]);
    await w.rows(
      `update ticket_groups set turned_at = turned_at - interval '1 hour', blocked_until = now() returning id`,
    );
    w.worker.wake(w.workspaceId, [w.connectionId]);
    await w.settled();
    const { list, shown } = await effects(w);
    expect(list).toHaveLength(1);
    expect(shown.slice(2)).toEqual(Array(50).fill(1));
  });
});
