/** The life of a write under random events (promises §2.2): what must hold whatever happens, in whatever order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RefusalReason } from '../psa/contract.ts';
import { mostTries, step, type WriteEvent, type WriteFacts, type WriteState } from './step.ts';
import { type Timing, timingOf } from './timing.ts';

const reasons: RefusalReason[] = [
  'auth',
  'rateLimited',
  'notFound',
  'invalid',
  'serverError',
  'timeout',
  'network',
];
const receipt = fc.nat(99).map((n) => ({ ref: `t${n}` }));
const wait = fc.option(fc.integer({ min: -10_000, max: 10_000_000 }), { nil: undefined });

const event: fc.Arbitrary<WriteEvent> = fc.oneof(
  {
    weight: 1,
    arbitrary: receipt.map(
      (one): WriteEvent => ({ kind: 'answered', outcome: { kind: 'done', receipt: one } }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...reasons), fc.constantFrom(undefined, 'contact', 'account'), wait)
      .map(
        ([reason, field, retryAfterMs]): WriteEvent => ({
          kind: 'answered',
          outcome: { kind: 'refused', reason, text: 'no', field, retryAfterMs },
        }),
      ),
  },
  {
    weight: 4,
    arbitrary: fc.constant<WriteEvent>({ kind: 'answered', outcome: { kind: 'uncertain', evidence: '?' } }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<WriteEvent>({ kind: 'takenOver' }, { kind: 'interrupted', why: 'x' }),
  },
  {
    weight: 12,
    arbitrary: fc.constant<WriteEvent>({
      kind: 'looked',
      finding: { kind: 'none' },
      begunAt: Number.POSITIVE_INFINITY,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom(...reasons), wait).map(
      ([reason, retryAfterMs]): WriteEvent => ({
        kind: 'looked',
        begunAt: Number.POSITIVE_INFINITY,
        finding: { kind: 'failed', reason, text: 'no', retryAfterMs },
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(receipt, fc.array(receipt, { maxLength: 2 })).map(
      ([one, surplus]): WriteEvent => ({
        kind: 'looked',
        begunAt: Number.POSITIVE_INFINITY,
        finding: { kind: 'found', receipt: one, surplus },
      }),
    ),
  },
);

const limits = { settleMs: 420_000, deadlineMs: 60_000, permitMs: 5_000, searchLagMs: 10_000 };
const timings = fc
  .option(fc.integer({ min: 4, max: 900_000 }), { nil: undefined })
  .map((settleMs) => timingOf(limits as never, settleMs));

interface Moment {
  /** Thousandths of the settle window that pass before it happens. */
  passed: number;
  event: WriteEvent;
}
const moments = fc.array(fc.record({ passed: fc.nat(600), event }), {
  minLength: 1,
  maxLength: 60,
});
const written = fc.record({
  kind: fc.constantFrom('ticket', 'note', 'digest'),
  tries: fc.nat(6),
  random: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
});

interface Seen {
  before: WriteState;
  event: WriteEvent;
  now: number;
  after: WriteState;
  kinds: string[];
}

/** A life from the first attempt on: every step that was taken. */
function live(
  happenings: readonly Moment[],
  timing: Timing,
  more: { kind: 'ticket' | 'note' | 'digest'; tries: number; random: number },
): Seen[] {
  const facts: WriteFacts = { ...more, without: [], fallbacks: [], timing };
  let state: WriteState = { phase: 'sending', attempt: 1, startedAt: 0 };
  let now = 0;
  return happenings.map(({ passed, event: next }) => {
    now += (passed / 1_000) * timing.settleMs;
    const before: WriteState = state;
    const { state: after, effects } = step(before, next, now, facts);
    state = after;
    return { before, event: next, now, after, kinds: effects.map(({ kind }) => kind) };
  });
}

const check = (judge: (seen: Seen[], timing: Timing) => void) =>
  fc.assert(
    fc.property(moments, timings, written, (happenings, timing, more) =>
      judge(live(happenings, timing, more), timing),
    ),
    { numRuns: 2_000 },
  );

describe('whatever happens', () => {
  it('a write is sent again only after the window, after two looks in it that found nothing, the search lag apart', () => {
    let sentAgain = 0;
    check((seen, { settleMs, searchLagMs }) => {
      let misses: number[] = [];
      for (const { before, event: what, now, after, kinds } of seen) {
        const isMiss = before.phase === 'uncertain' && what.kind === 'looked' && what.finding.kind === 'none';
        if (isMiss && now >= before.startedAt + settleMs) misses.push(now);
        if (!kinds.includes('sendAgain')) continue;
        sentAgain += 1;
        expect(isMiss).toBe(true);
        const [first, last] = [misses[0], misses.at(-1)];
        expect(misses.length).toBeGreaterThanOrEqual(2);
        expect((last as number) - (first as number)).toBeGreaterThanOrEqual(searchLagMs);
        expect(after).toEqual({
          phase: 'sending',
          attempt: (before as { attempt: number }).attempt + 1,
          startedAt: now,
        });
        misses = [];
      }
    });
    // The property is about something that does happen.
    expect(sentAgain).toBeGreaterThan(200);
  });

  it('a settled write never changes and has no more effects', () => {
    check((seen) => {
      for (const { before, after, kinds } of seen) {
        if (before.phase !== 'settled') continue;
        expect([after, kinds]).toEqual([before, []]);
      }
    });
  });

  it('it is delivered, parked, held or put back at most once, and only when it settles', () => {
    const endings = new Set(['deliver', 'again', 'park', 'ticketGone']);
    check((seen) => {
      const ends = seen.filter(({ kinds }) => kinds.some((kind) => endings.has(kind)));
      expect(ends.length).toBeLessThanOrEqual(1);
      for (const { before, after } of ends)
        expect([before.phase === 'settled', after.phase]).toEqual([false, 'settled']);
    });
  });

  it('only an answer, a record that was found, or the end of the last try settles it', () => {
    check((seen) => {
      for (const { before, event: what, after, kinds } of seen) {
        if (before.phase === 'settled' || after.phase !== 'settled') continue;
        if (before.phase === 'uncertain' && kinds.includes('park')) {
          expect([before.attempt, before.misses]).toEqual([mostTries, 1]);
          continue;
        }
        const proof =
          what.kind === 'looked'
            ? what.finding.kind
            : what.kind === 'answered'
              ? what.outcome.kind
              : what.kind;
        expect(['done', 'refused', 'found']).toContain(proof);
        // What was uncertain is not settled by a refusal: the request may have been the second of two.
        if (before.phase === 'uncertain') expect(proof).not.toBe('refused');
      }
    });
  });

  it('attempts are counted one by one, and an uncertain write always has its next look', () => {
    check((seen) => {
      for (const { before, now, after, kinds } of seen) {
        if (before.phase === 'settled' || after.phase === 'settled') continue;
        expect(after.attempt - before.attempt).toBe(kinds.includes('sendAgain') ? 1 : 0);
        if (after.phase === 'uncertain' && after !== before)
          expect(after.nextLookAt).toBeGreaterThanOrEqual(now);
      }
    });
  });
});
