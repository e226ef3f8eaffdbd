/** The calls of a process: it sends what a round has committed, looks up what is uncertain, and looks again later. */
import { surplusOf } from '../../src/deliver/reconcile.ts';
import type { OpenWrite } from '../../src/deliver/round.ts';
import type { WriteEvent } from '../../src/deliver/step.ts';
import type { Finding, Permit, Outcome as PsaOutcome } from '../../src/psa/contract.ts';
import type { Gate } from './gate.ts';
import { holdsLease } from './lease.ts';
import type { Life } from './life.ts';
import { type AttemptRow, readyAt, toOpenWrite } from './rows.ts';
import type { World } from './world.ts';

/** What a process knows while it holds the lease. */
export interface Channel {
  epoch: number;
  busy: Set<string>;
  gate: Gate;
  /** The login that was refused last. */
  refused: number;
}

export interface CallsParts {
  /** Something happened to a write. */
  take(held: Channel, write: OpenWrite, event: WriteEvent): void;
  stopConnection(held: Channel): void;
  wakeAt(at: number): void;
}

const mostLooksAtOnce = 4;
const soonestLookMs = 1_000;

export function createCalls(world: World, life: Life, { take, stopConnection, wakeAt }: CallsParts) {
  const { loop, journal, psa, lease, chance, counts } = world;
  const { later, moment } = life;
  let isRechecking = false;

  const mayRead = ({ gate }: Channel): boolean =>
    !journal.isStopped() && !gate.isStopped() && loop.now() >= gate.restsUntil();

  function send(held: Channel, write: OpenWrite, permit: Permit): void {
    const end = (event: WriteEvent) => {
      held.gate.ended();
      const outcome: PsaOutcome =
        event.kind === 'answered' ? event.outcome : { kind: 'uncertain', evidence: event.kind };
      held.gate.answered(outcome, loop.now(), chance.random());
      moment(() => take(held, write, event));
    };
    const interrupted = () => {
      counts.permitsLost += 1;
      end({ kind: 'interrupted', why: 'the permit ran out' });
    };
    moment(() => {
      if (!permit()) {
        interrupted();
        return;
      }
      later(chance.delay(50, 8_000), () =>
        moment(() => {
          if (permit()) call(held, write, end);
          else interrupted();
        }),
      );
    });
  }

  /** The request is written now, if the PSA can be reached. */
  function call(held: Channel, write: OpenWrite, end: (event: WriteEvent) => void): void {
    const refused = psa.unreachable();
    if (refused) {
      end({ kind: 'answered', outcome: refused });
      return;
    }
    counts.calls += 1;
    const revision = journal.revision();
    const { value, afterMs } = psa.write(write);
    later(afterMs, () => {
      if (value.kind === 'refused' && value.reason === 'auth') held.refused = revision;
      end({ kind: 'answered', outcome: value });
    });
  }

  /** Reads what is due beside the rounds: the answer may be older than the round that ends before it comes. */
  function lookAround(held: Channel): void {
    const busy = new Set(held.busy);
    later(chance.delay(10, 2_000), () => {
      const due = dueLooks(busy);
      const at = nextDue(busy);
      later(chance.delay(5, 2_000), () => {
        for (const write of due) {
          if (held.busy.has(write.writeId)) continue;
          held.busy.add(write.writeId);
          if (write.state.phase === 'sending') take(held, write, { kind: 'takenOver' });
          else look(held, write);
        }
        if (at !== undefined) wakeAt(Math.max(at, loop.now() + soonestLookMs));
        recheck(held);
      });
    });
  }

  function dueLooks(busy: ReadonlySet<string>): OpenWrite[] {
    return [...journal.open]
      .filter(({ write, nextLookAt }) => !busy.has(write.writeId) && (nextLookAt ?? 0) <= loop.now())
      .sort((a, b) => (a.nextLookAt ?? 0) - (b.nextLookAt ?? 0))
      .slice(0, mostLooksAtOnce)
      .map(toOpenWrite);
  }

  function nextDue(busy: ReadonlySet<string>): number | undefined {
    const times = [
      ...[...journal.open]
        .filter(({ write }) => !busy.has(write.writeId))
        .map(({ nextLookAt }) => nextLookAt),
      ...journal.groups
        .filter(({ waiting, busyWriteId }) => waiting && busyWriteId === undefined)
        .map(readyAt),
    ].filter((at) => at !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  function look(held: Channel, write: OpenWrite): void {
    const { value: finding, afterMs } = psa.find(write.content.draft.key);
    const revision = journal.revision();
    const begunAt = loop.now();
    counts.looks += 1;
    later(afterMs, () => {
      if (finding.kind === 'failed') readRefused(held, finding, revision);
      moment(() => take(held, write, { kind: 'looked', finding, begunAt }));
    });
  }

  function readRefused(held: Channel, failed: Extract<Finding, { kind: 'failed' }>, revision: number): void {
    held.gate.answered({ ...failed, kind: 'refused' }, loop.now(), chance.random());
    if (failed.reason !== 'auth') return;
    held.refused = revision;
    stopConnection(held);
  }

  /** One ticket after the other. */
  function recheck(held: Channel): void {
    if (isRechecking) return;
    isRechecking = true;
    recheckNext(held, journal.dueRechecks(loop.now()));
  }

  function recheckNext(held: Channel, [attempt, ...others]: readonly AttemptRow[]): void {
    if (!attempt || !mayRead(held)) {
      isRechecking = false;
      world.changed();
      return;
    }
    const { value: finding, afterMs } = psa.find(attempt.write.content.draft.key);
    const revision = journal.revision();
    later(afterMs, () => {
      if (finding.kind === 'failed') {
        readRefused(held, finding, revision);
      } else if (holdsLease(lease, held.epoch, loop.now())) {
        const group = journal.groupOf(attempt.write);
        const surplus = surplusOf(finding, group.tickets).map(({ ref }) => ref);
        if (group.busyWriteId === undefined) journal.recordRecheck(attempt, surplus, loop.now());
      }
      recheckNext(held, others);
    });
  }

  return { send, lookAround, mayRead };
}
