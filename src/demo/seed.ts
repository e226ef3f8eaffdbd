/** Sets a new Herald up over its REST API, in the order in which a person does it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../cli/client.ts';
import { CommandError } from '../cli/errors.ts';
import { recipients } from './mailbox.ts';
import { organizations } from './organizations.ts';
import { simulatedPsa } from './simulatedPsa.ts';

interface Check {
  label: string;
  ok: boolean;
  text: string;
}

interface Connection {
  id: string;
  name: string;
  status: string;
  directory: { state: string; loaded: number; failure?: string };
}

/** Says what has been done: a heading and what came of it. */
export type Report = (what: string, came: string) => void;

const directoryPollMs = 200;
const directoryWaitMs = 60_000;

/** @throws CommandError with the API's own words when a step is refused */
export async function seed(client: Client, report: Report): Promise<void> {
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const workspace = await client.put<{ name: string }>('/workspaces/current', {
    name: 'Demo MSP',
    timeZone,
    // One click signs in here.
    secondFactorDemanded: false,
  });
  report('Workspace', `${workspace.name}, ${timeZone}`);

  const { kind, label, steps } = simulatedPsa;
  const { id } = await client.post<Connection>('/psa/connections', { kind, name: label });
  const path = `/psa/connections/${id}`;
  await client.put(`${path}/steps/credentials`, steps.credentials);
  const { checks } = await client.post<{ checks: Check[] }>(`${path}/verify`, {});
  report('Credentials', `${checks.filter(({ ok }) => ok).length} of ${checks.length} checks passed`);
  for (const check of checks) report('', `${check.ok ? '✓' : '✗'} ${check.label}`);

  const loaded = await waitForDirectory(client, path);
  report('Accounts', `${loaded} loaded, organizations without a mapping go to ${simulatedPsa.catchAllName}`);
  await client.put(
    `${path}/steps/accounts`,
    steps.accounts(await accountId(client, path, simulatedPsa.catchAllName)),
  );
  await client.put(`${path}/steps/tickets`, steps.tickets);
  report('Tickets', 'alerts with the same title and user share a ticket; informational ones get none');
  await client.put(`${path}/steps/contracts`, steps.contracts);

  const ids = await mapOrganizations(client, path, report);
  await addRecipients(client, ids, report);
  const unmapped = organizations.filter(({ isMapped }) => !isMapped).length;
  const done = await client.post<Connection>(`${path}/finish`, { confirmUnmapped: unmapped });
  report('Connection', `${done.name} is ${done.status}`);
}

async function waitForDirectory(client: Client, path: string): Promise<number> {
  const until = performance.now() + directoryWaitMs;
  for (;;) {
    const { directory } = await client.get<Connection>(path);
    if (directory.state === 'ready') return directory.loaded;
    if (directory.state === 'failed')
      throw new CommandError(`The accounts could not be loaded: ${directory.failure}`);
    if (performance.now() > until) throw new CommandError('The accounts were not loaded within a minute.');
    await sleep(directoryPollMs);
  }
}

async function accountId(client: Client, path: string, name: string): Promise<string> {
  const query = new URLSearchParams({ q: name });
  const { items } = await client.get<{ items: { id: string; name: string }[] }>(`${path}/accounts?${query}`);
  const found = items.find((account) => account.name === name);
  if (found) return found.id;
  throw new CommandError(`The simulated PSA has no account ${name}.`);
}

/** Answers their ids by name. */
async function mapOrganizations(
  client: Client,
  path: string,
  report: Report,
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  const mappings: { organizationId: string; accountId: string; contractId?: string }[] = [];
  for (const { name, externalRefs, isMapped } of organizations) {
    const made = await client.post<{ id: string }>('/organizations', { name, externalRefs });
    ids.set(name, made.id);
    if (!isMapped) continue;
    const contractId = simulatedPsa.contractOf(name);
    const account = await accountId(client, path, name);
    mappings.push({ organizationId: made.id, accountId: account, ...(contractId && { contractId }) });
  }
  await client.put(`${path}/mappings`, { mappings });
  report(
    'Organizations',
    `${organizations.length}, of which ${mappings.length} are mapped to accounts of their own`,
  );
  return ids;
}

async function addRecipients(
  client: Client,
  ids: ReadonlyMap<string, string>,
  report: Report,
): Promise<void> {
  for (const { organization, ...recipient } of recipients) {
    const list = organization === undefined ? '/email' : `/organizations/${ids.get(organization)}`;
    await client.post(`${list}/recipients`, recipient);
  }
  const own = recipients.filter(({ organization }) => organization !== undefined).length;
  report(
    'E-mail',
    `${recipients.length - own} global recipients, ${own} of organizations; the mailbox gets all of it`,
  );
}
