/** The Autotask simulator as a process of its own, which outlives every Herald, and what it has recorded. */
import { startAutotaskSimulator } from '../../simulators/autotask/index.ts';
import { root, startNode, temporaryDir } from './processes.ts';

export interface RecordedNote {
  id: number;
  title: string;
  description: string;
}

export interface RecordedTicket {
  id: number;
  title: string;
  description: string;
  externalID: string | null;
  companyID: number;
  status: number;
  notes: RecordedNote[];
}

/** What the PSA has seen, read for the checker. */
export interface Recorded {
  tickets: RecordedTicket[];
  /** Committed effects by what they were: `ticketCreated`, `noteCreated`, … */
  effects: ReadonlyMap<string, number>;
  /** In order; the simulator remembers the last 50,000. */
  requests: RecordedRequest[];
  /** Calls that the quota allows in its window. */
  threshold: number;
  windowMs: number;
}

export interface RecordedRequest {
  n: number;
  time: string;
  path: string;
  /** Null while it is not answered. */
  status: number | null;
  /** How long it took. */
  ms: number | null;
}

export interface Simulator {
  readonly url: string;
  /** Entry of `HERALD_PSA_URLS`. */
  readonly psaUrls: string;
  control<T>(method: string, path: string, body?: unknown): Promise<T>;
  recorded(): Promise<Recorded>;
  stop(): Promise<void>;
}

/** Far above every test's need: these tests are about other promises than the quota. */
const threshold = 10_000_000;
const ticketsPerPage = 500;

/** Where a simulator is: one that is started there again is the same PSA, with all that it had. */
export interface SimulatorPlace {
  port: number;
  dataDir: string;
}

export async function startSimulator(place?: SimulatorPlace): Promise<Simulator> {
  const { port = 0, dataDir = await temporaryDir('simulator') } = place ?? {};
  const started = await startNode({
    name: 'the Autotask simulator',
    args: [
      `${root}simulators/autotask/main.ts`,
      ...['--port', String(port), '--data', dataDir, '--threshold', String(threshold), '--no-penalties'],
    ],
    env: {},
    ready: /autotask simulator on (\S+)/,
  });
  return simulatorAt(started.said, () => started.end('SIGTERM'));
}

/** The same in this process: for tests with many simulators that none of them kills. */
export async function startSimulatorHere(): Promise<Simulator> {
  const { url, close } = await startAutotaskSimulator({ settings: { threshold, penalties: false } });
  return simulatorAt(url, close);
}

function simulatorAt(url: string, stop: () => Promise<void>): Simulator {
  async function control<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${url}/control/${path}`, {
      method,
      body: body && JSON.stringify(body),
    } as RequestInit);
    if (!answer.ok) throw new Error(`the simulator refused ${method} ${path}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async function tickets(): Promise<RecordedTicket[]> {
    const all: RecordedTicket[] = [];
    for (;;) {
      const after = all.at(-1)?.id ?? 0;
      const page = await control<{ tickets: RecordedTicket[] }>(
        'GET',
        `tickets?after=${after}&limit=${ticketsPerPage}`,
      );
      all.push(...page.tickets);
      if (page.tickets.length < ticketsPerPage) return all;
    }
  }

  return {
    url,
    psaUrls: `autotask=${url}/atservicesrest/v1.0/zoneInformation`,
    control,
    async recorded() {
      const { effects, requests } = await control<{
        effects: { effect: string; by: string }[];
        requests: Recorded['requests'];
      }>('GET', 'ledger');
      const counts = new Map<string, number>();
      for (const { effect, by } of effects)
        if (by === 'api') counts.set(effect, (counts.get(effect) ?? 0) + 1);
      const { settings } = await control<{ settings: { threshold: number; thresholdMinutes: number } }>(
        'GET',
        'state',
      );
      return {
        tickets: await tickets(),
        effects: counts,
        requests,
        threshold: settings.threshold,
        windowMs: settings.thresholdMinutes * 60_000,
      };
    },
    stop,
  };
}
