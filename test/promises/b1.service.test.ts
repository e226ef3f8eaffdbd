import { afterEach, expect, it } from 'vitest';
import { alertId } from '../harness/alerts.ts';
import { check } from '../harness/checker.ts';
import { createPace } from '../harness/sender.ts';
import type { Customer } from '../harness/setup.ts';
import type { Simulator } from '../harness/simulator.ts';
import { killAndRestart, openWorld, until, type World } from '../harness/world.ts';
import { countOf, mostTestMs } from './counts.ts';

/** The simulator does what it is asked, and then this. Several connections each, so that the waits overlap. */
const badAnswers = [
  { name: 'no answer', connections: 6, fault: { answer: 'hang' } },
  { name: 'reset', connections: 2, fault: { answer: 'reset' } },
  {
    name: '502 page',
    connections: 2,
    fault: { status: 502, body: '<h1>Bad gateway</h1>', contentType: 'text/html' },
  },
  { name: 'truncated JSON', connections: 2, fault: { answer: 'truncate', withLength: false } },
  { name: 'success without id', connections: 2, fault: { answer: 'noId', form: 'missing' } },
] as const;

const perConnection = 12;
/** One ticket and three notes, or a digest of them. */
const alertsPerGroup = 4;

let world: World;
afterEach(() => world?.close());

it(
  'B1: an effect whose answer is lost is made once',
  async () => {
    const customers = badAnswers.reduce((sum, { connections }) => sum + connections, 0);
    world = await openWorld({ roles: ['api', 'worker'], customers, settleSeconds: 2 });
    const { simulator, instances } = world;
    const wanted = countOf('B1');
    // All connections use the same tracking identifier, which a real tenant would limit to three calls at once.
    await simulator.control('POST', 'set', { threads: 1_000 });
    for (const { name, fault } of badAnswers) await strikeEveryOther(simulator, name, wanted, fault);

    const struck = await watchStrikes(simulator);
    const left = [...world.customers];
    const streams = badAnswers.map(({ name, connections }, i) =>
      stream(world, name, i, left.splice(0, connections), () => struck.of(name) < wanted),
    );
    // Half-way, the worker is killed while a call waits for its answer: only the journal knows of it.
    const [silent] = badAnswers;
    await until('half of the silences have begun', () => struck.of(silent.name) >= wanted / 2, mostTestMs);
    await killAndRestart(instances[1]!);
    await Promise.all(streams);
    struck.stop();

    console.log(`B1: ${badAnswers.map(({ name }) => `${struck.of(name)} × ${name}`).join(', ')}`);
    await check('B1', world);
    for (const { name } of badAnswers) expect(struck.of(name)).toBe(wanted);
  },
  mostTestMs,
);

/** Every other write with this word in its title, so that a connection's flow recovers in between. */
function strikeEveryOther(
  simulator: Simulator,
  word: string,
  times: number,
  fault: object,
): Promise<unknown> {
  return simulator.control('POST', 'faults', {
    match: { method: 'POST', body: word, every: 2 },
    fault: { kind: 'afterCommit', ...fault },
    times,
  });
}

/** Sends alerts over the connections while the simulator still has bad answers of this kind to give. */
async function stream(
  { sender }: World,
  word: string,
  kind: number,
  customers: readonly Customer[],
  isWanted: () => boolean,
): Promise<void> {
  const pace = createPace(perConnection * customers.length);
  const sending: Promise<unknown>[] = [];
  for (let n = 0; isWanted(); n += 1) {
    await pace(n);
    const customer = customers[n % customers.length]!;
    const group = `${word} ${Math.floor(n / customers.length / alertsPerGroup)}`;
    const externalId = alertId('B1', kind * 100_000 + n);
    sending.push(sender.send({ externalId, group, reference: customer.reference, severity: 'high' }));
  }
  await Promise.all(sending);
}

/** Far shorter than the half second that a call waits for an answer here. */
const watchEveryMs = 50;

async function watchStrikes(simulator: Simulator) {
  let rules: { match: { body: string }; applied: number }[] = [];
  const read = async () => {
    rules = (await simulator.control<{ faults: typeof rules }>('GET', 'faults')).faults;
  };
  await read();
  const timer = setInterval(() => void read().catch(() => undefined), watchEveryMs);
  return {
    of: (word: string) => rules.find(({ match }) => match.body === word)?.applied ?? 0,
    all: () => rules.reduce((sum, { applied }) => sum + applied, 0),
    stop: () => clearInterval(timer),
  };
}
