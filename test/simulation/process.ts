/**
 * A worker process from its start to its death: takes the lease and runs rounds. What src/deliver/drain.ts, looks.ts and
 * src/wake/worker.ts do with promises and timers, it does with events, so that it can be killed or stopped between any two.
 */
import { takeOutcomes } from '../../src/deliver/outcomes.ts';
import { beginRound, type Clock } from '../../src/deliver/permit.ts';
import type { OpenWrite, Outcome } from '../../src/deliver/round.ts';
import { step, type WriteEvent } from '../../src/deliver/step.ts';
import type { Permit } from '../../src/psa/contract.ts';
import { type Channel, createCalls } from './calls.ts';
import { timing } from './conditions.ts';
import { createGate } from './gate.ts';
import { holdLease, isLocked, renewLease, stopRenewing, takeLease, unlock } from './lease.ts';
import { createLife } from './life.ts';
import { commitRound, type RoundDone } from './round.ts';
import type { World } from './world.ts';

export interface Process {
  /** A signal: something may be waiting. */
  wake(): void;
  /** Its turn of ten seconds. */
  sweep(): void;
  /** A person has acted. */
  loginRenewed(): void;
  /** What it sends or looks up by itself; the others need not. */
  isBusyWith(writeId: string): boolean;
  restsUntil(): number;
}

const againMs = 500;
const renewEveryMs = 5_000;

