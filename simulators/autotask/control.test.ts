import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { goodNote, goodTicket, knownCompanies, startForTest, type TestSimulator } from './testing.ts';

let simulator: TestSimulator;
beforeAll(async () => {
  simulator = await startForTest({ companies: 4, sample: knownCompanies });
});
beforeEach(async () => {
  simulator.state.reset();
  await simulator.api('POST', '/Tickets', goodTicket({ externalID: 'alrt-1' }));
  await simulator.api('POST', '/Tickets', goodTicket({ externalID: 'alrt-2', companyID: 202 }));
});
afterAll(() => simulator.close());

const set = (switches: object) => simulator.plain('POST', '/control/set', switches);
const read = async (id: number) => (await simulator.api('GET', `/Tickets/${id}`)).json.item;
const listed = async (query: string): Promise<number[]> =>
  (await simulator.plain('GET', `/control/tickets${query}`)).json.tickets.map(
    (one: { id: number }) => one.id,
  );

describe('looking', () => {
  it.each([
    ['', [88_001, 88_002]],
    ['?companyId=202', [88_002]],
    ['?externalID=alrt-1', [88_001]],
    ['?externalID=ALRT-1', []],
    ['?externalID=alrt-1&companyId=202', []],
    ['?limit=1', [88_001]],
    ['?after=88001', [88_002]],
  ])('tickets%s', async (query, ids) => {
    expect(await listed(query)).toEqual(ids);
  });

  it('tickets come whole, with their notes', async () => {
    await simulator.api('POST', '/Tickets/88001/Notes', goodNote());
    const [ticket] = (await simulator.plain('GET', '/control/tickets?externalID=alrt-1')).json.tickets;
    expect(ticket).toMatchObject({ title: 'Impossible travel', notes: [{ title: 'Seen again' }] });
  });

  it('the state counts', async () => {
    const { json } = await simulator.plain('GET', '/control/state');
    expect(json).toMatchObject({
      records: { Tickets: 2, TicketNotes: 0, Companies: 5, Contacts: 5 },
      calls: { inTheHour: 2, threshold: 10_000 },
      effects: 2,
      faults: 0,
    });
  });
});

describe('switching', () => {
  it('a ticket can be closed, moved, deleted', async () => {
    await set({ ticket: { id: 88_001, status: 5, companyID: 203 } });
    expect(await read(88_001)).toMatchObject({
      status: 5,
      companyID: 203,
      completedDate: expect.any(String),
    });
    await set({ ticket: { id: 88_001, deleted: true } });
    expect(await read(88_001)).toBeNull();
    expect((await simulator.api('PATCH', '/Tickets', { id: 88_001, status: 1 })).status).toBe(500);
  });

  it('a ticket can be merged: it is completed, and both get a system note', async () => {
    await set({ ticket: { id: 88_002, mergedInto: 88_001 } });
    expect((await read(88_002)).status).toBe(5);
    const notes = simulator.state.tables.TicketNotes;
    expect([notes.get(550_001), notes.get(550_002)]).toMatchObject([
      { ticketID: 88_002, noteType: 93 },
      { ticketID: 88_001, noteType: 94 },
    ]);
  });

  it('several records at once', async () => {
    await set({
      contact: [
        { id: 31_001, isActive: false },
        { id: 31_003, deleted: true },
      ],
    });
    expect(simulator.state.tables.Contacts.get(31_001)?.isActive).toBe(0);
    expect(simulator.state.tables.Contacts.get(31_003)).toBeUndefined();
  });

  it('a picklist value can be added', async () => {
    await set({ picklist: { field: 'Companies.classification', value: 300, label: 'New kind' } });
    expect(simulator.state.picklists.label('Companies', 'classification', 300)).toBe('New kind');
  });

  it('what is done here is in the ledger, as done by control', async () => {
    await set({ ticket: { id: 88_001, status: 5 } });
    const { effects } = (await simulator.plain('GET', '/control/ledger?since=2')).json;
    expect(effects).toMatchObject([{ effect: 'ticketChanged', by: 'control', request: 0, id: 88_001 }]);
  });

  it.each([
    [{ nonsense: 1 }, 'nonsense: there is no such switch'],
    [{ latencyMs: '5' }, 'latencyMs: takes a value like 0'],
    [{ thresholdStatus: 503 }, 'thresholdStatus: is one of 429, 500'],
    [{ ticket: { id: 1 } }, 'ticket: no Ticket 1'],
    [{ ticket: { id: 88_001, stauts: 5 } }, 'ticket: unknown member stauts'],
    [{ ticket: { id: 88_001, mergedInto: 88_001 } }, 'ticket: cannot be merged into 88001'],
    [{ company: { id: 9999, isActive: false } }, 'company: no Company 9999'],
    [{ picklist: { field: 'nope', value: 1 } }, 'picklist: no picklist Tickets.nope'],
    [{ picklist: 5 }, 'picklist: takes an object'],
    [[], 'the body is an object'],
  ])('refuses %j', async (switches, text) => {
    const reply = await set(switches);
    expect(reply.status).toBe(400);
    expect(reply.json.error).toContain(text);
  });

  it('changes nothing when one part is wrong', async () => {
    await set({ latencyMs: 5, nonsense: 1 });
    expect(simulator.state.settings.latencyMs).toBe(0);
  });

  it('reset brings back the start', async () => {
    await set({ latencyMs: 1, locked: true, company: { id: 201, isActive: false } });
    await simulator.plain('POST', '/control/reset');
    expect(simulator.state.settings).toMatchObject({ latencyMs: 0, locked: false });
    expect(simulator.state.tables.Companies.get(201)?.isActive).toBe(true);
    expect(await listed('')).toEqual([]);
  });

  it.each([
    ['GET', '/control/nothing', undefined, 404],
    ['POST', '/control/set', '{', 400],
  ])('%s %s is refused', async (method, path, body, status) => {
    expect((await simulator.plain(method, path, body)).status).toBe(status);
  });
});
