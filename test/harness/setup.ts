/** Sets a workspace up through the REST API, as an operator would: organizations, connections with their four steps, mappings. */
import { setTimeout as sleep } from 'node:timers/promises';
import { apiKey } from './service.ts';
import { simulatorCredentials } from './simulator.ts';

/** A connection with one organization of its own, mapped to an account of its own. */
export interface Customer {
  connectionId: string;
  /** How alerts name the organization. */
  reference: string;
}

/** Alerts with the same title share a ticket: tests choose their groups by the title. */
const ticketsStep = {
  ticketCategory: '3',
  ticketType: '5',
  ticketStatus: '1',
  ticketQueue: '8',
  ticketSource: '8',
  ticketSubject: '{{ alert.title }}',
  priorities: { informational: null, low: '3', medium: '2', high: '1', critical: '4' },
  noteType: '3',
  noteVisibility: '2',
  noteTitle: '{{ alert.title }}',
  brake: null,
};

/** Makes `count` connections to the simulator, each with its organization; all are active at the end. */
export async function setUp(url: string, count = 1): Promise<Customer[]> {
  const api = apiOf(url);
  const drafts: Customer[] = [];
  for (let n = 1; n <= count; n += 1) drafts.push(await begin(api, n));
  return drafts;
}

async function begin(api: Api, n: number): Promise<Customer> {
  const { id } = await api<{ id: string }>('POST', '/psa/connections', {
    kind: 'autotask',
    name: `PSA ${n}`,
  });
  const path = `/psa/connections/${id}`;
  await api('PUT', `${path}/steps/credentials`, simulatorCredentials);
  await directoryReady(api, path);
  await api('PUT', `${path}/steps/accounts`, { catchAllAccountId: '0', attachContacts: false });
  await api('PUT', `${path}/steps/tickets`, ticketsStep);
  await api('PUT', `${path}/steps/contracts`, { addContracts: false, syncUsers: false });
  const reference = `org-${n}`;
  const organization = await api<{ id: string }>('POST', '/organizations', {
    name: `Customer ${n}`,
    externalRefs: [reference],
    connectionId: id,
  });
  const accounts = await api<{ items: { id: string }[] }>('GET', `${path}/accounts?limit=200`);
  const accountId = accounts.items[n]?.id;
  await api('PUT', `${path}/mappings`, { mappings: [{ organizationId: organization.id, accountId }] });
  await api('POST', `${path}/finish`, { confirmUnmapped: true });
  return { connectionId: id, reference };
}

const mostLoadMs = 30_000;

async function directoryReady(api: Api, path: string): Promise<void> {
  const until = Date.now() + mostLoadMs;
  for (;;) {
    const { directory } = await api<{ directory: { state: string } }>('GET', path);
    if (directory.state === 'ready') return;
    if (Date.now() > until) throw new Error(`the accounts were not loaded: ${JSON.stringify(directory)}`);
    await sleep(50);
  }
}

type Api = <T>(method: string, path: string, body?: unknown) => Promise<T>;

/** Calls of the REST API with the administrator's key. @throws Error with the problem's text for all but 2xx */
export function apiOf(url: string): Api {
  return async (method, path, body) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${text}`);
    return JSON.parse(text);
  };
}
