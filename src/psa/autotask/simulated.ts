/** For tests: the Autotask simulator as the conformance suite wants it, and with its control API at hand. */
import { request } from 'undici';
import { type SimulatorOptions, startAutotaskSimulator } from '../../../simulators/autotask/index.ts';
import type { Misbehaviour, SimulatedPsa } from '../conformance.ts';
import type { NoteDraft, TicketDraft } from '../contract.ts';
import { createAutotask } from './index.ts';

export interface SimulatedAutotask extends SimulatedPsa {
  url: string;
  /** `POST /control/set`. */
  set(switches: Record<string, unknown>): Promise<void>;
  /** `POST /control/faults`, for the next matching call. */
  fault(fault: Record<string, unknown>, match?: Record<string, unknown>, times?: number): Promise<void>;
  /** Calls of the API so far, zone look-ups left out. */
  calls(): Promise<{ method: string; path: string; status: number | null }[]>;
}

const sample = [
  {
    id: 217,
    companyName: 'Northwind Dental',
    companyType: 1,
    contacts: [
      {
        id: 30683,
        firstName: 'Ana',
        lastName: 'Lima',
        emailAddress: 'ana@northwind.example',
        primaryContact: true,
      },
      { id: 30684, firstName: 'Bo', lastName: 'Ek', emailAddress: 'bo@northwind.example' },
    ],
    contracts: [
      { id: 29683617, contractName: 'Managed services', contractNumber: 'MS-217' },
      { id: 29683618, contractName: 'Old retainer', contractType: 6, endDate: '2026-02-28' },
      { id: 29683619, contractName: 'Switched off', status: 0 as const },
    ],
  },
];

const credentials = {
  username: 'api.user@msp.example',
  secret: 'Sim-Secret-1',
  integrationCode: 'SIMULATORTRACKINGCODE000001',
};

const creates = { method: 'POST', path: '/Tickets(/\\d+/Notes)?$' };

const faults: Record<Misbehaviour, Record<string, unknown>> = {
  hangBefore: { kind: 'beforeCommit', answer: 'hang' },
  hangAfter: { kind: 'afterCommit', answer: 'hang' },
  resetBefore: { kind: 'beforeCommit', answer: 'reset' },
  resetAfter: { kind: 'afterCommit', answer: 'reset' },
  truncatedAfter: { kind: 'afterCommit', answer: 'truncate' },
  noIdAfter: { kind: 'afterCommit', answer: 'noId', form: 'null' },
  htmlBefore: {
    kind: 'beforeCommit',
    status: 502,
    body: '<html>Bad gateway</html>',
    contentType: 'text/html',
  },
  htmlAfter: { kind: 'afterCommit', status: 502, body: '<html>Bad gateway</html>', contentType: 'text/html' },
  foulAfter: {
    kind: 'afterCommit',
    status: 502,
    body: `<html>\u0000\u001b[31mBad${'\u0000'.repeat(3_000)}gateway</html>`,
    contentType: 'text/html',
  },
  foulRefusal: {
    kind: 'beforeCommit',
    status: 400,
    body: String.raw`{"errors":["Data violation: bad \u0000\u001b[31m value \ud800."]}`,
    contentType: 'application/json',
  },
  redirect: { kind: 'beforeCommit', status: 307, headers: { location: 'http://127.0.0.1:9/elsewhere' } },
  rateLimit: { kind: 'beforeCommit', status: 429, retryAfter: 7 },
};

interface Ledger {
  requests: { method: string; path: string; status: number | null; ms: number | null }[];
}
interface Tickets {
  tickets: { id: number; notes: unknown[] }[];
}

/** Starts a simulator of its own. */
export async function simulateAutotask(options: SimulatorOptions = {}): Promise<SimulatedAutotask> {
  const simulator = await startAutotaskSimulator({ companies: 5, sample, ...options });
  const control = createControl(simulator.url);
  const zoneUrl = `${simulator.url}/atservicesrest/v1.0/zoneInformation`;
  const ticketsOf = async (query: string) => ((await control('GET', `tickets${query}`)) as Tickets).tickets;
  const set = async (switches: object) => void (await control('POST', 'set', switches));
  const fault: SimulatedAutotask['fault'] = async (fault, match = creates, times = 1) =>
    void (await control('POST', 'faults', { match, fault, times }));
  const requests = async () => {
    const ledger = (await control('GET', 'ledger?kind=requests')) as Ledger;
    return ledger.requests.filter(({ path }) => !/zoneInformation/i.test(path));
  };
  let stopped: Promise<void> | undefined;
  return {
    adapter: createAutotask({ zoneUrl }),
    url: simulator.url,
    credentials,
    wrongCredentials: { ...credentials, secret: 'not-this-one' },
    companyId: '217',
    contact: { id: '30683', email: 'ana@northwind.example' },
    billing: { contractId: '29683617', inactiveContractId: '29683619', serviceId: '11' },
    ticket: ticketDraft,
    note: noteDraft,
    refusedTicket: (key) => ({ ...ticketDraft(key), priority: '99' }),
    misbehave: (how) => fault(faults[how]),
    set,
    fault,
    calls: requests,
    callsUnderWay: async () => (await requests()).filter(({ ms }) => ms === null).length,
    ticketsWithKey: async (key) => (await ticketsOf(`?externalID=${encodeURIComponent(key)}`)).length,
    notesOf: async (ref) => (await ticketsOf('')).find(({ id }) => String(id) === ref)?.notes.length ?? 0,
    closeTicket: (ref) => set({ ticket: { id: Number(ref), status: 5 } }),
    deleteTicket: (ref) => set({ ticket: { id: Number(ref), deleted: true } }),
    refusedLogins: async () => (await requests()).filter(({ status }) => status === 401).length,
    stop: () => {
      stopped ??= simulator.close();
      return stopped;
    },
  };
}

/** Calls the control API; throws when it does not like the call. */
function createControl(url: string) {
  return async (method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> => {
    const answer = await request(`${url}/control/${path}`, {
      method,
      body: body === undefined ? null : JSON.stringify(body),
    });
    const read = await answer.body.json();
    if (answer.statusCode !== 200) throw new Error(`/control/${path}: ${JSON.stringify(read)}`);
    return read;
  };
}

function ticketDraft(key: string): TicketDraft {
  return {
    key,
    accountId: '217',
    title: 'Sign-in from two countries',
    description: `Ana Lima signed in from two countries.\nref ${key}`,
    priority: '1',
    dueAt: new Date(Date.now() + 3_600_000),
    values: {
      ticketCategory: '3',
      ticketType: '5',
      ticketStatus: '1',
      ticketQueue: '8',
      ticketSource: '8',
      issueType: '10',
      subIssueType: '136',
    },
  };
}

function noteDraft(key: string): NoteDraft {
  return {
    key,
    title: 'Alert repeated',
    text: `Seen again.\nref ${key}`,
    values: { noteType: '3', noteVisibility: '2' },
    notBefore: new Date(),
  };
}
