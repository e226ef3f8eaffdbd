import { setTimeout as sleep } from 'node:timers/promises';
import { it } from 'vitest';
import { conclude } from '../harness/conclude.ts';
import { anAlert } from '../support/alerts.ts';
import { openPsaWorld, type PsaWorld } from '../support/psa.ts';
import { countOf, mostTestMs, timeBar } from './counts.ts';

/** A hundredth of what is usual: 30 s are 300 ms. Times that the PSA asks for are as they are. */
const settleMs = 4_200;
const usualMs = 300;
const mostLateMs = timeBar(1_000);
const hourMs = 3_600_000;

/** When a call was refused and how long until the next one came, in milliseconds. */
interface Gap {
  from: number;
  ms: number;
}

/** The header at a given time, and what is wrong with the gaps after so many such answers. */
interface Form {
  name: string;
  header(now: number): string | undefined;
  answers: number;
  isOff(gaps: readonly Gap[]): boolean;
}

const in3Seconds = (now: number): number => Math.ceil((now + 3_000) / 1_000) * 1_000;
let dateAsked = 0;

const usual = {
  answers: 3,
  /** 30 s, 60 s, 120 s, each spread by a fifth. */
  isOff: (gaps: readonly Gap[]) =>
    gaps.some(({ ms }, n) => ms < usualMs * 2 ** n * 0.8 || ms > usualMs * 2 ** n * 1.2 + mostLateMs),
};

const forms: readonly Form[] = [
  {
    name: 'seconds',
    header: () => '2',
    answers: 1,
    isOff: ([gap]) => gap!.ms < 2_000 || gap!.ms > 2_000 + mostLateMs,
  },
  {
    name: 'a date',
    header(now) {
      dateAsked = in3Seconds(now);
      return new Date(dateAsked).toUTCString();
    },
    answers: 1,
    isOff: ([gap]) => gap!.from + gap!.ms < dateAsked || gap!.from + gap!.ms > dateAsked + mostLateMs,
  },
  { name: 'a negative number', header: () => '-1', ...usual },
  { name: 'text', header: () => 'soon', ...usual },
  { name: 'nothing', header: () => undefined, ...usual },
];

/** Beside other tests a process may stand still for longer than the spans that are measured here. */
const tries = { timeout: mostTestMs, retry: process.env.PROMISES_TIER === 'nightly' ? 0 : 2 };

it('D4: a PSA that asks for a pause gets it, in whatever form it asks', tries, async () => {
  const other: string[] = [];
  for (let n = 0; n < countOf('D4'); n += 1) {
    const found = await Promise.all([...forms.map(judgeForm), judgeAbsurd()]);
    other.push(...found.flat());
  }
  conclude('D4', { other });
});

async function judgeForm({ name, header, answers, isOff }: Form): Promise<string[]> {
  const world = await openPsaWorld({ settleMs });
  await world.accept(anAlert());
  await world.settled();
  await refuseNext(world, header(Date.now()), answers);
  await world.accept(anAlert());
  await world.settled();
  const gaps = await gapsOf(world);
  const tries = await world.rows('select tries from deliveries where tries > 0');
  return [
    ...(gaps.length !== answers || isOff(gaps)
      ? [`${name}: next calls after ${gaps.map(({ ms }) => ms)} ms`]
      : []),
    ...(tries.length > 0 ? [`${name}: a busy PSA has used up a try`] : []),
  ];
}

/** Three years are taken for an hour and what spreads the calls after it: none follows, and the connection says until when. */
async function judgeAbsurd(): Promise<string[]> {
  const world = await openPsaWorld({ settleMs });
  await refuseNext(world, '99999999', 1);
  await world.accept(anAlert());
  const waits = `select extract(epoch from waits_until - clock_timestamp())::float8 * 1000 as ms
                   from connection_budgets where waits_for = 'asked'`;
  let ms: number | undefined;
  for (let polls = 0; ms === undefined && polls < 200; polls += 1) {
    await sleep(50);
    ms = (await world.rows(waits))[0]?.ms;
  }
  const calls = (await requestsOf(world)).filter(({ path }) => /Tickets$/.test(path)).length;
  const isHour = ms !== undefined && ms <= hourMs + 1_000 && ms > hourMs - 60_000;
  return isHour && calls === 1 ? [] : [`an absurd number: ${calls} calls, the next one in ${ms} ms`];
}

function refuseNext(world: PsaWorld, header: string | undefined, times: number): Promise<void> {
  const headers = header === undefined ? {} : { 'retry-after': header };
  return world.ticketFault({ kind: 'beforeCommit', status: 429, body: '{}', headers }, { times });
}

const requestsOf = async (world: PsaWorld) => {
  const answer = await fetch(`${world.simulator.url}/control/ledger?kind=requests`);
  const { requests } = (await answer.json()) as {
    requests: { time: string; path: string; status: number; ms: number }[];
  };
  return requests.filter(({ path }) => !/zoneInformation/i.test(path));
};

async function gapsOf(world: PsaWorld): Promise<Gap[]> {
  const requests = await requestsOf(world);
  return requests.flatMap(({ status, time, ms }, n) => {
    const next = requests[n + 1];
    if (status !== 429 || !next) return [];
    // When it was answered; the record of the next one has whole milliseconds.
    const from = Date.parse(time) + ms;
    return [{ from, ms: Math.ceil(Date.parse(next.time) + 1 - from) }];
  });
}
