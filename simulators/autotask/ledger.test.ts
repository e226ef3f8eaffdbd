import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SimulatorOptions } from './index.ts';
import { goodNote, goodTicket, startForTest, type TestSimulator } from './testing.ts';

let directory: string;
let simulator: TestSimulator;
const start = async (options: SimulatorOptions = {}) => {
  simulator = await startForTest({ data: directory, ...options });
};
const restart = async (options: SimulatorOptions = {}) => {
  await simulator.close();
  await start(options);
};
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'simulator-'));
  await start();
});
afterEach(async () => {
  await simulator.close();
  rmSync(directory, { recursive: true });
});

const ledger = async (query = '') => (await simulator.plain('GET', `/control/ledger${query}`)).json;
const create = (fields: Record<string, unknown> = {}) =>
  simulator.api('POST', '/Tickets', goodTicket(fields));

describe('the ledger', () => {
  it('has every request and every effect', async () => {
    await create({ externalID: 'alrt-1' });
    await create({ title: '' });
    await simulator.api('POST', '/Tickets/88001/Notes', goodNote());
    await simulator.api('PATCH', '/Tickets', { id: 88_001, status: 5 });
    const { effects, requests } = await ledger();
    expect(requests).toMatchObject([
      {
        n: 1,
        method: 'POST',
        path: '/ATServicesRest/V1.0/Tickets',
        route: 'POST /Tickets',
        status: 200,
        inFlight: 1,
      },
      { n: 2, status: 500 },
      { n: 3, route: 'POST /Tickets/{id}/Notes', status: 200 },
      { n: 4, route: 'PATCH /Tickets', status: 200 },
    ]);
    expect(effects).toMatchObject([
      {
        n: 1,
        request: 1,
        effect: 'ticketCreated',
        by: 'api',
        id: 88_001,
        externalID: 'alrt-1',
        companyID: 201,
        title: 'Impossible travel',
      },
      {
        n: 2,
        request: 3,
        effect: 'noteCreated',
        id: 550_001,
        ticketID: 88_001,
        externalID: 'alrt-1',
        title: 'Seen again',
      },
      {
        n: 3,
        request: 4,
        effect: 'ticketPatched',
        id: 88_001,
        changed: ['status'],
      },
    ]);
  });

  it('can be read from a place on, by kind, and a few at a time', async () => {
    for (let at = 0; at < 4; at += 1) await create();
    expect((await ledger('?since=2&kind=effects')).effects.map((one: { n: number }) => one.n)).toEqual([
      3, 4,
    ]);
    expect(
      (await ledger('?since=1&kind=requests&limit=2')).requests.map((one: { n: number }) => one.n),
    ).toEqual([2, 3]);
    expect(await ledger('?kind=effects')).not.toHaveProperty('requests');
    expect((await simulator.plain('GET', '/control/ledger?kind=all')).status).toBe(400);
  });

  it('counts by method and route', async () => {
    await create();
    await simulator.api('GET', '/Tickets/88001');
    await simulator.api('GET', '/Tickets/88002');
    await simulator.api('GET', '/Nonsense');
    expect((await ledger()).counters).toEqual({
      'POST /Tickets': 1,
      'GET /Tickets/{id}': 2,
      'GET (no route)': 1,
    });
  });
});

describe('after a restart with the same directory', () => {
  it('tickets, notes, changes and the ledger are there, and numbers go on', async () => {
    await create({ externalID: 'alrt-1' });
    await simulator.api('POST', '/Tickets/88001/Notes', goodNote());
    await simulator.api('PATCH', '/Tickets', { id: 88_001, status: 5 });
    const before = await simulator.api('GET', '/Tickets/88001');
    const { effects } = await ledger();
    await restart();
    expect((await simulator.api('GET', '/Tickets/88001')).json).toEqual(before.json);
    expect((await ledger('?kind=effects')).effects).toEqual(effects);
    expect((await simulator.api('GET', '/Tickets/88001/Notes')).json.items).toHaveLength(1);
    expect((await create()).json.itemId).toBe(88_002);
    const numbers = [88_001, 88_002].map((id) =>
      String(simulator.state.tables.Tickets.get(id)?.ticketNumber),
    );
    expect(numbers[1]?.slice(-4)).toBe('0002');
    expect((await ledger()).requests.at(-1).n).toBeGreaterThan(4);
  });

  it('switches and changed records are there', async () => {
    await create();
    await simulator.plain('POST', '/control/set', {
      locked: true,
      picklist: { field: 'priority', value: 1, isActive: false },
      company: { id: 201, isActive: false },
      ticket: { id: 88_001, locked: true },
    });
    await restart();
    expect(simulator.state.settings.locked).toBe(true);
    expect(simulator.state.picklists.find('Tickets', 'priority', 1)?.isActive).toBe(false);
    expect(simulator.state.tables.Companies.get(201)?.isActive).toBe(false);
    expect(simulator.state.lockedTickets.has(88_001)).toBe(true);
  });

  it('the calls of the hour are counted on', async () => {
    await create();
    await create();
    await restart();
    expect((await simulator.api('GET', '/ThresholdInformation')).json.currentTimeframeRequestCount).toBe(3);
  });

  it('an unfinished last line is cut off', async () => {
    await create();
    await simulator.close();
    appendFileSync(join(directory, 'ledger.jsonl'), '{"kind":"effect","effect":{"n":2');
    await start();
    expect(simulator.state.tables.Tickets.size).toBe(1);
    await create();
    await restart();
    expect(simulator.state.tables.Tickets.size).toBe(2);
  });

  it('a ticket is in the file before it is answered', async () => {
    await create({ externalID: 'alrt-1' });
    expect(readFileSync(join(directory, 'ledger.jsonl'), 'utf8')).toContain('alrt-1');
  });

  it('other sample data is refused', async () => {
    await simulator.close();
    await expect(start({ companies: 31 })).rejects.toThrow('other --companies');
    await start();
  });

  it('a reset is final', async () => {
    await create();
    await simulator.plain('POST', '/control/reset');
    await restart();
    expect(simulator.state.tables.Tickets.size).toBe(0);
    expect((await create()).json.itemId).toBe(88_001);
  });
});
