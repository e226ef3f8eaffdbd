import { describe, expect, it } from 'vitest';
import { ofAna } from '../../test/support/alerts.ts';
import { openPsaWorld, type PsaWorld } from '../../test/support/psa.ts';
import { loadDeliveriesOf } from '../receipts/index.ts';
import { loadTicketLives, ticketsNow } from './ticketsNow.ts';

/** The tickets of an alert as its page tells them. */
const told = (w: PsaWorld, alertId: string) =>
  w.db.inWorkspace(w.workspaceId, async (tx) =>
    ticketsNow(
      await loadDeliveriesOf(tx, w.workspaceId, [alertId]),
      await loadTicketLives(tx, w.workspaceId, alertId),
    ),
  );

async function accepted(w: PsaWorld, members = ofAna()): Promise<string> {
  const { id } = await w.accept(members);
  await w.settled();
  return id;
}

/** Something befalls the newest ticket, and its state is old enough to be read again. */
async function befall(w: PsaWorld, fate: object): Promise<void> {
  await w.control('set', { ticket: { id: (await w.tickets()).at(-1)?.id, ...fate } });
  await w.rows(`update ticket_groups set ticket_checked_at = now() - interval '1 hour' returning id`);
}

describe('the tickets of an alert as they stand now', () => {
  it('open, once for all its deliveries, with when it was looked at', async () => {
    const w = await openPsaWorld();
    const alert = ofAna();
    const id = await accepted(w, alert);
    await accepted(w, { ...alert, severity: 'critical' });
    const [ticket, ...others] = await told(w, id);
    expect(others).toEqual([]);
    expect(ticket).toMatchObject({ state: 'open', closedAt: null, successor: null });
    expect(ticket?.deliveryIds).toHaveLength(2);
    expect(Date.now() - Date.parse(ticket?.checkedAt ?? '')).toBeLessThan(60_000);
  });

  it('closed, and since when', async () => {
    const w = await openPsaWorld({ tickets: { closedTicket: { action: 'keepAdding', days: 7 } } });
    const id = await accepted(w);
    await befall(w, { status: 5 });
    await accepted(w);
    const [ticket] = await told(w, id);
    expect(ticket).toMatchObject({ state: 'closed', successor: null });
    expect(ticket?.closedAt).not.toBeNull();
  });

  it('replaced by the ticket that later alerts went to', async () => {
    const w = await openPsaWorld();
    const id = await accepted(w);
    await befall(w, { status: 5 });
    const later = await accepted(w);
    const [old] = await told(w, id);
    const [fresh] = await told(w, later);
    expect(fresh).toMatchObject({ state: 'open' });
    expect(old).toMatchObject({ state: 'replaced', successor: { id: fresh?.id, state: 'open' } });
    expect(old?.id).not.toBe(fresh?.id);
  });

  it('gone, until another one is needed', async () => {
    const w = await openPsaWorld();
    const id = await accepted(w);
    await w.rows(`update ticket_groups set ticket_state = 'gone' returning id`);
    expect(await told(w, id)).toMatchObject([{ state: 'gone', successor: null }]);
  });

  it('merged into another one', async () => {
    const w = await openPsaWorld();
    const id = await accepted(w);
    const other = await accepted(w, ofAna({ title: 'Another group' }));
    const [before] = await told(w, id);
    const [into] = await told(w, other);
    await w.control('set', { ticket: { id: Number(before?.id), mergedInto: Number(into?.id) } });
    await w.rows(`update ticket_groups set ticket_checked_at = now() - interval '1 hour' returning id`);
    const later = await accepted(w);
    expect(await told(w, id)).toMatchObject([
      { id: before?.id, state: 'merged', successor: { id: into?.id, state: 'open' } },
    ]);
    expect(await told(w, later)).toMatchObject([{ id: into?.id, state: 'open', successor: null }]);
  });

  it('none for what became no ticket', async () => {
    const w = await openPsaWorld();
    expect(await told(w, await accepted(w, ofAna({ severity: 'informational' })))).toEqual([]);
  });
});
