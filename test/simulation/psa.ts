/**
 * A PSA as the journal must fear it: it loses requests and replies, commits late, hides fresh records from its search,
 * refuses, and has no idea of idempotency.
 */
import type { OpenWrite } from '../../src/deliver/round.ts';
import type { Finding, Outcome } from '../../src/psa/contract.ts';
import type { Chance } from './chance.ts';
import { type Conditions, timing } from './conditions.ts';
import type { Loop } from './loop.ts';
import type { Tell } from './world.ts';

/** A ticket or note that was made. */
export interface PsaRecord {
  ref: string;
  key: string;
  groupId: string;
  isTicket: boolean;
  deliveryIds: readonly string[];
  /** When it was committed. */
  at: number;
  visibleAt: number;
}

/** What the caller sees, and when. */
export interface Answer<T> {
  value: T;
  afterMs: number;
}

export interface Psa {
  /** In the order in which they were made. */
  readonly records: readonly PsaRecord[];
  /** The login is refused until then. */
  refuseLogin(until: number): void;
  /** Nothing was sent; undefined if it can be reached. */
  unreachable(): Outcome | undefined;
  /** The request is written now. */
  write(write: OpenWrite): Answer<Outcome>;
  /** Searched at once, which is the worst for us: what is committed before the answer comes is not in it. */
  find(key: string): Answer<Finding>;
}

export function createPsa(loop: Loop, chance: Chance, conditions: Conditions, tell?: Tell): Psa {
  const records: PsaRecord[] = [];
  let refs = 0;
  let loginRefusedUntil = 0;

  function commitLater(write: OpenWrite, afterMs: number): string {
    refs += 1;
    const ref = `r${refs}`;
    loop.at(loop.now() + afterMs, () => {
      const at = loop.now();
      tell?.(at, `the PSA commits ${write.content.draft.key} as ${ref}`);
      records.push({
        ref,
        key: write.content.draft.key,
        groupId: write.groupId,
        isTicket: write.content.kind === 'ticket',
        deliveryIds: write.deliveryIds,
        at,
        visibleAt: at + extreme(chance) * timing.searchLagMs,
      });
    });
    return ref;
  }

  /** From the moment at which the request was written. */
  function commitMs(): number {
    if (chance.is(conditions.beyondW)) return timing.settleMs + chance.between(60_000, 1_800_000);
    if (chance.is(conditions.late)) return extreme(chance) * (timing.settleMs - timing.deadlineMs);
    return chance.delay(2_000, 20_000);
  }

  function refusal(write: OpenWrite): Outcome | undefined {
    const { rateLimited, refusedOptional, refusedForGood } = conditions;
    const draw = chance.random();
    if (loop.now() < loginRefusedUntil) return { kind: 'refused', reason: 'auth', text: 'no' };
    if (draw < rateLimited)
      return { kind: 'refused', reason: 'rateLimited', text: 'no', ...retryAfter(chance) };
    if (draw < rateLimited + refusedOptional && !write.without.includes('contact'))
      return { kind: 'refused', reason: 'invalid', text: 'no', field: 'contact' };
    if (draw > 1 - refusedForGood) return { kind: 'refused', reason: 'invalid', text: 'no' };
    return undefined;
  }

  return {
    records,
    refuseLogin(until) {
      loginRefusedUntil = until;
    },
    unreachable: () =>
      chance.is(conditions.unreachable) ? { kind: 'refused', reason: 'network', text: 'no' } : undefined,
    write(write) {
      if (chance.is(conditions.lostRequests)) return silence(chance);
      const refused = refusal(write);
      if (refused) return { value: refused, afterMs: chance.delay(300, 5_000) };
      const afterMs = commitMs();
      const ref = commitLater(write, afterMs);
      if (chance.is(conditions.lostReplies) || afterMs > timing.deadlineMs) return silence(chance);
      return {
        value: { kind: 'done', receipt: { ref } },
        afterMs: Math.min(afterMs + chance.delay(200, 5_000), timing.deadlineMs),
      };
    },
    find(key) {
      if (loop.now() < loginRefusedUntil) return { value: failedBy('auth'), afterMs: 100 };
      if (chance.is(conditions.failedLooks)) {
        const wait = retryAfter(chance);
        return {
          value: { ...failedBy(chance.is(0.5) ? 'rateLimited' : 'timeout'), ...wait },
          afterMs: chance.delay(300, timing.deadlineMs),
        };
      }
      return { value: found(records, key, loop.now()), afterMs: chance.delay(300, timing.deadlineMs) };
    },
  };
}

/** Anything up to 1, and as often almost 1: what is just still allowed is what goes wrong. */
const extreme = (chance: Chance): number => (chance.is(0.5) ? chance.random() : chance.between(0.97, 1));

/** No answer until the deadline, or a broken one at once. */
function silence(chance: Chance): Answer<Outcome> {
  return {
    value: { kind: 'uncertain', evidence: 'silence' },
    afterMs: chance.is(0.5) ? timing.deadlineMs : chance.delay(500, timing.deadlineMs),
  };
}

const retryAfter = (chance: Chance): { retryAfterMs?: number } =>
  chance.is(0.5) ? { retryAfterMs: chance.between(1_000, 120_000) } : {};

const failedBy = (reason: 'auth' | 'rateLimited' | 'timeout'): Finding => ({
  kind: 'failed',
  reason,
  text: 'no',
});

function found(records: readonly PsaRecord[], key: string, now: number): Finding {
  const [first, ...more] = records.filter((record) => record.key === key && record.visibleAt <= now);
  if (!first) return { kind: 'none' };
  return { kind: 'found', receipt: { ref: first.ref }, surplus: more.map(({ ref }) => ({ ref })) };
}
