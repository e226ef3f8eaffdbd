/** For tests: a simulator of its own for each test, with a session and the two writes. */
import { afterEach, beforeEach } from 'vitest';
import { type ConformanceHttp, createConformanceHttp } from '../conformanceHttp.ts';
import type { Outcome, Session } from '../contract.ts';
import { always } from './scriptedSession.ts';
import { type SimulatedAutotask, simulateAutotask } from './simulated.ts';

export const key = 'A-7K3Q9M2F';
export const noteKey = `${key}/0001`;

export interface SimulatorPerTest {
  psa: SimulatedAutotask;
  http: ConformanceHttp;
  session: Session;
  /** Creates the ticket with `key`. */
  send(): Promise<Outcome>;
  /** The same where nothing is in the way; answers the ticket's id. */
  createdTicket(): Promise<string>;
}

/** What it answers is filled anew before each test of the file or the block. */
export function simulatorPerTest(): SimulatorPerTest {
  const world = {
    send: () => world.session.createTicket(world.psa.ticket(key), always),
    async createdTicket() {
      const outcome = await world.send();
      if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
      return outcome.receipt.ref;
    },
  } as SimulatorPerTest;
  beforeEach(async () => {
    world.psa = await simulateAutotask();
    world.http = createConformanceHttp();
    world.session = world.psa.adapter.open(world.psa.credentials, world.http.http);
  });
  afterEach(async () => {
    await world.http.close();
    await world.psa.stop();
  });
  return world;
}
