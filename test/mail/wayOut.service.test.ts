/** The way out (promises P4) as people live it: their PSA is away, and the critical alerts reach them by mail. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../src/demo/ports.ts';
import { type EmbeddedHerald, startEmbeddedHerald } from '../harness/embedded.ts';
import { type ArrivedMail, type Mailbox, startMailbox } from '../harness/mailbox.ts';
import { temporaryDir } from '../harness/processes.ts';
import { apiOf, type Customer, setUp } from '../harness/setup.ts';
import { type Simulator, type SimulatorPlace, startSimulator } from '../harness/simulator.ts';
import { until } from '../harness/world.ts';
import { simulatorCredentials } from '../support/steps.ts';

/** Not the default, so that the setting is seen to count; no test lasts so long. */
const wayOutMinutes = 5;
const globals = ['oncall@msp.example', 'soc@msp.example'];
const ofCustomer = 'it@customer.example';

let place: SimulatorPlace;
let simulator: Simulator;
let mailbox: Mailbox;
let herald: EmbeddedHerald;
let dataDir: string;
let customer: Customer;

beforeAll(async () => {
  place = { port: await freePort(0), dataDir: await temporaryDir('simulator') };
  dataDir = await temporaryDir('data');
  [simulator, mailbox] = await Promise.all([startSimulator(place), startMailbox()]);
  herald = await startEmbeddedHerald(dataDir, simulator);
  [customer] = (await setUp(herald.url)) as [Customer];
  const api = apiOf(herald.url);
  await api('PATCH', '/workspaces/current', { wayOutMinutes });
  await api('PUT', '/email/settings', {
    servers: [{ host: '127.0.0.1', port: mailbox.smtpPort, security: 'none' }],
    fromAddress: 'herald@msp.example',
  });
  for (const address of globals) await api('POST', '/email/recipients', { address });
  const { items } = await api<{ items: { id: string }[] }>('GET', '/organizations');
  await api('POST', `/organizations/${items[0]?.id}/recipients`, { address: ofCustomer });
});
afterAll(async () => {
  await herald?.end();
  await mailbox?.stop();
  await simulator?.stop();
});

it('a PSA that is gone: people are told once, through a kill, and its return brings one ticket each', async () => {
  await simulator.stop();
  const [critical, medium, young] = await sendAll('gone', ['critical', 'medium', 'critical']);
  await waited(wayOutMinutes, critical, medium);
  await waited(wayOutMinutes - 1, young);
  await until('the way out is decided', async () => (await decided()).length > 0);
  await killAndStart();
  await until('people are told', () => isTold(critical));

  simulator = await startSimulator(place);
  await delivered([critical, medium, young]);
  expect(await decided()).toEqual([critical]);
  await expectMails('gone', 3, /refuses connections/);
  await expectTickets('gone', 3);
  await expectAccount(critical);
});

it('a PSA that takes a ticket, never says so, and then fails: people are told, and the ticket is found', async () => {
  const fault = (match: object, how: object) =>
    simulator.control('POST', 'faults', { match, fault: how, times: 'always' });
  await fault({ method: 'POST', path: '/Tickets$' }, { kind: 'afterCommit', answer: 'hang' });
  await fault({}, { kind: 'beforeCommit', status: 503, body: 'down for repair' });
  const [critical, medium] = await sendAll('silent', ['critical', 'medium']);
  await until('it has the ticket', async () => (await ticketsOf('silent')).length > 0);
  await waited(wayOutMinutes, critical, medium);
  await until('people are told', () => isTold(critical));

  await simulator.control('DELETE', 'faults');
  await delivered([critical, medium]);
  await expectMails('silent', 2, /PSA 1 has (given no clear answer|not answered yet)/);
  await expectTickets('silent', 2);
  await expectAccount(critical);
});

it('a PSA that refuses the login: people are told that somebody must act, and who acts gets the ticket', async () => {
  await simulator.control('POST', 'set', { credentials: { secret: 'Changed-1' } });
  const [critical, medium] = await sendAll('refused', ['critical', 'medium']);
  await until('it is held', async () => (await deliveriesOf(critical)).some(({ state }) => state === 'held'));
  await waited(wayOutMinutes, critical, medium);
  await until('people are told', () => isTold(critical));

  const credentials = { ...simulatorCredentials, secret: 'Changed-1' };
  await apiOf(herald.url)('PUT', `/psa/connections/${customer.connectionId}/steps/credentials`, credentials);
  await delivered([critical, medium]);
  await expectMails('refused', 2, /PSA 1 needs a person: Autotask refused the login/);
  await expectTickets('refused', 2);
  await expectAccount(critical);
  // Of the tickets that came late nobody was told by mail, now that later mails have arrived.
  await expectMails('gone', 3);
});

const titleOf = (test: string): string => `Way out ${test}`;

interface Shown {
  state: string;
  revision: number;
  connectionId: string | null;
  address: string | null;
  messageId: string | null;
  ticket: { id: string } | null;
  trace: string[];
  wayOut: { words: string } | null;
}

