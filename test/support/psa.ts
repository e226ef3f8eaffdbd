/** The simulated PSA of a world: what it has, what it was asked, and how it is told to misbehave. */
import { onTestFinished } from 'vitest';
import { openWorld, type World, type WorldOptions } from './world.ts';

export interface SimulatedTicket {
  id: number;
  ticketNumber: string;
  title: string;
  description: string;
  companyID: number;
  contactID: number | null;
  status: number;
  completedDate: string | null;
  externalID: string;
  priority: number;
  notes: { title: string; description: string; publish: number }[];
}

export interface PsaWorld extends World {
  /** The tickets that the PSA has, with their notes. */
  tickets(): Promise<SimulatedTicket[]>;
  /** How many calls of these paths it has had. */
  requests(path: RegExp): Promise<number>;
  /** `POST /control/set` and `/control/faults` of the simulator. */
  control(what: 'set' | 'faults', body: unknown): Promise<void>;
  /** The next creation of a ticket meets this fault. */
  ticketFault(fault: object, more?: object): Promise<void>;
  /** The state of each delivery, in order. */
  states(): Promise<string[]>;
}

/** A world of the running test's own, which ends with it; a test that runs beside others hands in its own `atEnd`. */
export async function openPsaWorld(options?: WorldOptions, atEnd = onTestFinished): Promise<PsaWorld> {
  const world = await openWorld(options);
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= world.close();
    return closed;
  };
  atEnd(close);
  const ask = async <T>(path: string, init?: RequestInit): Promise<T> => {
    const answer = await fetch(`${world.simulator.url}/control/${path}`, init);
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as T;
  };
  const control: PsaWorld['control'] = (what, body) =>
    ask(what, { method: 'POST', body: JSON.stringify(body) });
  return {
    ...world,
    close,
    control,
    tickets: async () => (await ask<{ tickets: SimulatedTicket[] }>('tickets')).tickets,
    async requests(path) {
      const { requests } = await ask<{ requests: { path: string }[] }>('ledger?kind=requests');
      return requests.filter((request) => path.test(request.path)).length;
    },
    ticketFault: (fault, more = {}) =>
      control('faults', { match: { method: 'POST', path: '/Tickets$' }, fault, ...more }),
    async states() {
      const rows = await world.rows('select delivery_state from deliveries order by id');
      return rows.map((row) => row.delivery_state);
    },
  };
}
