/** For tests: a simulator with known companies and a clock that stands, and short words for what one does with tickets. */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { goodTicket, knownCompanies, type Reply, startForTest, type TestSimulator } from './testing.ts';

const morning = Date.UTC(2026, 5, 4, 8, 0, 0);

export interface TicketsForTest {
  simulator: TestSimulator;
  /** What the simulator takes for now; 2026-06-04 08:00 UTC before each test. */
  nowMs: number;
  /** Flips switches of the control API. */
  set(switches: object): Promise<Reply>;
  /** Creates a good ticket, with these fields other than usual; the first one has the id 88001. */
  post(fields: object): Promise<Reply>;
  patch(fields: object): Promise<Reply>;
  read(id?: number): Promise<Reply['json']>;
}

/** Starts one simulator for the tests of a file, empties it before each, and closes it after the last. */
export function ticketsForTest(): TicketsForTest {
  const tickets = {
    nowMs: morning,
    set: (switches) => tickets.simulator.plain('POST', '/control/set', switches),
    post: (fields) => tickets.simulator.api('POST', '/Tickets', goodTicket({ ...fields })),
    patch: (fields) => tickets.simulator.api('PATCH', '/Tickets', fields),
    read: async (id = 88_001) => (await tickets.simulator.api('GET', `/Tickets/${id}`)).json.item,
  } as TicketsForTest;
  beforeAll(async () => {
    const settings = { penalties: false };
    const now = () => tickets.nowMs;
    tickets.simulator = await startForTest({ companies: 4, sample: knownCompanies, settings, now });
  });
  beforeEach(() => {
    tickets.nowMs = morning;
    tickets.simulator.state.reset();
  });
  afterAll(() => tickets.simulator.close());
  return tickets;
}
