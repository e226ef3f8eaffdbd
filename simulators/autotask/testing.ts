import { request } from 'undici';
import { type AutotaskSimulator, type SimulatorOptions, startAutotaskSimulator } from './index.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
type Json = any;

export type Reply = { status: number; text: string; json: Json; headers: Record<string, unknown> };

export type TestSimulator = AutotaskSimulator & {
  /** Calls the API with good credentials; `path` is below `/ATServicesRest/V1.0` unless it starts with `//`. */
  api(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** Calls the control API or a page. */
  plain(method: string, path: string, body?: unknown): Promise<Reply>;
};

export const goodHeaders = {
  UserName: 'api.user@msp.example',
  Secret: 'Sim-Secret-1',
  ApiIntegrationCode: 'SIMULATORTRACKINGCODE000001',
  'Content-Type': 'application/json',
};

/** A simulator in this process, with a client for tests. Close it when done. */
export async function startForTest(options: SimulatorOptions = {}): Promise<TestSimulator> {
  const simulator = await startAutotaskSimulator({ companies: 30, ...options });
  const send = async (method: string, url: string, body: unknown, headers: object): Promise<Reply> => {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await request(url, {
      method: method as 'GET',
      headers: headers as Record<string, string>,
      body: text as string | undefined,
    });
    const answer = await response.body.text();
    return { status: response.statusCode, text: answer, json: readJson(answer), headers: response.headers };
  };
  return {
    ...simulator,
    api: (method, path, body, headers = {}) =>
      send(method, address(simulator.url, path), body, { ...goodHeaders, ...headers }),
    plain: (method, path, body) => send(method, `${simulator.url}${path}`, body, {}),
  };
}

function address(url: string, path: string): string {
  return path.startsWith('//') ? `${url}${path.slice(1)}` : `${url}/ATServicesRest/V1.0${path}`;
}

function readJson(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A ticket that the simulator accepts, for the first made-up company; with other fields as wanted. */
export function goodTicket(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    companyID: 201,
    title: 'Impossible travel',
    status: 1,
    priority: 1,
    queueID: 8,
    dueDateTime: '2026-06-04T12:12:00Z',
    ...fields,
  };
}

export function goodNote(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return { title: 'Seen again', description: 'Four more times.', noteType: 3, publish: 2, ...fields };
}

/** Four companies with known people, contracts aside: a parent, its child, a stranger, and one that is inactive. */
export const knownCompanies = [
  {
    id: 201,
    companyName: 'Parent & Co <HQ>',
    contacts: [
      {
        id: 31_001,
        firstName: 'Pia',
        lastName: 'Parent',
        emailAddress: 'pia@parent.example',
        primaryContact: true,
      },
      {
        id: 31_002,
        firstName: 'Ivo',
        lastName: 'Inactive',
        emailAddress: 'ivo@parent.example',
        isActive: 0 as const,
      },
    ],
  },
  {
    id: 202,
    companyName: 'Child Ltd',
    parentCompanyID: 201,
    contacts: [{ id: 31_003, firstName: 'Cleo', lastName: 'Child', emailAddress: 'cleo@child.example' }],
  },
  {
    id: 203,
    companyName: 'Stranger LLC',
    contacts: [{ id: 31_004, firstName: 'Sam', lastName: 'Stranger', emailAddress: 'sam@stranger.example' }],
  },
  { id: 204, companyName: 'Gone Inc.', isActive: false },
];

/** For polls: as long as a busy machine may need. */
export const patience = { timeout: 10_000 };

/** Holds everything that the simulator would do later (pauses, late commits, workflow) until it is released. */
export function holdTimers(simulator: TestSimulator): { count(): number; release(): void } {
  const { timers } = simulator.state;
  const held: (() => void)[] = [];
  timers.later = (_ms, action) => void held.push(action);
  return {
    count: () => held.length,
    release: () => {
      Reflect.deleteProperty(timers, 'later');
      for (const action of held.splice(0)) action();
    },
  };
}
