/**
 * `npm run bench`: what the product does per second, in calls, in memory and at start-up, measured on this machine and
 * written to docs/benchmarks.md. Load generator and receiver are processes of their own on the same cores.
 *
 * `npm run bench -- --only intake,delivery` measures parts (startup, intake, delivery, mail, mails, memory, screens,
 * mapping) and prints them; with `--write` the file has them anew and keeps the others. `--runs 1` is quicker than the
 * usual three.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { apiKey, type Bench, connect, startHerald } from './herald.ts';
import { mail } from './mail.ts';
import { mails } from './mails.ts';
import { mapping } from './mapping.ts';
import { median, pause, residentMb, runForJson, start } from './processes.ts';
import { type Figure, machine, withPart } from './report.ts';
import { screens } from './screens.ts';

interface Load {
  acknowledged: number;
  refused: number;
  seconds: number;
  p50: number;
  p99: number;
}

const connectionsToPsa = 200;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    runs: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
});
const runs = Number(options.runs);

async function load(herald: Bench, plan: Record<string, unknown>): Promise<Load> {
  const whole = { url: herald.url, key: apiKey, connections: 64, organizations: 100, users: 0, ...plan };
  const result = await runForJson<Load>(['bench/load.ts', JSON.stringify(whole)]);
  if (result.refused > 0) throw new Error(`${result.refused} alerts were refused`);
  return result;
}

async function startup(): Promise<Figure[]> {
  const cold: number[] = [];
  const warm: number[] = [];
  for (let run = 0; run < 5; run++) {
    const dataDir = await mkdtemp(join(tmpdir(), 'herald-bench-'));
    for (const times of [cold, warm]) {
      const herald = await startHerald(undefined, dataDir);
      times.push(herald.readyMs);
      await herald.stop();
    }
    await rm(dataDir, { recursive: true, force: true });
  }
  return [
    { name: 'Start to ready, new data directory', values: cold, unit: 'ms', most: 3_000 },
    { name: 'Start to ready, existing data directory', values: warm, unit: 'ms', most: 1_500 },
  ];
}

async function intake(): Promise<Figure[]> {
  const rates: number[] = [];
  const p99: number[] = [];
  for (let run = 0; run < runs; run++) {
    const herald = await startHerald();
    await load(herald, { count: 5_000, run: 'warm-up' });
    const result = await load(herald, { count: 50_000, run: 'measured' });
    rates.push(result.acknowledged / result.seconds);
    p99.push(result.p99);
    await herald.remove();
  }
  return [
    { name: 'Durable intake, one alert per request', values: rates, unit: 'alerts/s', least: 6_000 },
    { name: 'Answer time at that load, 99th percentile', values: p99, unit: 'ms' },
  ];
}

interface Counts {
  tickets: number;
  notes: number;
  reads: number;
}

/** `users` 0 = every alert is a ticket of its own; else alerts of the same user share one. */
async function delivery(users: number, name: string): Promise<Figure[]> {
  const rates: number[] = [];
  const writes: number[] = [];
  const reads: number[] = [];
  const count = 40_000;
  for (let run = 0; run < runs; run++) {
    const receiver = await start(['node', 'bench/receiver.ts']);
    const herald = await startHerald(receiver.url);
    await connect(herald, connectionsToPsa);
    const before = (await (await fetch(`${receiver.url}/counts`)).json()) as Counts;
    const startedAt = performance.now();
    await load(herald, { count, organizations: connectionsToPsa, users, run: 'measured' });
    while ((await herald.metric('herald_deliveries_delivered_total')) < count) await pause(50);
    rates.push(count / ((performance.now() - startedAt) / 1000));
    const after = (await (await fetch(`${receiver.url}/counts`)).json()) as Counts;
    const written = after.tickets + after.notes;
    writes.push(written / (await writesOf(herald)));
    reads.push((after.reads - before.reads) / count);
    await herald.remove();
    await receiver.stop();
  }
  return [
    {
      name: `${name}: end to end`,
      values: rates,
      unit: 'alerts/s',
      least: users === 0 ? 3_000 : undefined,
    },
    {
      name: `${name}: calls per ticket or note that write`,
      values: writes,
      unit: 'calls',
      most: 1,
      least: 1,
      digits: 3,
    },
    { name: `${name}: calls per alert that read`, values: reads, unit: 'calls', most: 0.1, digits: 3 },
  ];
}

/** Tickets, notes and digests that Herald says it made. */
const writesOf = (herald: Bench): Promise<number> => herald.metric('herald_writes_confirmed_total');

async function memory(): Promise<Figure[]> {
  const receiver = await start(['node', 'bench/receiver.ts']);
  const herald = await startHerald(receiver.url);
  await connect(herald, 10);
  await fetch(`${receiver.url}/away`);
  await load(herald, { count: 100_000, organizations: 10, run: 'waiting' });
  await pause(60_000);
  const resident = residentMb(herald.pid);
  await herald.remove();
  await receiver.stop();
  return [
    {
      name: 'Resident memory 60 s after 100,000 deliveries were left waiting',
      values: [resident],
      unit: 'MB',
      most: 300,
    },
  ];
}

interface Part {
  title: string;
  measure(): Promise<Figure[]>;
}

/** In the order in which they are measured and stand in the report. */
const parts: Readonly<Record<string, Part>> = {
  startup: { title: 'Start', measure: startup },
  intake: { title: 'Intake', measure: intake },
  delivery: {
    title: 'Delivery',
    measure: async () => [
      ...(await delivery(0, 'All alerts distinct')),
      ...(await delivery(20, 'Alerts of 20 users per organization, grouped')),
    ],
  },
  mail: { title: 'Mail', measure: () => mail(runs) },
  mails: { title: 'Writing a mail', measure: mails },
  memory: { title: 'Memory', measure: memory },
  screens: { title: 'Screens, with 1,000,000 alerts', measure: screens },
  mapping: { title: 'Account mapping', measure: mapping },
};

/** All of them, unless they are a distribution. */
const shown = (values: readonly number[], digits: number): string =>
  values.length > 20 ? `${values.length} values` : values.map((value) => value.toFixed(digits)).join(', ');

const file = new URL('../docs/benchmarks.md', import.meta.url);
const titles = Object.values(parts).map(({ title }) => title);
const isWritten = options.write || !options.only;
for (const name of options.only?.split(',') ?? Object.keys(parts)) {
  const part = parts[name];
  if (!part) throw new Error(`there is no part "${name}": choose from ${Object.keys(parts).join(', ')}`);
  const figures = await part.measure();
  for (const { name: figure, values, unit, digits = 1 } of figures) {
    if (values.length === 0) console.log(`${figure}: NOT MEASURED`);
    else console.log(`${figure}: ${shown(values, digits)} ${unit}, median ${median(values).toFixed(digits)}`);
  }
  if (!isWritten) continue;
  const before = await readFile(file, 'utf8').catch(() => '');
  await writeFile(file, withPart(before, titles, { title: part.title, machine: await machine(), figures }));
}
