import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { goodNote, goodTicket, startForTest, type TestSimulator } from './testing.ts';

let simulator: TestSimulator;
let nowMs = Date.UTC(2026, 5, 4, 8, 0, 0);
beforeAll(async () => {
  simulator = await startForTest({ now: () => nowMs });
});
beforeEach(async () => {
  nowMs = Date.UTC(2026, 5, 4, 8, 0, 0);
  simulator.state.reset();
  await simulator.api('POST', '/Tickets', goodTicket());
});
afterAll(() => simulator.close());

const path = '/Tickets/88001/Notes';
const post = (fields: object) => simulator.api('POST', path, goodNote(fields as Record<string, unknown>));

describe('a note', () => {
  it('is created under its ticket and found at the root', async () => {
    expect((await post({ ticketID: 88_001 })).json).toEqual({ itemId: 550_001 });
    const search = { Filter: [{ op: 'eq', field: 'ticketID', value: 88_001 }] };
    const [row] = (await simulator.api('POST', '/TicketNotes/query', search)).json.items;
    expect(row).toMatchObject({
      id: 550_001,
      title: 'Seen again',
      creatorResourceID: 29682885,
      createDateTime: '2026-06-04T08:00:00Z',
    });
    expect((await simulator.api('GET', `${path}/550001`)).json.item.id).toBe(550_001);
    expect((await simulator.api('GET', '/TicketNotes/550001')).json.item.id).toBe(550_001);
    expect((await simulator.api('GET', path)).json.items).toHaveLength(1);
  });

  it('moves the activity date of its ticket', async () => {
    nowMs += 60_000;
    await post({});
    const { item } = (await simulator.api('GET', '/Tickets/88001')).json;
    expect(item.lastActivityDate).toBe('2026-06-04T08:01:00Z');
    expect(item.lastTrackedModificationDateTime).toBe('2026-06-04T08:00:00Z');
  });

  it.each([
    [
      'no description',
      { description: undefined },
      'Missing Required Field: description. ; on record number [1].',
    ],
    ['no type', { noteType: undefined }, 'Missing Required Field: noteType. ; on record number [1].'],
    ['no publish', { publish: undefined }, 'Missing Required Field: publish. ; on record number [1].'],
    [
      'inactive type',
      { noteType: 4 },
      'Picklist value [4] does not exist for noteType. ; on record number [1].',
    ],
    [
      'type of the system',
      { noteType: 91 },
      'Picklist value [91] does not exist for noteType. ; on record number [1].',
    ],
    [
      'unknown publish',
      { publish: 3 },
      'Picklist value [3] does not exist for publish. ; on record number [1].',
    ],
    [
      'another ticket in the body',
      { ticketID: 88_002 },
      'ticketID does not match the address of the request.',
    ],
  ])('is refused: %s', async (_case, fields, text) => {
    const reply = await post(fields);
    expect([reply.status, reply.json]).toEqual([500, { errors: [text] }]);
  });

  it('is refused on a ticket that does not exist', async () => {
    const reply = await simulator.api('POST', '/Tickets/1/Notes', goodNote());
    expect(reply.json.errors).toEqual([
      'Reference value on field: ticketID of type: Ticket does not exist or is invalid.',
    ]);
  });

  it.each([
    ['title', 250],
    ['description', 32_000],
  ])('%s has at most %i characters', async (field, length) => {
    expect((await post({ [field]: 'x'.repeat(length) })).status).toBe(200);
    expect((await post({ [field]: 'x'.repeat(length + 1) })).json.errors[0]).toContain(`(field:${field})`);
  });

  it('needs a title where the category says so', async () => {
    expect((await post({ title: undefined })).status).toBe(200);
    await simulator.plain('POST', '/control/set', { noteTitleCategories: [3] });
    expect((await post({ title: undefined })).json.errors).toEqual([
      'Missing Required Field: title. ; on record number [1].',
    ]);
  });

  it.each([
    ['id', { noteType: 3, publish: 2 }],
    ['noteType', { id: 550_001, publish: 2 }],
    ['publish', { id: 550_001, noteType: 3 }],
  ])('PATCH without %s is refused', async (field, body) => {
    await post({});
    const reply = await simulator.api('PATCH', path, { ...body, description: 'new' });
    expect(reply.json.errors).toEqual([`Missing Required Field: ${field}. ; on record number [1].`]);
  });

  it('is changed by PATCH under its ticket only', async () => {
    await post({});
    const change = { id: 550_001, noteType: 3, publish: 2, description: 'new' };
    await simulator.api('POST', '/Tickets', goodTicket());
    expect((await simulator.api('PATCH', '/Tickets/88002/Notes', change)).status).toBe(500);
    expect((await simulator.api('PATCH', path, change)).json).toEqual({ itemId: 550_001 });
    expect((await simulator.api('GET', '/TicketNotes/550001')).json.item).toMatchObject({
      description: 'new',
      title: 'Seen again',
    });
  });

  it('may reopen a completed ticket through a workflow rule', async () => {
    await simulator.api('PATCH', '/Tickets', { id: 88_001, status: 5 });
    await simulator.plain('POST', '/control/set', {
      workflow: [{ on: 'note', when: { status: 5 }, set: { status: 8 } }],
    });
    await post({});
    expect((await simulator.api('GET', '/Tickets/88001')).json.item.status).toBe(8);
  });
});
