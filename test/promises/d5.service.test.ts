import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { alertId } from '../harness/alerts.ts';
import { check } from '../harness/checker.ts';
import { conclude } from '../harness/conclude.ts';
import type { Api } from '../harness/connection.ts';
import { brokenLogins, judgeLogins } from '../harness/judgeCalls.ts';
import { inParallel } from '../harness/sender.ts';
import { apiOf } from '../harness/setup.ts';
import type { RecordedRequest } from '../harness/simulator.ts';
import { openWorld, until, type World } from '../harness/world.ts';
import { simulatorCredentials } from '../support/steps.ts';
import { countOf, mostTestMs } from './counts.ts';

const alertsWaiting = process.env.PROMISES_TIER === 'nightly' ? 10_000 : 500;
const alertsPerGroup = 10;
/** Nothing may be called while the connection waits for a person; watched for so long. */
const silenceMs = 2_000;
const mostResumeMs = 60_000;

interface Connection {
  health: { state: string; reason?: string };
  counts: { waiting: number; held: number };
}

let world: World;
afterEach(() => world?.close());

it(
  'D5: one refused login stops the connection, and new credentials deliver what waited, once',
  async () => {
    world = await openWorld({ roles: ['api', 'worker', 'worker', 'worker', 'worker'] });
    const { simulator, customers } = world;
    const api = apiOf(world.instances[0]!.url!);
    const path = `/psa/connections/${customers[0]!.connectionId}`;
    // Slow enough that most alerts wait when the login breaks.
    await simulator.control('POST', 'set', { latencyMs: 20 });

    const rules = { brokenLogins: countOf('D5'), refusedByHand: 1 };
    const resumesMs: number[] = [];
    const run = async (n: number) => {
      const secret = `Changed-Secret-${n}`;
      if (n % 2 === 0) await breakInMidRun(n, secret);
      else await breakBeforeColdStart(n, secret);
      await isHeld(api, path);
      await isSilent();
      // What is refused does not replace what is there.
      await expect(renew(api, path, 'Wrong-Secret')).rejects.toThrow('credentialsInvalid');
      expect((await api<Connection>('GET', path)).health.state).toBe('attention');
      const before = (await tickets()).length;
      const renewed = performance.now();
      await renew(api, path, secret);
      await until('something is delivered', async () => (await tickets()).length > before, mostResumeMs);
      resumesMs.push(performance.now() - renewed);
      const isDone = async () => {
        const { counts } = await api<Connection>('GET', path);
        return counts.waiting + counts.held === 0;
      };
      await until('all that waited is delivered', isDone, mostTestMs);
    };
    try {
      for (let n = 0; n < countOf('D5'); n += 1) await run(n);
    } catch (error) {
      conclude('D5', { other: [(error as Error).message, ...judgeLogins(await requests(), rules)] });
    }

    // The one that a person tried is not Herald's.
    const refused = brokenLogins(await requests()).map((one) => one.refused - 1);
    const cold = Math.max(0, ...refused.filter((_, n) => n % 2 === 1));
    await check(
      'D5',
      world,
      {
        most: {
          'refused calls': Math.max(...refused),
          'refused calls from a cold start': cold,
          'ms to the first delivery': Math.round(Math.max(...resumesMs)),
        },
        other: cold > 2 ? [`${cold} calls were refused after a cold start`] : [],
      },
      rules,
    );
  },
  mostTestMs,
);

/** The password is changed in the PSA while the alerts go out. */
async function breakInMidRun(n: number, secret: string): Promise<void> {
  const before = (await tickets()).length;
  const sending = send(n);
  await until('tickets are being made', async () => (await tickets()).length > before + 5);
  await changeSecret(secret);
  await sending;
}

/** The password is changed in the PSA while no worker runs. */
async function breakBeforeColdStart(n: number, secret: string): Promise<void> {
  const workers = world.instances.filter(({ role }) => role === 'worker');
  await Promise.all(workers.map((worker) => worker.stop('SIGTERM')));
  await changeSecret(secret);
  await send(n);
  await Promise.all(workers.map((worker) => worker.start()));
}

const send = (n: number): Promise<void> =>
  inParallel(Array(alertsWaiting).keys(), 32, (i) =>
    world.sender.send({
      externalId: alertId('D5', n * 10_000 + i),
      group: `Group ${n} ${Math.floor(i / alertsPerGroup)}`,
      reference: world.customers[0]!.reference,
      severity: i % 4 === 0 ? 'critical' : 'high',
    }),
  );

const changeSecret = (secret: string) => world.simulator.control('POST', 'set', { credentials: { secret } });

const renew = (api: Api, path: string, secret: string) =>
  api('PUT', `${path}/steps/credentials`, { ...simulatorCredentials, secret });

/** The connection says in words why it needs a person, and everything waits as held. */
async function isHeld(api: Api, path: string): Promise<void> {
  await until('the connection needs a person', async () => {
    const { health, counts } = await api<Connection>('GET', path);
    return health.state === 'attention' && counts.waiting === 0 && counts.held > 0;
  });
  expect((await api<Connection>('GET', path)).health.reason).toMatch(/refused the login/);
  const { rows } = world.database;
  expect(
    await rows(
      `select distinct delivery_state as state, reason from deliveries where delivery_state not in ('delivered')`,
    ),
  ).toEqual([{ state: 'held', reason: 'credentials' }]);
}

async function isSilent(): Promise<void> {
  const before = (await requests()).length;
  await sleep(silenceMs);
  expect((await requests()).length).toBe(before);
}

const requests = async () =>
  (await world.simulator.control<{ requests: RecordedRequest[] }>('GET', 'ledger?kind=requests')).requests;

const tickets = async () =>
  (await world.simulator.control<{ effects: { effect: string }[] }>('GET', 'ledger?kind=effects')).effects;
