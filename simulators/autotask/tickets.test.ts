import { describe, expect, it } from 'vitest';
import { ticketsForTest } from './ticketsForTest.ts';

const tickets = ticketsForTest();
const { set, post, read } = tickets;

describe('a created ticket', () => {
  it('is answered with 200 and nothing but its id', async () => {
    const reply = await post({});
    expect([reply.status, reply.json]).toEqual([200, { itemId: 88_001 }]);
  });

  it('carries what the server stamps', async () => {
    await post({});
    expect(await read()).toMatchObject({
      ticketNumber: 'T20260604.0001',
      createDate: '2026-06-04T08:00:00Z',
      lastActivityDate: '2026-06-04T08:00:00Z',
      creatorResourceID: 29682885,
      companyLocationID: expect.any(Number),
      ticketCategory: 3,
      ticketType: 1,
      completedDate: null,
    });
  });

  it('is numbered within the day', async () => {
    await post({});
    await post({});
    tickets.nowMs += 86_400_000;
    await post({});
    const numbers = [await read(88_001), await read(88_002), await read(88_003)].map(
      (item) => item.ticketNumber,
    );
    expect(numbers).toEqual(['T20260604.0001', 'T20260604.0002', 'T20260605.0001']);
  });

  it('may have the external id of another', async () => {
    await post({ externalID: 'alrt-1' });
    expect((await post({ externalID: 'alrt-1' })).json.itemId).toBe(88_002);
  });

  it('takes names in any case, numbers as text, and ignores unknown and read-only fields', async () => {
    await post({
      TITLE: 'Upper',
      PRIORITY: '2',
      nonsense: true,
      ticketNumber: 'mine',
      rmmAlertID: 'x',
      title: undefined,
    });
    const item = await read();
    expect(item).toMatchObject({
      title: 'Upper',
      priority: 2,
      ticketNumber: 'T20260604.0001',
      rmmAlertID: null,
    });
  });

  it('keeps user-defined fields and does not ask for the required ones', async () => {
    await post({ userDefinedFields: [{ name: 'alert severity', value: 'High' }] });
    expect((await read()).userDefinedFields).toEqual([
      { name: 'Alert severity', value: 'High' },
      { name: 'Site code', value: null },
      { name: 'Reviewed by', value: null },
    ]);
  });

  it('may be for company 0, for a contact of the parent company, and for a contract of its company', async () => {
    const [contract] = (
      await tickets.simulator.api('POST', '/Contracts/query', {
        Filter: [{ op: 'eq', field: 'companyID', value: 0 }],
      })
    ).json.items;
    expect((await post({ companyID: 0, contractID: contract.id })).status).toBe(200);
    expect((await post({ companyID: 202, contactID: 31_001 })).status).toBe(200);
  });

  it('gets queue, source and due date from a category that has them', async () => {
    const reply = await post({ ticketCategory: 2, queueID: undefined, dueDateTime: undefined });
    expect(reply.status).toBe(200);
    expect(await read()).toMatchObject({
      queueID: 8,
      source: 8,
      ticketType: 5,
      dueDateTime: '2026-06-05T08:00:00Z',
    });
  });

  it('is complete from the start with status 5', async () => {
    await post({ status: 5 });
    expect((await read()).completedDate).toBe('2026-06-04T08:00:00Z');
  });
});

describe('dates', () => {
  it('come without zone and with milliseconds in the old style', async () => {
    await post({});
    await set({ dateStyle: 'old' });
    expect((await read()).createDate).toBe('2026-06-04T08:00:00.000');
  });
});
