import { describe, expect, it, vi } from 'vitest';
import { anAlert, ofAna } from '../../test/support/alerts.ts';
import { openPsaWorld } from '../../test/support/psa.ts';

describe('a new alert', () => {
  it('becomes one ticket with our key, the right priority and the catch-all said in words', async () => {
    const w = await openPsaWorld();
    await w.accept(anAlert({ severity: 'critical', title: 'Ransomware' }));
    await w.settled();
    const [ticket, ...others] = await w.tickets();
    expect(others).toEqual([]);
    expect(ticket).toMatchObject({ companyID: 0, priority: 4, contactID: null });
    expect(ticket?.externalID).toMatch(/^A-[2-9A-Z]{8}$/);
    expect(ticket?.description).toContain('catch-all');
    expect(ticket?.description.trimEnd().endsWith(`ref ${ticket?.externalID}`)).toBe(true);
  });

  it('of a severity that is set to no ticket is skipped for good, with the reason', async () => {
    const w = await openPsaWorld();
    await w.accept(anAlert({ severity: 'informational' }));
    await w.settled();
    expect(await w.tickets()).toEqual([]);
    const [row] = await w.rows('select delivery_state, reason from deliveries');
    expect(row).toEqual({ delivery_state: 'skipped', reason: 'noTicketForSeverity' });
  });

  it('costs one write and, beyond zone and threshold, no read', async () => {
    const w = await openPsaWorld();
    await w.accept(anAlert());
    await w.settled();
    expect(await w.requests(/zoneInformation|ThresholdInformation/i)).toBe(2);
    expect(await w.requests(/V1\.0\/Tickets/i)).toBe(1);
  });
});

describe('later alerts of the same group', () => {
  it('become notes on the open ticket, in order, and several waiting ones one digest', async () => {
    const w = await openPsaWorld();
    await w.accept(ofAna({ externalId: 'first' }));
    await w.settled();
    await w.accept(ofAna({ externalId: 'second' }));
    await w.settled();
    await Promise.all(['third', 'fourth', 'fifth'].map((externalId) => w.accept(ofAna({ externalId }))));
    await w.settled();
    const list = await w.tickets();
    expect(list).toHaveLength(1);
    const notes = list[0]?.notes ?? [];
    expect(notes[0]?.description).toContain('second');
    expect(notes[0]?.publish).toBe(2);
    const rest = notes
      .slice(1)
      .map(({ description }) => description)
      .join('\n');
    for (const id of ['third', 'fourth', 'fifth']) expect(rest).toContain(id);
    expect(notes.length).toBeLessThanOrEqual(4);
    expect(notes[0]?.description.trimEnd()).toMatch(/ref A-[2-9A-Z]{8}\/0002$/);
  });

  it('open a new ticket that names the old one when that is closed (decision 14)', async () => {
    const w = await openPsaWorld();
    await w.accept(ofAna());
    await w.settled();
    const [first] = await w.tickets();
    await w.control('set', { ticket: { id: first?.id, status: 5 } });
    // What we remember of the ticket is made old, so that its state is read again.
    await w.rows(`update ticket_groups set ticket_checked_at = now() - interval '1 hour' returning id`);
    await w.accept(ofAna());
    await w.settled();
    const list = await w.tickets();
    expect(list).toHaveLength(2);
    expect(list[1]?.description).toContain('continues');
    expect(list[1]?.externalID).not.toBe(list[0]?.externalID);
  });

  it('open a new ticket when the note shows that the ticket is gone', async () => {
    const w = await openPsaWorld();
    await w.accept(ofAna());
    await w.settled();
    const [first] = await w.tickets();
    await w.control('set', { ticket: { id: first?.id, deleted: true } });
    await w.accept(ofAna());
    await w.settled();
    expect(await w.states()).toEqual(['delivered', 'delivered']);
    expect(await w.tickets()).toHaveLength(1);
  });

  it('that are too large for one note all get there', async () => {
    const w = await openPsaWorld();
    await w.ticketFault({ kind: 'afterCommit', answer: 'ok', delayMs: 500 });
    await w.accept(ofAna());
    await Promise.all(
      [1, 2, 3].map((n) => w.accept(ofAna({ description: `${n}`.padEnd(3_000_000, `x${n}y`) }))),
    );
    await w.settled();
    expect(new Set(await w.states())).toEqual(new Set(['delivered']));
  });
});

describe('the same alert again (decision 23)', () => {
  it('unchanged is a duplicate and changes nothing', async () => {
    const w = await openPsaWorld();
    const alert = ofAna();
    const first = await w.accept(alert);
    const second = await w.accept({ ...alert });
    expect(second).toMatchObject({ id: first.id, status: 'duplicate' });
    await w.settled();
    expect(await w.rows('select id from deliveries')).toHaveLength(1);
  });

  it('with a new severity is a note on its ticket, never a second one', async () => {
    const w = await openPsaWorld();
    const alert = ofAna({ severity: 'high' });
    await w.accept(alert);
    await w.settled();
    const again = await w.accept({ ...alert, severity: 'critical' });
    expect(again.status).toBe('updated');
    await w.settled();
    const list = await w.tickets();
    expect(list).toHaveLength(1);
    expect(list[0]?.notes[0]?.description).toContain('high → critical');
  });

  it('raised from no ticket gets its first ticket', async () => {
    const w = await openPsaWorld();
    const alert = ofAna({ severity: 'informational' });
    await w.accept(alert);
    await w.accept({ ...alert, severity: 'critical' });
    await w.settled();
    expect(await w.states()).toEqual(['skipped', 'delivered']);
    expect(await w.tickets()).toHaveLength(1);
  });

  it('sent many times at once is stored once', async () => {
    const w = await openPsaWorld();
    const alert = ofAna();
    const answers = await Promise.all(Array.from({ length: 30 }, () => w.accept({ ...alert })));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 'accepted')).toHaveLength(1);
  });
});

describe('contacts (decision 4)', () => {
  it('the one with the address of the alert, ignoring letter case, in this account only', async () => {
    const w = await openPsaWorld({ attachContacts: true });
    const [contact] = w.simulator.state.tables.Contacts.lookUp('companyID', [0]) ?? [];
    const row = w.simulator.state.tables.Contacts.get(contact as number);
    await w.accept(anAlert({ user: { email: String(row?.emailAddress).toUpperCase() } }));
    await w.settled();
    expect((await w.tickets())[0]?.contactID).toBe(contact);
  });
});

it('a group that has forgotten what waits in it is woken by the sweep', async () => {
  const w = await openPsaWorld();
  await w.accept(ofAna());
  await w.settled();
  await w.rows(`update ticket_groups set blocked_until = now() + interval '1 hour'`);
  await w.accept(ofAna());
  await vi.waitFor(async () =>
    expect(await w.rows('select 1 from ticket_groups where waiting_lane is not null')).toHaveLength(1),
  );
  await w.rows('update ticket_groups set waiting_lane = null, waiting_since = null, blocked_until = null');
  await w.worker.changed(w.workspaceId, w.connectionId);
  await w.settled();
  expect((await w.tickets())[0]?.notes).toHaveLength(1);
});