export function createProcess(world: World, id: number): Process {
  const { loop, journal, lease, chance, conditions, counts } = world;
  const clock: Clock = {
    monotonic: loop.now,
    wall: loop.now,
    sleep: () => Promise.reject(new Error('unused')),
  };
  let channel: Channel | undefined;
  const outcomes: Outcome[] = [];
  let isRunning = false;
  let isCommitting = false;
  let isWanted = false;
  let isLookDue = false;
  let timerAt = Number.POSITIVE_INFINITY;

  const life = createLife(world, id, {
    died() {
      if (channel) {
        stopRenewing(lease, channel.epoch, loop.now());
        // A COMMIT that has left keeps its lock until it has taken effect.
        if (!isCommitting) unlock(lease, channel.epoch);
      }
      world.died(id);
    },
    stopped() {
      if (channel) stopRenewing(lease, channel.epoch, loop.now());
      later(0, renew);
      world.changed();
    },
  });
  const { later, moment, tell } = life;
  const calls = createCalls(world, life, { take, stopConnection, wakeAt });

  function renew(): void {
    if (!channel || renewLease(lease, channel.epoch, loop.now())) return;
    tell('has lost the lease');
    channel = undefined;
    world.changed();
  }

  function tryTake(): void {
    const epoch = takeLease(lease, id, loop.now());
    if (epoch === undefined) return;
    tell(`takes epoch ${epoch}`);
    if (epoch > 1) counts.takeOvers += 1;
    channel = { epoch, busy: new Set(), gate: createGate(), refused: 0 };
    isLookDue = true;
  }

  function wake(): void {
    if (life.isDead()) return;
    if (life.isStopped()) {
      later(0, wake);
      return;
    }
    if (!channel) tryTake();
    if (!channel) return;
    isWanted = true;
    if (!isRunning) round(channel);
  }

  function wakeAt(at: number): void {
    if (at >= timerAt) return;
    timerAt = at;
    later(Math.max(1, at - loop.now()), () => {
      if (timerAt !== at) return;
      timerAt = Number.POSITIVE_INFINITY;
      isLookDue = true;
      wake();
    });
  }

  /** A transaction: it holds the lease when it begins, and ends by a COMMIT whose answer may be lost. */
  function round(held: Channel): void {
    isRunning = true;
    isWanted = false;
    const startedAt = loop.now();
    const permitOf = beginRound(clock);
    const settling = takeOutcomes(outcomes, Number.POSITIVE_INFINITY);
    if (!holdLease(lease, held.epoch, startedAt)) {
      roundLost(held);
      return;
    }
    if (chance.is(conditions.lapses)) lapse(held);
    later(chance.delay(20, 8_000), () =>
      moment(() => {
        // What is stopped for so long in a transaction has lost it.
        const isLost = !isLocked(lease, held.epoch, loop.now()) || chance.is(conditions.lostCommits / 2);
        if (!isLost) {
          commit(held, settling, startedAt, permitOf(timing));
          return;
        }
        unlock(lease, held.epoch);
        later(chance.delay(20, 8_000), () => roundFailed(settling));
      }),
    );
  }

  /** Its renewals fail from now on, until it notices. */
  function lapse({ epoch }: Channel): void {
    stopRenewing(lease, epoch, loop.now());
    world.changed();
    later(chance.between(0, 30_000), renew);
  }

  /** The COMMIT is on its way: it takes effect whatever becomes of us. */
  function commit(held: Channel, settling: Outcome[], startedAt: number, permit: Permit): void {
    isCommitting = true;
    loop.at(loop.now() + chance.delay(5, 3_000), () => {
      isCommitting = false;
      const slots = journal.isStopped() ? 0 : held.gate.mayBegin(loop.now());
      const done = commitRound(journal, settling, slots, startedAt);
      unlock(lease, held.epoch);
      world.changed();
      tell(`commits ${settling.length} outcomes, sends ${done.sending.map(({ writeId }) => writeId)}`);
      const answer = chance.is(conditions.lostCommits / 2)
        ? () => roundFailed(settling)
        : () => afterRound(held, settling, done, permit);
      later(chance.delay(5, 3_000), () => moment(answer));
    });
  }

  /** The epoch is over: what was to be settled is somebody else's, and the next renewal notices. */
  function roundLost(held: Channel): void {
    isRunning = false;
    later(chance.between(0, renewEveryMs), () => {
      if (channel === held) renew();
    });
  }

  function roundFailed(settling: readonly Outcome[]): void {
    outcomes.push(...settling);
    isRunning = false;
    wakeAt(loop.now() + againMs);
  }

  function afterRound(held: Channel, settled: readonly Outcome[], done: RoundDone, permit: Permit): void {
    isRunning = false;
    for (const { write } of settled) held.busy.delete(write.writeId);
    for (const write of done.sending) {
      held.busy.add(write.writeId);
      held.gate.began();
      calls.send(held, write, permit);
    }
    if (done.isStopped) stopConnection(held);
    if (held.gate.restsUntil() > loop.now()) wakeAt(held.gate.restsUntil());
    if (isLookDue && calls.mayRead(held)) {
      isLookDue = false;
      calls.lookAround(held);
    }
    if (isWanted || outcomes.length > 0) wake();
    world.changed();
  }

  /** A transaction of its own, after that of the round. */
  function stopConnection(held: Channel): void {
    const { refused } = held;
    later(chance.delay(20, 2_000), () =>
      moment(() => {
        if (!journal.stop(refused)) held.gate.renewed();
        world.changed();
      }),
    );
  }

  function take(held: Channel, write: OpenWrite, event: WriteEvent): void {
    const { content, tries, without, fallbacks } = write;
    const facts = { kind: content.kind, tries, without, fallbacks, timing, random: chance.random() };
    const stepped = step(write.state, event, loop.now(), facts);
    const said =
      event.kind === 'answered' ? event.outcome.kind : event.kind === 'looked' ? event.finding.kind : '';
    tell(
      `${write.writeId} ${write.content.draft.key} ${event.kind} ${said} → ${stepped.effects.map(({ kind }) => kind)}`,
    );
    held.busy.add(write.writeId);
    outcomes.push({ write, stepped });
    for (const effect of stepped.effects) {
      if (effect.kind === 'again') wakeAt(effect.at);
      if (effect.kind === 'sendAgain') counts.sentAgain += 1;
      if (effect.kind === 'deliver' && effect.adopted) counts.adopted += 1;
      if (effect.kind === 'deliver' && content.kind === 'digest') counts.digests += 1;
      if (effect.kind === 'park') counts.parked += 1;
    }
    if (stepped.state.phase === 'uncertain') wakeAt(stepped.state.nextLookAt);
    wake();
  }

  return {
    wake: () => later(0, wake),
    sweep: () =>
      later(0, () => {
        isLookDue = true;
        wake();
      }),
    loginRenewed: () =>
      later(0, () => {
        channel?.gate.renewed();
        isLookDue = true;
        wake();
      }),
    isBusyWith: (writeId) => !life.isDead() && !life.isStopped() && channel?.busy.has(writeId) === true,
    restsUntil: () => channel?.gate.restsUntil() ?? 0,
  };
}
