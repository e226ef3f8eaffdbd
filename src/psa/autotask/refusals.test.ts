import { describe, expect, it } from 'vitest';
import { always } from './scriptedSession.ts';
import { key, noteKey, simulatorPerTest } from './simulatorPerTest.ts';

const world = simulatorPerTest();

describe('refusals by the simulator', () => {
  it('J-13: an inactive picklist value names its field', async () => {
    await world.psa.set({ picklist: { field: 'queueID', value: 8, isActive: false } });
    expect(await world.send()).toMatchObject({ kind: 'refused', reason: 'invalid', field: 'ticketQueue' });
    const choices = await world.session.choices('ticketQueue');
    expect(choices.kind === 'ok' && choices.value.find(({ id }) => id === '8')?.isActive).toBe(false);
  });

  it('a sub-issue type of another issue type is refused as such', async () => {
    const draft = world.psa.ticket(key);
    const values = { ...draft.values, subIssueType: '140' };
    const outcome = await world.session.createTicket({ ...draft, values }, always);
    expect(outcome).toMatchObject({ kind: 'refused', field: 'subIssueType' });
  });

  it.each(['new', 'old'])(
    'J-14, J-15: inactive accounts and contacts are named (%s wording)',
    async (text) => {
      await world.psa.set({ referenceText: text, contact: { id: 30683, isActive: false } });
      const withContact = { ...world.psa.ticket(key), contactId: world.psa.contact.id };
      expect(await world.session.createTicket(withContact, always)).toMatchObject({ field: 'contact' });
      await world.psa.set({ company: { id: 217, isActive: false } });
      expect(await world.send()).toMatchObject({ kind: 'refused', reason: 'invalid', field: 'account' });
    },
  );

  it('a contact and a contract of another account are named', async () => {
    const draft = { ...world.psa.ticket(key), accountId: '217' };
    expect(await world.session.createTicket({ ...draft, contactId: '30000' }, always)).toMatchObject({
      kind: 'refused',
      field: 'contact',
    });
    expect(await world.session.createTicket({ ...draft, contractId: '999999' }, always)).toMatchObject({
      kind: 'refused',
      field: 'contract',
    });
  });

  it('J-16: a ticket that was merged leads to the one that took it in', async () => {
    const merged = await world.createdTicket();
    const target = await world.createdTicket();
    await world.psa.set({ ticket: { id: Number(merged), mergedInto: Number(target) } });
    const read = await world.session.ticketStates([merged, target]);
    expect(read.kind === 'ok' && read.value.get(merged)).toMatchObject({
      kind: 'merged',
      into: { ref: target },
      isOpen: true,
    });
    expect(read.kind === 'ok' && read.value.get(target)?.kind).toBe('open');
  });

  it('J-16: a locked ticket takes no note and cannot be reopened, and both say so', async () => {
    const ref = await world.createdTicket();
    await world.psa.set({ ticket: { id: Number(ref), status: 5, locked: true } });
    const refusal = { kind: 'refused', reason: 'invalid', field: 'ticket' };
    expect(await world.session.addNote(ref, world.psa.note(noteKey), always)).toMatchObject(refusal);
    const { values } = world.psa.ticket(key);
    expect(await world.session.reopen?.(ref, values, always)).toMatchObject(refusal);
  });

  it('J-22: texts of the declared lengths fit, one character more is refused with its field', async () => {
    const { text } = world.psa.adapter.limits;
    const draft = world.psa.ticket(key);
    const fits = { ...draft, title: 't'.repeat(text.title), description: 'd'.repeat(text.description) };
    const outcome = await world.session.createTicket(fits, always);
    expect(outcome.kind).toBe('done');
    expect(await world.session.createTicket({ ...fits, title: `${fits.title}t` }, always)).toMatchObject({
      kind: 'refused',
      field: 'ticketSubject',
    });
    expect(
      await world.session.createTicket({ ...fits, description: `${fits.description}d` }, always),
    ).toMatchObject({
      kind: 'refused',
      field: 'description',
    });
    const ref = outcome.kind === 'done' ? outcome.receipt.ref : '';
    const marker = `\nref ${noteKey}`;
    const note = {
      ...world.psa.note(noteKey),
      title: 'n'.repeat(text.noteTitle),
      text: 'x'.repeat(text.note - marker.length) + marker,
    };
    expect((await world.session.addNote(ref, note, always)).kind).toBe('done');
    expect((await world.session.findNote(ref, note)).kind).toBe('found');
    expect(await world.session.addNote(ref, { ...note, text: `x${note.text}` }, always)).toMatchObject({
      kind: 'refused',
      field: 'description',
    });
    expect(await world.session.addNote(ref, { ...note, title: `n${note.title}` }, always)).toMatchObject({
      kind: 'refused',
      field: 'noteTitle',
    });
  });
});

describe('limits of Autotask', () => {
  it('the fourth call at once is told to wait a little', async () => {
    await world.session.findTicket(key);
    await world.psa.set({ latencyMs: 400 });
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => world.send()));
    const refused = outcomes.filter((outcome) => outcome.kind === 'refused');
    expect(refused).toHaveLength(2);
    expect(refused[0]).toMatchObject({ reason: 'rateLimited', retryAfterMs: 3_000 });
    expect(await world.psa.ticketsWithKey(key)).toBe(3);
  });

  it.each([429, 500])('the hourly threshold (%i) pauses for minutes', async (thresholdStatus) => {
    await world.psa.set({ thresholdStatus, penalties: false, used: 10_001 });
    expect(await world.send()).toMatchObject({
      kind: 'refused',
      reason: 'rateLimited',
      retryAfterMs: 300_000,
    });
  });

  it('tells what all tools have used', async () => {
    await world.psa.set({ used: 1_234, penalties: false });
    const usage = await world.session.usage?.();
    expect(usage).toMatchObject({ kind: 'ok', value: { allowed: 10_000, windowMs: 3_600_000 } });
    expect(usage?.kind === 'ok' && usage.value.used).toBeGreaterThanOrEqual(1_234);
  });
});
