/** An active connection with one organization, alerts for it, and a PSA that refuses tickets when it is told to. */
import { expect } from '@playwright/test';
import { makeConnection } from '../../harness/connection.ts';
import { simulatorCredentials } from '../../support/steps.ts';
import type { App } from './app.ts';

/** Connects the simulated PSA; answers the ids of the connection and of the organization "Northwind". */
export async function connectPsa({ api }: App): Promise<{ connectionId: string; organizationId: string }> {
  const connectionId = await makeConnection(api, {
    name: 'Our PSA',
    credentials: simulatorCredentials,
    catchAllAccountId: '0',
  });
  const { id } = await api<{ id: string }>('POST', '/organizations', {
    name: 'Northwind',
    externalRefs: ['org-17'],
  });
  await api('POST', `/psa/connections/${connectionId}/finish`, { confirmUnmapped: true });
  return { connectionId, organizationId: id };
}

let counter = 0;

/** Sends an alert, which differs from all others, and answers its id. */
export async function sendAlert({ api }: App, members: object = {}): Promise<string> {
  counter += 1;
  const externalId = `evt-${counter}`;
  await api('POST', '/alerts', {
    source: 'edr',
    externalId,
    title: `Impossible travel ${counter}`,
    severity: 'high',
    user: { email: `user${counter}@northwind.example` },
    organization: { externalId: 'org-17' },
    ...members,
  });
  const { items } = await api<{ items: { id: string }[] }>('GET', '/alerts?limit=1');
  return items[0]?.id ?? '';
}

/** Waits until each delivery of an alert is in one of these states. */
export async function reaches({ api }: App, alertId: string, ...states: string[]): Promise<void> {
  const read = async () => {
    const { deliveries } = await api<{ deliveries: { state: string }[] }>('GET', `/alerts/${alertId}`);
    return deliveries.length > 0 && deliveries.every(({ state }) => states.includes(state));
  };
  await expect.poll(read, { timeout: 20_000 }).toBe(true);
}

const refusal = JSON.stringify({ errors: ['The queue Tier 2 takes no tickets any more.'] });

/** From now on the PSA refuses every ticket. */
export const refuseTickets = (app: App): Promise<void> =>
  faults(app, 'POST', {
    match: { method: 'POST', path: '/Tickets$' },
    fault: { kind: 'beforeCommit', status: 400, contentType: 'application/json', body: refusal },
    times: 'always',
  });

/** From now on the PSA takes no ticket because it is not there for anybody. */
export const endTickets = (app: App): Promise<void> =>
  faults(app, 'POST', {
    match: { method: 'POST', path: '/Tickets$' },
    fault: { kind: 'beforeCommit', status: 503 },
    times: 'always',
  });

/** The cause is mended. */
export const takeTickets = (app: App): Promise<void> => faults(app, 'DELETE');

async function faults({ simulator }: App, method: string, body?: object): Promise<void> {
  const answer = await fetch(`${simulator.url}/control/faults`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}
