import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Journal } from '../common/journal.ts';
import type { SimulatorOptions } from './options.ts';
import { serve } from './server.ts';
import { Tenant } from './tenant.ts';

export type { SimulatorOptions } from './options.ts';

export type AutotaskSimulator = {
  /** `http://host:port`, without a slash at the end. */
  url: string;
  port: number;
  /** The simulated tenant itself, for tests in the same process. */
  state: Tenant;
  /** Ends all connections and timers, and closes the journal. */
  close(): Promise<void>;
};

/**
 * Starts a simulated Autotask. With `data`, what an earlier run kept there is taken back in first; rejects when that
 * run had other sample data, because its tickets would point to companies that do not exist.
 */
export async function startAutotaskSimulator(options: SimulatorOptions = {}): Promise<AutotaskSimulator> {
  const { companies = 40, seed = 1, sample = [], host = '127.0.0.1' } = options;
  const state = new Tenant(
    { companies, seed, fixed: sample },
    options.settings ?? {},
    options.now ?? Date.now,
  );
  const journal = options.data === undefined ? undefined : await openJournal(state, options.data);
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    serve(state, request, response);
  });
  await listen(server, options.port ?? 0, host);
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    state.timers.stop();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
    journal?.close();
  };
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, port, state, close };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
}

async function openJournal(state: Tenant, directory: string): Promise<Journal> {
  let isNew = true;
  const journal = await Journal.open(directory, (line) => {
    isNew = false;
    if (line.kind === 'start' && line.samples !== state.startLine.samples) {
      throw new Error(`${directory} was filled with other --companies, --seed or --sample`);
    }
    state.restore(line);
  });
  state.ledger.attach(journal);
  if (isNew) state.ledger.note(state.startLine);
  return journal;
}
