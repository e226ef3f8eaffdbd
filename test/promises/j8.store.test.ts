/** The line to the PSA breaks at each place of a write (promises J-8). Nothing may be sent twice, least of all by the HTTP client. */
import { it } from 'vitest';
import { conclude } from '../harness/conclude.ts';
import { verdictOf } from '../harness/judge.ts';
import { startProxy, type TcpProxy } from '../harness/proxy.ts';
import { ofAna } from '../support/alerts.ts';
import { openPsaWorld, type PsaWorld } from '../support/psa.ts';
import { countOf, mostTestMs } from './counts.ts';

type Break = (proxy: TcpProxy, write: RegExp) => Promise<void> | void;

const resetAfter =
  (after: { request: number } | { response: number }): Break =>
  (proxy, write) =>
    proxy.set({ kind: 'reset', after, when: write, times: 1 });

/** Whether the write arrives at the PSA at its first try: then it is adopted, else it is sent once more. */
const breaks: readonly { name: string; arrives: boolean; strike: Break }[] = [
  { name: 'reset before the request', arrives: false, strike: resetAfter({ request: 0 }) },
  { name: 'reset in mid-request', arrives: false, strike: resetAfter({ request: 150 }) },
  { name: 'reset after the request', arrives: true, strike: resetAfter({ response: 0 }) },
  { name: 'reset in mid-answer', arrives: true, strike: resetAfter({ response: 60 }) },
  {
    // The pool's connection still looks well; new ones work.
    name: 'half-open socket from the pool',
    arrives: false,
    strike: (proxy) => {
      for (const line of proxy.lines) line.set({ kind: 'blackHole' });
    },
  },
];

const writes = [
  { name: 'ticket', path: /^POST \S+\/Tickets HTTP/i, recorded: /\/Tickets$/ },
  { name: 'note', path: /^POST \S+\/Notes HTTP/i, recorded: /\/Notes$/ },
] as const;

/** W; a call has a quarter of it. */
const settleMs = 2_000;

it(
  'J-8: a line to the PSA that breaks costs no write and repeats none',
  async () => {
    const verdict = verdictOf();
    for (let n = 0; n < countOf('J-8'); n += 1) {
      const runs = writes.flatMap((write) => breaks.map((broken) => tryOne(write, broken)));
      for (const found of await Promise.all(runs)) {
        verdict.lost.push(...found.lost);
        verdict.duplicated.push(...found.duplicated);
        verdict.other.push(...found.other);
      }
    }
    const kinds = writes.length * breaks.length;
    console.log(
      `J-8: ${countOf('J-8')} × ${kinds} broken lines: ${breaks.map(({ name }) => name).join(', ')}`,
    );
    conclude('J-8', verdict);
  },
  mostTestMs,
);

async function tryOne(
  write: (typeof writes)[number],
  { name, arrives, strike }: (typeof breaks)[number],
): Promise<{ lost: string[]; duplicated: string[]; other: string[] }> {
  let port = 0;
  const ends: (() => unknown)[] = [];
  const proxy = await startProxy(() => ({ port, host: '127.0.0.1' }));
  ends.push(() => proxy.close());
  try {
    const zoneUrl = `http://127.0.0.1:${proxy.port}/atservicesrest/v1.0/zoneInformation`;
    const world = await openPsaWorld({ settleMs, zoneUrl }, (end) => void ends.push(end as () => unknown));
    port = world.simulator.port;
    // The first alert is a ticket of its own, so that the pool has a connection; for a note it is the ticket.
    await world.accept(write.name === 'note' ? ofAna() : ofAna({ title: 'Another one' }));
    await world.settled();
    const before = await world.requests(write.recorded);
    await strike(proxy, write.path);
    await world.accept(ofAna());
    await world.settled();
    return await judgeOne(world, `${write.name}, ${name}`, write.name, {
      arrived: (await world.requests(write.recorded)) - before,
      tries: arrives ? 1 : 2,
    });
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

async function judgeOne(
  world: PsaWorld,
  what: string,
  kind: 'ticket' | 'note',
  { arrived, tries }: { arrived: number; tries: number },
): Promise<{ lost: string[]; duplicated: string[]; other: string[] }> {
  const tickets = await world.tickets();
  const notes = tickets.reduce((sum, ticket) => sum + ticket.notes.length, 0);
  const made = kind === 'ticket' ? tickets.length - 1 : notes;
  const states = await world.states();
  const [{ attempts }] = await world.rows(
    'select max(n)::int as attempts from attempts where write_id = (select max(id) from writes)',
  );
  const problem = (is: boolean, words: string) => (is ? [`${what}: ${words}`] : []);
  return {
    lost: [
      ...problem(made < 1, 'it was not made'),
      ...problem(
        states.some((state) => state !== 'delivered'),
        `the deliveries are ${states.join(', ')}`,
      ),
    ],
    duplicated: [
      ...problem(made > 1, `it was made ${made} times`),
      // A half request is none; whatever arrived whole was asked for by an attempt of the journal.
      ...problem(arrived > 1, `it was asked for ${arrived} times`),
    ],
    other: problem(attempts !== tries, `it took ${attempts} attempts instead of ${tries}`),
  };
}
