import { beforeEach, describe, expect, it } from 'vitest';
import { goodNote, goodTicket, holdTimers } from './testing.ts';
import { ticketsForTest } from './ticketsForTest.ts';

const tickets = ticketsForTest();
const { set, post, patch, read } = tickets;

describe('a changed ticket', () => {
  beforeEach(() => post({ contactID: 31_001, description: 'as it was', externalID: 'alrt-1' }));

  it('PATCH changes what is sent, null clears, the rest stays', async () => {
    tickets.nowMs += 60_000;
    const reply = await patch({ id: 88_001, contactID: null, resolution: 'done' });
    expect(reply.json).toEqual({ itemId: 88_001 });
    expect(await read()).toMatchObject({
      contactID: null,
      resolution: 'done',
      description: 'as it was',
      createDate: '2026-06-04T08:00:00Z',
      lastActivityDate: '2026-06-04T08:01:00Z',
    });
  });

  it('completion sets the date, reopening clears it', async () => {
    await patch({ id: 88_001, status: 5 });
    expect((await read()).completedDate).toBe('2026-06-04T08:00:00Z');
    await patch({ id: 88_001, status: 8 });
    expect(await read()).toMatchObject({ completedDate: null, status: 8 });
  });

  it('PUT clears what is left out and asks for what is required', async () => {
    expect(
      (await tickets.simulator.api('PUT', '/Tickets', { id: 88_001, title: 'new' })).json.errors[0],
    ).toContain('required field companyID');
    expect((await read()).title).toBe('Impossible travel');
    await tickets.simulator.api('PUT', '/Tickets', { ...goodTicket(), id: 88_001, title: 'new' });
    expect(await read()).toMatchObject({
      title: 'new',
      description: null,
      externalID: null,
      ticketNumber: 'T20260604.0001',
    });
  });

  it.each([
    ['no id', { status: 5 }, 'Missing Required Field: id. ; on record number [1].'],
    [
      'unknown id',
      { id: 1, status: 5 },
      'No matching records found. The logged in Resource may not have the required permissions to update the data.',
    ],
    ['cleared title', { id: 88_001, title: null }, 'Missing Required Field: title. ; on record number [1].'],
    [
      'another company with the old contact',
      { id: 88_001, companyID: 203 },
      'Data violation: contactID is not associated to the companyID or its Parent Company..',
    ],
    [
      'cleared queue',
      { id: 88_001, queueID: null },
      'assignedResourceID, assignedResourceRoleID, and queueID cannot all be empty. Supply a queueID or both an assignedResourceID and assignedResourceRoleID.',
    ],
  ])('is refused: %s', async (_case, fields, text) => {
    const before = await read();
    expect((await patch(fields)).json).toEqual({ errors: [text] });
    expect(await read()).toEqual(before);
  });

  it('moves to another company when the contact and the location are cleared', async () => {
    const reply = await patch({ id: 88_001, companyID: 203, contactID: null, companyLocationID: null });
    expect(reply.status).toBe(200);
    expect((await read()).companyID).toBe(203);
  });

  it('completion can demand a field', async () => {
    await set({ completionRequires: ['resolution'] });
    expect((await patch({ id: 88_001, status: 5 })).json.errors).toEqual(['resolution is required']);
    expect((await patch({ id: 88_001, status: 5, resolution: 'done' })).status).toBe(200);
  });

  it('a stored value that is inactive by now does not stop a change', async () => {
    await set({ picklist: { field: 'priority', value: 1, isActive: false } });
    expect((await patch({ id: 88_001, priority: 1, title: 'x' })).status).toBe(200);
  });

  it('locked: nothing can be changed or noted', async () => {
    await set({ ticket: { id: 88_001, locked: true } });
    expect((await patch({ id: 88_001, title: 'x' })).status).toBe(500);
    expect((await tickets.simulator.api('POST', '/Tickets/88001/Notes', goodNote())).status).toBe(500);
  });

  it('a change keeps the user-defined fields that it does not name', async () => {
    await patch({ id: 88_001, userDefinedFields: [{ name: 'Site code', value: 'X1' }] });
    await patch({ id: 88_001, userDefinedFields: [{ name: 'Alert severity', value: 'Low' }] });
    expect((await read()).userDefinedFields.slice(0, 2)).toEqual([
      { name: 'Alert severity', value: 'Low' },
      { name: 'Site code', value: 'X1' },
    ]);
  });
});

describe('workflow rules', () => {
  it('change a ticket right after it was created, and send mail', async () => {
    await set({ workflow: [{ on: 'create', when: { priority: 1 }, set: { status: 8 }, mail: true }] });
    await post({});
    await post({ priority: 2 });
    expect([(await read(88_001)).status, (await read(88_002)).status]).toEqual([8, 1]);
    expect((await tickets.simulator.plain('GET', '/control/state')).json.mailsSent).toBe(1);
  });

  it('overrule a PATCH that was answered 200', async () => {
    await post({});
    await set({ workflow: [{ on: 'patch', when: { status: 5 }, set: { status: 8 } }] });
    expect((await patch({ id: 88_001, status: 5 })).status).toBe(200);
    expect(await read()).toMatchObject({ status: 8, completedDate: null });
  });

  it('can act later', async () => {
    await set({ workflow: [{ on: 'create', set: { queueID: 5 }, afterMs: 20 }] });
    const held = holdTimers(tickets.simulator);
    await post({});
    expect((await read()).queueID).toBe(8);
    held.release();
    expect((await read()).queueID).toBe(5);
  });
});
