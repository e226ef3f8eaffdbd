/** The whole product in this process with the simulated PSA, and what a test of its changes needs at hand. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { startAutotaskSimulator } from '../../simulators/autotask/index.ts';
import { readConfig } from '../../src/config.ts';
import { freePort } from '../../src/demo/ports.ts';
import { startHerald } from '../../src/main.ts';
import { freshDatabase } from '../freshDatabase.ts';
import { type Api, directoryReady, makeConnection } from '../harness/connection.ts';
import { apiOf } from '../harness/setup.ts';
import { simulatorCredentials, ticketsStep } from '../support/steps.ts';

export type Product = Awaited<ReturnType<typeof openProduct>>;

const apiKey = 'promise-test-key-0123456789-0123456789-0123456789';
const usualPort = 18_680;
/** A company of the simulator that takes tickets. */
const account = '201';
const sample = [{ id: Number(account), companyName: 'Catch & Co', contacts: [] }];

/** Ends with the test. */
export async function openProduct() {
  const database = await freshDatabase();
  const simulator = await startAutotaskSimulator({ companies: 5, sample });
  const dataDir = await mkdtemp(join(tmpdir(), 'herald-product-'));
  const config = readConfig({
    HERALD_DATA_DIR: dataDir,
    HERALD_PORT: String(await freePort(usualPort)),
    DATABASE_URL: database.url,
    HERALD_SECRET_KEY: 'promise-test-master-key-0123456789-0123456789',
    HERALD_API_KEY: apiKey,
    HERALD_OUTBOUND_ALLOW: '127.0.0.1',
    HERALD_PSA_URLS: `autotask=${simulator.url}/atservicesrest/v1.0/zoneInformation`,
    HERALD_SETTLE_SECONDS: '8',
  });
  const herald = await startHerald(config, { log: pino({ level: process.env.TEST_LOG ?? 'silent' }) });
  const admin = new pg.Client(database.adminUrl);
  await admin.connect();
  onTestFinished(async () => {
    await admin.end();
    await herald.close();
    await simulator.close();
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  });
  const { url = '' } = herald;
  const api = apiOf(url, apiKey);
  return {
    url,
    apiKey,
    api,
    /** Sees and writes everything. */
    admin,
    account,
    credentials: simulatorCredentials,
    tickets: ticketsStep,
    connection: (state: ConnectionState, name?: string) => connectionIn(api, state, name),
    organization: async (name: string) => (await api<{ id: string }>('POST', '/organizations', { name })).id,
    alert: (externalId: string, organization: string) => sendAlert(api, externalId, organization),
    failedDelivery: () => failedDelivery(api, admin),
    /** The cause of a failed delivery. */
    async failedCause() {
      const id = await failedDelivery(api, admin);
      const { items } = await api<{ items: { id: string; exampleDeliveryId: string }[] }>(
        'GET',
        '/deliveries/causes',
      );
      return items.find(({ exampleDeliveryId }) => exampleDeliveryId === id)?.id;
    },
    person: (role: string) => joined(api, role),
  };
}

type ConnectionState = 'draft' | 'connected' | 'complete' | 'active' | 'paused';

/** A new connection, brought so far; answers its id. */
async function connectionIn(api: Api, state: ConnectionState, name: string = state): Promise<string> {
  if (state === 'draft' || state === 'connected') {
    const { id } = await api<{ id: string }>('POST', '/psa/connections', { kind: 'autotask', name });
    if (state === 'draft') return id;
    await api('PUT', `/psa/connections/${id}/steps/credentials`, simulatorCredentials);
    // Loading ends with a change of its own.
    await directoryReady(api, id);
    return id;
  }
  const wanted = { name, credentials: simulatorCredentials, catchAllAccountId: account };
  const id = await makeConnection(api, wanted);
  if (state === 'complete') return id;
  await api('POST', `/psa/connections/${id}/finish`, { confirmUnmapped: true });
  if (state === 'paused') await api('POST', `/psa/connections/${id}/pause`, {});
  return id;
}

const sendAlert = (api: Api, externalId: string, organization: string) =>
  api('POST', '/alerts', {
    source: 'edr',
    externalId,
    title: 'Sign-in from outside',
    severity: 'high',
    organization: { externalId: organization },
  });

let invited = 0;

/** A person who has accepted an invitation; answers the id. */
async function joined(api: Api, role: string): Promise<string> {
  invited += 1;
  const email = `person-${invited}@msp.example`;
  const { link } = await api<{ link: string }>('POST', '/invitations', { email, role });
  const { origin, pathname } = new URL(link);
  const answer = await fetch(`${origin}/api${pathname}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ name: `Person ${invited}`, password: 'seven green turtles by the pond' }),
  });
  if (!answer.ok)
    throw new Error(`the invitation was answered with ${answer.status}: ${await answer.text()}`);
  const { items } = await api<{ items: { id: string; email: string }[] }>('GET', '/users');
  return items.find((user) => user.email === email)?.id ?? '';
}

let sent = 0;

/** A delivery of a paused connection that has failed; answers its id. */
async function failedDelivery(api: Api, admin: pg.Client): Promise<string> {
  const id = await connectionIn(api, 'paused');
  await api('PATCH', `/psa/connections/${id}`, { isDefault: true });
  sent += 1;
  await sendAlert(api, `evt-failed-${sent}`, 'nobody');
  const { rows } = await admin.query(
    `update deliveries set delivery_state = 'failed', reason = 'refused', problem = 'It said no.'
      where channel_id = $1 returning id`,
    [id],
  );
  return rows[0].id;
}
