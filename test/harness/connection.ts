/** A connection made as an operator makes it, through the REST API, step by step; for tests and benchmarks. */
import { setTimeout as sleep } from 'node:timers/promises';
import { accountsStep, contractsStep, ticketsStep } from '../support/steps.ts';

/** A call of the REST API below `/api/v1`. @throws Error with the problem's text for all but 2xx */
export type Api = <T>(method: string, path: string, body?: unknown) => Promise<T>;

export interface ConnectionToMake {
  name: string;
  credentials: Readonly<Record<string, string>>;
  catchAllAccountId: string;
  /** Alerts with the same subject share a ticket; by title and user if left out. */
  ticketSubject?: string;
}

/** Makes a draft and goes through its four steps; what remains are mappings and the finish. Answers its id. */
export async function makeConnection(api: Api, wanted: ConnectionToMake): Promise<string> {
  const { name, credentials, catchAllAccountId, ticketSubject = ticketsStep.ticketSubject } = wanted;
  const { id } = await api<{ id: string }>('POST', '/psa/connections', { kind: 'autotask', name });
  const put = (step: string, body: object) => api('PUT', `/psa/connections/${id}/steps/${step}`, body);
  await put('credentials', credentials);
  await directoryReady(api, id);
  await put('accounts', { ...accountsStep, catchAllAccountId });
  await put('tickets', { ...ticketsStep, ticketSubject });
  await put('contracts', contractsStep);
  return id;
}

const mostLoadMs = 30_000;

/** Waits until the accounts of the PSA are loaded. @throws Error when that takes too long */
export async function directoryReady(api: Api, id: string): Promise<void> {
  const until = Date.now() + mostLoadMs;
  for (;;) {
    const { directory } = await api<{ directory: { state: string } }>('GET', `/psa/connections/${id}`);
    if (directory.state === 'ready') return;
    if (Date.now() > until) throw new Error(`the accounts were not loaded: ${JSON.stringify(directory)}`);
    await sleep(10);
  }
}