/** One alert of each severity, each with a ticket of its own; answers their ids. */
async function sendAll<S extends readonly string[]>(
  test: string,
  severities: [...S],
): Promise<{ [K in keyof S]: string }> {
  const { results } = await apiOf(herald.url)<{ results: { id: string }[] }>(
    'POST',
    '/alerts',
    severities.map((severity, n) => ({
      source: 'promises',
      externalId: `${test}-${n}`,
      title: `${titleOf(test)} ${n}`,
      severity,
      organization: { externalId: customer.reference },
    })),
  );
  return results.map(({ id }) => id) as { [K in keyof S]: string };
}

/** Lets these alerts be older than they are, and the next look at them be due: nothing else in Herald knows of it. */
async function waited(minutes: number, ...ids: string[]): Promise<void> {
  await herald.rows(
    `update alerts set received_at = received_at - $1 * interval '1 minute' where id = any($2::bigint[])`,
    [minutes, ids],
  );
  await herald.rows(`update way_out_checks set checked_at = checked_at - interval '1 minute'`);
}

const decided = async (): Promise<string[]> =>
  (await herald.rows<{ id: string }>('select alert_id as id from way_outs order by decided_at')).map(
    ({ id }) => id,
  );

/** kill -9 of Herald and of its database. What it had leased is free at once, which otherwise takes 15 s. */
async function killAndStart(): Promise<void> {
  await herald.rows('update leases set expires_at = clock_timestamp()');
  await herald.kill();
  herald = await startEmbeddedHerald(dataDir, simulator);
}

const deliveriesOf = async (id: string): Promise<Shown[]> =>
  (await apiOf(herald.url)<{ deliveries: Shown[] }>('GET', `/alerts/${id}`)).deliveries;

async function delivered(ids: readonly string[]): Promise<void> {
  await until('everything is delivered', async () => {
    const all = await Promise.all(ids.map(deliveriesOf));
    return all.flat().every(({ state }) => state === 'delivered');
  });
}

const mailsOf = async (test: string): Promise<ArrivedMail[]> =>
  (await mailbox.mails()).filter(({ subject }) => subject.includes(titleOf(test)));

const isWayOut = ({ subject }: ArrivedMail): boolean => subject.startsWith('[TICKET PENDING] ');

/** Its mails have arrived, and Herald knows it: what a kill left unclear is sent once more before the PSA comes back. */
async function isTold(id: string): Promise<boolean> {
  const ways = (await deliveriesOf(id)).filter(({ revision }) => revision === 0);
  return ways.length === globals.length && ways.every(({ state }) => state === 'delivered');
}

/**
 * Each alert was mailed once to everybody, and the first one, which is critical, once more to the global recipients, as the
 * way out that says these words. Copies have the Message-ID of what they copy.
 */
async function expectMails(test: string, alerts: number, ...words: RegExp[]): Promise<void> {
  const mails = new Map((await mailsOf(test)).map((mail) => [`${mail.to} ${mail.messageId}`, mail]));
  const ways = [...mails.values()].filter(isWayOut);
  expect(ways.map(({ to }) => to).sort()).toEqual(globals);
  expect(mails.size).toBe(alerts * (globals.length + 1) + ways.length);
  for (const { id, subject } of ways) {
    expect(subject).toBe(`[TICKET PENDING] [critical] Customer 1: ${titleOf(test)} 0`);
    const { text } = await mailbox.read(id);
    expect(text).toContain('Its ticket is pending: PSA 1 has not taken this alert yet.');
    for (const one of words) expect(text).toMatch(one);
  }
}

async function ticketsOf(test: string): Promise<string[]> {
  const { tickets } = await simulator.recorded();
  return tickets.map(({ title }) => title).filter((title) => title.includes(titleOf(test)));
}

async function expectTickets(test: string, alerts: number): Promise<void> {
  const wanted = Array.from({ length: alerts }, (_, n) => `${titleOf(test)} ${n}`);
  expect((await ticketsOf(test)).sort()).toEqual(wanted);
}

/** Its page tells of the ticket that came late, of the usual mails, and of those that were the way out. */
async function expectAccount(id: string): Promise<void> {
  const deliveries = await deliveriesOf(id);
  const [ticket, ...others] = deliveries.filter(({ connectionId }) => connectionId !== null);
  expect(others).toEqual([]);
  expect(ticket).toMatchObject({
    state: 'delivered',
    ticket: { id: expect.any(String) },
    wayOut: { words: `The PSA took this critical alert later than ${wayOutMinutes} minutes after it came.` },
  });
  const told = (revision: number) =>
    deliveries.filter((one) => one.address !== null && one.revision === revision);
  expect(
    told(1)
      .map(({ address }) => address)
      .sort(),
  ).toEqual([ofCustomer, ...globals]);
  expect(
    told(0)
      .map(({ address }) => address)
      .sort(),
  ).toEqual(globals);
  const because = `E-mail, because PSA 1 has not taken this critical alert for ${wayOutMinutes} minutes.`;
  for (const { trace } of told(0)) expect(trace[0]).toBe(because);
  const arrived = new Set((await mailbox.mails()).map(({ to, messageId }) => `${to} ${messageId}`));
  for (const { address, messageId } of [...told(1), ...told(0)])
    expect(arrived).toContain(`${address} ${messageId}`);
}
