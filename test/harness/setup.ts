/** Sets a workspace up through the REST API, as an operator would: organizations, connections with their four steps, mappings. */
import { setTimeout as sleep } from 'node:timers/promises';
import { simulatorCredentials } from '../support/steps.ts';
import { type Api, makeConnection } from './connection.ts';
import { apiKey } from './service.ts';

/** A connection with one organization of its own, mapped to an account of its own. */
export interface Customer {
  connectionId: string;
  /** How alerts name the organization. */
  reference: string;
  /** Of its workspace, if that is another than the default one. */
  apiKey?: string;
}

/** The login of the nth connection, from 1. */
export type CredentialsOf = (n: number) => Readonly<Record<string, string>>;

/**
 * Makes `count` connections to the simulator, each with its organization. All are active at the end, but the last
 * `unfinished` ones, which lack nothing but the finish.
 */
export async function setUp(
  url: string,
  count = 1,
  unfinished = 0,
  credentialsOf: CredentialsOf = () => simulatorCredentials,
): Promise<Customer[]> {
  const api = apiOf(url);
  const customers: Customer[] = [];
  for (let n = 1; n <= count; n += 1) {
    const customer = await begin(api, n, credentialsOf(n));
    customers.push(customer);
    if (n <= count - unfinished)
      await api('POST', `/psa/connections/${customer.connectionId}/finish`, { confirmUnmapped: true });
  }
  return customers;
}

/** Makes the nth customer, from 2, in a workspace of its own. */
export async function setUpApart(
  url: string,
  n: number,
  apiKey: string,
  credentials: ReturnType<CredentialsOf> = simulatorCredentials,
): Promise<Customer> {
  const api = apiOf(url, apiKey);
  const customer = await begin(api, n, credentials);
  await api('POST', `/psa/connections/${customer.connectionId}/finish`, { confirmUnmapped: true });
  return { ...customer, apiKey };
}

async function begin(api: Api, n: number, credentials: ReturnType<CredentialsOf>): Promise<Customer> {
  const id = await makeConnection(api, {
    name: `PSA ${n}`,
    credentials,
    catchAllAccountId: '0',
    // Alerts with the same title share a ticket: tests choose their groups by the title.
    ticketSubject: '{{ alert.title }}',
  });
  const path = `/psa/connections/${id}`;
  const reference = `org-${n}`;
  const organization = await api<{ id: string }>('POST', '/organizations', {
    name: `Customer ${n}`,
    externalRefs: [reference],
    connectionId: id,
  });
  const accounts = await api<{ items: { id: string }[] }>('GET', `${path}/accounts?limit=200`);
  const accountId = accounts.items[n]?.id;
  await api('PUT', `${path}/mappings`, { mappings: [{ organizationId: organization.id, accountId }] });
  return { connectionId: id, reference };
}

const mostTurns = 10;

/** Calls of the REST API with an administrator's key, the default workspace's if left out; one that is turned away for load comes again, as it is told. */
export function apiOf(url: string, key = apiKey): Api {
  return async (method, path, body) => {
    for (let turn = 1; ; turn += 1) {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (answer.ok) return JSON.parse(text);
      const isTurnedAway = answer.status === 503 && answer.headers.has('retry-after');
      if (!isTurnedAway || turn === mostTurns)
        throw new Error(`${method} ${path} was answered with ${answer.status}: ${text}`);
      await sleep(Number(answer.headers.get('retry-after')) * 1_000);
    }
  };
}
