/**
 * A workspace with something of everything, to look at: the demo's connection, organizations and alerts, one alert
 * that the PSA refuses, a paused connection that holds one, and a connection that nobody has finished.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { seed } from '../../../src/demo/seed.ts';
import { simulatedPsa } from '../../../src/demo/simulatedPsa.ts';
import { demoRequests } from '../../../src/demo/stream.ts';
import { type Api, makeConnection } from '../../harness/connection.ts';
import { simulatorCredentials } from '../../support/steps.ts';
import type { App } from './app.ts';

/** What the simulator of such a workspace is started with. */
export const filledSimulator = { sample: [...simulatedPsa.sample], companies: 40 };

/** What there is, to open its pages. */
export interface Filled {
  connectionId: string;
  draftId: string;
  organizationId: string;
  alertId: string;
}

const requests = 70;

/** Fills the workspace and waits until nothing is under way any more. */
export async function fill({ api, simulator }: Pick<App, 'api' | 'simulator'>): Promise<Filled> {
  await seed(clientOf(api), () => {});
  await refuseSome(simulator.url);
  const stream = demoRequests(() => new Date());
  for (let n = 0; n < requests; n += 1) {
    const { format, body } = stream.next().value;
    await api('POST', format === 'native' ? '/alerts' : `/intake/${format}`, body);
  }
  const { items } = await api<Items>('GET', '/organizations?q=Northwind');
  const [active] = (await api<Items>('GET', '/psa/connections')).items;
  await settled(api);
  await holdOne(api);
  const draft = await api<{ id: string }>('POST', '/psa/connections', {
    kind: simulatedPsa.kind,
    name: 'Autotask (not finished)',
  });
  const [alert] = (await api<Items>('GET', '/alerts?q=travel&limit=1')).items;
  const [newest] = (await api<Items>('GET', '/alerts?limit=1')).items;
  return {
    connectionId: idOf(active),
    draftId: draft.id,
    organizationId: idOf(items[0]),
    alertId: idOf(alert ?? newest),
  };
}

interface Items {
  items: { id: string }[];
}

const idOf = (item: { id: string } | undefined): string => {
  if (!item) throw new Error('The workspace lacks something that was just made.');
  return item.id;
};

/** The calls of the demo's set-up. */
const clientOf = (api: Api): Parameters<typeof seed>[0] => ({
  url: '',
  get: (path) => api('GET', path),
  post: (path, body) => api('POST', path, body),
  put: (path, body) => api('PUT', path, body),
  patch: (path, body) => api('PATCH', path, body),
  delete: () => Promise.reject(new Error('Nothing is removed here.')),
  text: () => Promise.reject(new Error('Nothing is exported here.')),
  send: () => Promise.reject(new Error('Only answers of success are of use here.')),
});

const refusal = JSON.stringify({
  errors: ['The ticket was refused: its queue takes no tickets from this user.'],
});

/** Tickets of one kind of alert are refused for good: what is only refused once is delivered by the next try. */
async function refuseSome(simulator: string): Promise<void> {
  const match = { method: 'POST', path: '/Tickets$', body: 'Ransomware behaviour' };
  const fault = { kind: 'beforeCommit', status: 400, body: refusal, contentType: 'application/json' };
  const answer = await fetch(`${simulator}/control/faults`, {
    method: 'POST',
    body: JSON.stringify({ match, fault, times: 'always' }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** An organization of a second connection, which is paused: its alert is held. */
async function holdOne(api: Api): Promise<void> {
  const connectionId = await makeConnection(api, {
    name: 'Autotask (branch office)',
    credentials: simulatorCredentials,
    catchAllAccountId: '0',
  });
  await api('POST', `/psa/connections/${connectionId}/finish`, { confirmUnmapped: true });
  await api('POST', `/psa/connections/${connectionId}/pause`, { reason: 'Maintenance until noon' });
  const name = 'Humongous Insurance';
  await api('POST', '/organizations', { name, externalRefs: ['org-90'], connectionId });
  await api('POST', '/alerts', {
    source: 'edr',
    externalId: 'held-1',
    title: 'Mail forwarding to an outside address was set',
    severity: 'high',
    organization: { externalId: 'org-90' },
    user: { email: 'finance@humongous.example' },
  });
}

const mostWaitMs = 60_000;

async function settled(api: Api): Promise<void> {
  const until = Date.now() + mostWaitMs;
  for (const state of ['pending', 'sending', 'uncertain']) {
    while ((await api<Items>('GET', `/deliveries?limit=1&state=${state}`)).items.length > 0) {
      if (Date.now() > until) return;
      await sleep(200);
    }
  }
}
