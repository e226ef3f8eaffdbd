/**
 * A worker is stopped at an exact place until another one has done its work, and then goes on, believing that nothing
 * has happened (promises §3.2, B4).
 */
import { execFile } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { alertId } from '../alerts.ts';
import type { HarnessDatabase } from '../database.ts';
import { judge, type Verdict } from '../judge.ts';
import { createLedger } from '../ledger.ts';
import { temporaryDir } from '../processes.ts';
import { createSender, type Sender } from '../sender.ts';
import { createInstance, type Instance } from '../service.ts';
import type { Customer } from '../setup.ts';
import { type Simulator, startSimulatorHere } from '../simulator.ts';
import { readStored, settled } from '../stored.ts';
import { until } from '../world.ts';

export interface Place {
  point: string;
  passage: number;
  /** What the PSA does to the first ticket. */
  fault?: object;
}

export interface StopOptions {
  server: HarnessDatabase;
  customer: Customer;
  settleSeconds: number;
  /** Stays stopped for so long after the other has done everything. */
  extraMs: number;
}

/** The lease of 15 s, and the sweep of 10 s if nothing asks for the channel before. */
const mostTakeOverMs = 40_000;
const mostSettleMs = 60_000;
const alertEveryMs = 200;
/** Each alert makes the second worker ask for the lease. */
const askEveryMs = 1_000;
/** Long enough for its renewal, and for alerts that come to it directly. */
const afterwardsMs = 6_000;
const groups = 6;

let worlds = 0;

/** Answers what came of it; journal rows that the first worker wrote after its epoch was over count as duplicated. */
export async function stopAndGoOn(place: Place, options: StopOptions): Promise<Verdict> {
  worlds += 1;
  const database = await options.server.copy(`stopped_${worlds}`);
  await noteWriters(database);
  const simulator = await startSimulatorHere();
  const named = (name: string) => ({ url: `${database.url}&application_name=${name}` });
  const { settleSeconds } = options;
  const [stale, fresh] = await Promise.all(
    ['stale', 'fresh'].map((name) =>
      createInstance('all', { database: named(name), simulator, settleSeconds }),
    ) as [Promise<Instance>, Promise<Instance>],
  );
  try {
    return await play({ place, options, database, simulator, stale, fresh });
  } finally {
    await Promise.all([stale.stop('SIGKILL'), fresh.stop('SIGKILL')]);
    await simulator.stop();
  }
}

interface Play {
  place: Place;
  options: StopOptions;
  database: Pick<HarnessDatabase, 'rows'>;
  simulator: Simulator;
  stale: Instance;
  fresh: Instance;
}

async function play({ place, options, database, simulator, stale, fresh }: Play): Promise<Verdict> {
  const { reference } = options.customer;
  const counter = join(await temporaryDir('stop'), 'passages');
  const ledger = createLedger();
  let count = 0;
  const send = (sender: Sender) => {
    count += 1;
    const group = `Group ${count % groups}`;
    return sender.send({ externalId: alertId('B4', count), group, reference, severity: 'high' });
  };
  const toFresh = createSender({ ledger, urls: [fresh.url as string] });
  const toBoth = createSender({ ledger, urls: [stale.url as string, fresh.url as string] });

  await stale.start({ ...place, deed: 'SIGSTOP', counter });
  await until('the first worker serves', async () => (await leaseOf(database)).isHeld);
  const { epoch } = await leaseOf(database);
  await fresh.start();
  if (place.fault)
    await simulator.control('POST', 'faults', {
      match: { method: 'POST', path: '/Tickets$' },
      fault: place.fault,
    });
  // From now on it may stop.
  writeFileSync(counter, '');
  await Promise.all([send(toFresh), send(toFresh), send(toFresh)]);
  const isStopped = async () => statSync(counter).size >= place.passage && isHalted(stale.pid as number);

  await until(`it stops at ${place.point}`, isStopped);

  const early = stream(() => send(toFresh), askEveryMs);
  await until('another takes over', async () => (await leaseOf(database)).epoch !== epoch, mostTakeOverMs);
  await early.end();
  await settled(database, mostSettleMs);
  await sleep(options.extraMs);
  const { epoch: newEpoch, now } = await leaseOf(database);
  process.kill(stale.pid as number, 'SIGCONT');

  const late = stream(() => send(toBoth), alertEveryMs);
  await sleep(afterwardsMs);
  await late.end();
  await settled(database, mostSettleMs);

  const [recorded, stored] = [await simulator.recorded(), await readStored(database)];
  const leaks = [...stale.leaks, ...fresh.leaks];
  const verdict = judge({ sent: [...ledger.entries.values()], stored, recorded, leaks });
  verdict.duplicated.push(...(await staleWrites(database, now)));
  if ((await leaseOf(database)).epoch !== newEpoch) verdict.other.push('the lease moved once more');
  return verdict;
}

function stream(send: () => Promise<unknown>, everyMs: number): { end(): Promise<unknown> } {
  const sending: Promise<unknown>[] = [];
  const timer = setInterval(() => sending.push(send()), everyMs);
  return {
    end() {
      clearInterval(timer);
      return Promise.all(sending);
    },
  };
}

async function isHalted(pid: number): Promise<boolean> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=', '-p', String(pid)]);
  return stdout.startsWith('T');
}

type Rows = Pick<HarnessDatabase, 'rows'>;

async function leaseOf({ rows }: Rows): Promise<{ epoch: string; isHeld: boolean; now: Date }> {
  const [lease] = await rows<{ epoch: string; isHeld: boolean; now: Date }>(
    `select epoch, holder is not null as "isHeld", clock_timestamp() as now from leases`,
  );
  if (!lease) throw new Error('there is no lease');
  return lease;
}

/** Each row of the journal that is written leaves a note of who wrote it. */
async function noteWriters({ rows }: Rows): Promise<void> {
  await rows(`
    create table journal_writers (at timestamptz not null default clock_timestamp(), writer text, kind text);
    grant insert on journal_writers to public;
    create function note_writer() returns trigger language plpgsql as $$
    begin
      insert into journal_writers (writer, kind) values (current_setting('application_name'), tg_table_name);
      return null;
    end $$`);
  for (const table of ['writes', 'attempts', 'ticket_groups'])
    await rows(`create trigger note_writer after insert or update on ${table}
                for each row execute function note_writer()`);
}

async function staleWrites({ rows }: Rows, since: Date): Promise<string[]> {
  const written = await rows<{ kind: string; count: number }>(
    `select kind, count(*)::int as count from journal_writers where writer = 'stale' and at > $1 group by 1`,
    [since],
  );
  return written.map(({ kind, count }) => `the journal took ${count} rows of ${kind} from a stale epoch`);
}
