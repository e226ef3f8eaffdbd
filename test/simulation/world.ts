/** A simulated world: alerts come in, processes live and die around one journal, one PSA and one lease. */
import { type Chance, createChance } from './chance.ts';
import type { Conditions } from './conditions.ts';
import { createJournal, type Journal } from './journal.ts';
import { freeLease, type Lease } from './lease.ts';
import { createLoop, type Loop } from './loop.ts';
import { createProcess, type Process } from './process.ts';
import { createPsa, type Psa } from './psa.ts';
import { readyAt } from './rows.ts';

/** What happened, to see that a simulation tries what it is meant to try. */
export interface Counts {
  alerts: number;
  calls: number;
  looks: number;
  crashes: number;
  stops: number;
  takeOvers: number;
  permitsLost: number;
  adopted: number;
  sentAgain: number;
  digests: number;
  parked: number;
}

export interface World {
  loop: Loop;
  chance: Chance;
  conditions: Conditions;
  journal: Journal;
  psa: Psa;
  lease: Lease;
  counts: Counts;
  /** Something was stored, or a process can no longer do its work: sweeps are planned for what is due. */
  changed(): void;
  died(id: number): void;
  /** For one who reads a failing seed: what happens, as it happens. */
  tell: Tell | undefined;
}

/** A world in which nothing happens any more. */
export type Ended = World & {
  /** False if it was ended because it went on and on. */
  isAtRest: boolean;
};

export type Tell = (now: number, words: string) => void;

const sweepEveryMs = 10_000;
/** Far more than any world needs; one that does not come to rest is wrong. */
const mostEvents = 20_000;

/** Runs the world of a seed to its end. */
export function runWorld(seed: number, conditions: Conditions, tell?: Tell): Ended {
  const chance = createChance(seed);
  const loop = createLoop(chance.random);
  const journal = createJournal(chance.whole(1, 3));
  const psa = createPsa(loop, chance, conditions, tell);
  const processes: Process[] = [];
  const counts: Counts = {
    ...{ alerts: 0, calls: 0, looks: 0, crashes: 0, stops: 0 },
    ...{ takeOvers: 0, permitsLost: 0, adopted: 0, sentAgain: 0, digests: 0, parked: 0 },
  };
  const world: World = {
    ...{ loop, chance, conditions, journal, psa, lease: freeLease(), counts, tell },
    changed: () => sweeps.plan(),
    died(id) {
      loop.at(loop.now() + chance.between(1_000, 30_000), () => {
        processes[id] = createProcess(world, id);
        processes[id].sweep();
      });
      sweeps.plan();
    },
  };
  const count = chance.whole(2, 3);
  for (let id = 0; id < count; id += 1) processes.push(createProcess(world, id));
  const sweeps = createSweeps(world, processes);
  sendAlerts(world, processes);
  if (chance.is(conditions.refusedLogin)) refuseLogin(world, processes);
  const isAtRest = loop.run(mostEvents);
  return { ...world, isAtRest };
}

/** All at once, or over a quarter of an hour. */
function sendAlerts({ loop, chance, journal, counts, changed }: World, processes: readonly Process[]): void {
  const overMs = chance.is(0.5) ? 2_000 : 900_000;
  counts.alerts = chance.whole(1, 8);
  for (let n = 0; n < counts.alerts; n += 1) {
    const home = journal.groups[chance.whole(0, journal.groups.length - 1)]!;
    const lane = chance.whole(0, 2);
    loop.at(chance.between(0, overMs), () => {
      journal.accept(home, lane);
      changed();
      // A signal may be lost: then a sweep finds it.
      if (chance.is(0.9)) for (const process of processes) process.wake();
    });
  }
}

/** A person renews the login some minutes after it was refused. */
function refuseLogin({ loop, chance, journal, psa, changed }: World, processes: readonly Process[]): void {
  const from = chance.between(0, 600_000);
  const until = from + chance.between(0, 600_000);
  loop.at(from, () => psa.refuseLogin(until));
  loop.at(until, () => {
    journal.renewLogin();
    changed();
    for (const process of processes) process.loginRenewed();
  });
}

/**
 * Every process sweeps every ten seconds. Sweeps that would find nothing are left out: one is planned when something is
 * due that no living process has in its hands.
 */
function createSweeps({ loop, chance, journal }: World, processes: readonly Process[]) {
  const phases = processes.map(() => chance.between(0, sweepEveryMs));
  const planned = processes.map(() => Number.POSITIVE_INFINITY);

  function dueAt(): number {
    if (journal.isStopped()) return Number.POSITIVE_INFINITY;
    let at = Number.POSITIVE_INFINITY;
    for (const group of journal.groups)
      if (group.waiting && group.busyWriteId === undefined) at = Math.min(at, readyAt(group));
    for (const { write, nextLookAt } of journal.open)
      if (!processes.some((process) => process.isBusyWith(write.writeId))) at = Math.min(at, nextLookAt ?? 0);
    for (const { recheckAt } of journal.rechecks) at = Math.min(at, recheckAt ?? 0);
    for (const { state, group } of journal.deliveries) if (state === 'pending' && !group) at = 0;
    return at;
  }

  function plan(): void {
    const due = dueAt();
    if (due === Number.POSITIVE_INFINITY) return;
    for (const [i, phase] of phases.entries()) {
      const from = Math.max(due, loop.now() + 1, processes[i]!.restsUntil());
      const at = phase + Math.ceil((from - phase) / sweepEveryMs) * sweepEveryMs;
      if (at >= planned[i]!) continue;
      planned[i] = at;
      loop.at(at, () => {
        if (planned[i] !== at) return;
        planned[i] = Number.POSITIVE_INFINITY;
        processes[i]!.sweep();
        plan();
      });
    }
  }
  return { plan };
}
