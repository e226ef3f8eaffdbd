import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, it } from 'vitest';
import { alertId } from '../harness/alerts.ts';
import { check } from '../harness/checker.ts';
import { watchMemory } from '../harness/memory.ts';
import { percentile } from '../harness/percentile.ts';
import { randomOf } from '../harness/random.ts';
import { createPace, createSender, type Heard, inParallel } from '../harness/sender.ts';
import { settled } from '../harness/stored.ts';
import { openWorld, type World } from '../harness/world.ts';
import { countOf, mostTestMs } from './counts.ts';

const nominal = 200;
const groups = 200;
/** Requests with as many alerts as they may have, from more senders than there is room for. */
const batch = 500;
const batchSenders = 60;
const mostImpatienceMs = 1_000;
const kindly = [202, 429, 503];
const mostRefusalMs = 100;
const mostNominalMs = 250;
const mostRecoveryMs = 30_000;

let world: World;
let sent = 0;
afterEach(() => world?.close());

it.skipIf(countOf('F5') === 0)(
  'F5: five times the nominal load, and far more, is taken or refused kindly',
  async () => {
    world = await openWorld({ roles: ['api', 'worker'] });
    const memory = watchMemory(world.instances);
    const seconds = countOf('F5') / 2;
    const heard = await load(5 * nominal, 500, seconds);
    const lag = watchLag();
    const flooded = await flood(seconds);
    const lagMs = lag();
    const recoveryMs = await untilNominal();
    memory.stop();

    heard.push(...flooded);
    const refusals = heard.filter(({ status }) => status !== 202);
    const unkind = refusals.filter(
      ({ status, retryAfterSeconds }) => !kindly.includes(status) || !(retryAfterSeconds > 0),
    );
    const refusalMs = Math.round(
      percentile(
        refusals.map(({ tookMs }) => tookMs),
        0.99,
      ),
    );
    console.log(
      `F5: ${heard.length} answers, ${refusals.length} refused (p99 ${refusalMs} ms, ourselves late by ${lagMs} ms), ${unkind.length} unkindly, ` +
        `nominal after ${recoveryMs} ms, ${memory.most()} MB`,
    );
    await settled(world.database, mostTestMs);
    await check('F5', world, {
      most: { 'refusal p99, ms': refusalMs, 'nominal after, ms': recoveryMs, 'memory, MB': memory.most() },
      other: [
        ...(unkind.length === 0 ? [] : [`${unkind.length} answers such as ${unkind[0]?.status}`]),
        ...(refusalMs <= mostRefusalMs + lagMs
          ? []
          : [`refusals p99 ${refusalMs} ms, bar ${mostRefusalMs} ms, late by ourselves ${lagMs} ms`]),
        ...(recoveryMs <= mostRecoveryMs ? [] : [`nominal after ${recoveryMs} ms, bar ${mostRecoveryMs} ms`]),
      ],
    });
  },
  mostTestMs,
);

/** Alerts for so long; answers what was heard. */
async function load(perSecond: number, senders: number, seconds: number): Promise<Heard[]> {
  const heard: Heard[] = [];
  const urls = world.instances.flatMap(({ url }) => url ?? []);
  const sender = createSender({
    ledger: world.ledger,
    urls,
    connections: senders,
    onAnswer: (answer) => heard.push(answer),
  });
  const { reference } = world.customers[0]!;
  const pace = createPace(perSecond);
  const until = performance.now() + seconds * 1_000;
  await inParallel(countUntil(until), senders, async (n) => {
    await pace(n);
    sent += 1;
    const group = `Group ${sent % groups}`;
    await sender.send({ externalId: alertId('F5', sent), group, reference, severity: 'high' });
  });
  return heard;
}

/** Far more than can be stored, for so long; whoever is turned away comes again much sooner than he was told. */
async function flood(seconds: number): Promise<Heard[]> {
  const heard: Heard[] = [];
  const urls = world.instances.flatMap(({ url }) => url ?? []);
  const sender = createSender({
    ledger: world.ledger,
    urls,
    connections: batchSenders,
    onAnswer: (answer) => heard.push(answer),
  });
  const { reference } = world.customers[0]!;
  const random = randomOf('F5');
  await inParallel(countUntil(performance.now() + seconds * 1_000), batchSenders, async () => {
    const alerts = Array.from({ length: batch }, () => {
      sent += 1;
      const group = `Group ${sent % groups}`;
      return { externalId: alertId('F5', sent), group, reference, severity: 'high' as const };
    });
    if (!(await sender.sendBatch(alerts))) await sleep(random() * mostImpatienceMs);
  });
  return heard;
}

/** How late this process, which measures, is itself: the 99th percentile, in milliseconds, once it is asked. */
function watchLag(): () => number {
  const everyMs = 10;
  const lags: number[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    lags.push(Math.max(0, now - last - everyMs));
    last = now;
  }, everyMs);
  return () => {
    clearInterval(timer);
    return Math.round(percentile(lags, 0.99));
  };
}

function* countUntil(end: number): Generator<number> {
  for (let n = 0; performance.now() < end; n += 1) yield n;
}

/** How long after the load the nominal one is answered as it should. */
async function untilNominal(): Promise<number> {
  const began = performance.now();
  while (performance.now() - began < 4 * mostRecoveryMs) {
    const at = performance.now();
    const heard = await load(nominal, 64, 2);
    const isTaken = heard.every(({ status }) => status === 202);
    if (
      isTaken &&
      percentile(
        heard.map(({ tookMs }) => tookMs),
        0.99,
      ) <= mostNominalMs
    )
      return Math.round(at - began);
    await sleep(200);
  }
  return Math.round(performance.now() - began);
}
