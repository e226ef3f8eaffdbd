import { describe, expect, it } from 'vitest';
import type { Finding, Outcome, Refusal, RefusalReason } from '../psa/contract.ts';
import {
  mostTries,
  step,
  type UncertainWrite,
  type WriteEvent,
  type WriteFacts,
  type WriteState,
} from './step.ts';
import type { Timing } from './timing.ts';

const timing: Timing = { settleMs: 420_000, deadlineMs: 60_000, permitMs: 5_000, searchLagMs: 10_000 };
const facts = (more: Partial<WriteFacts> = {}): WriteFacts => ({
  kind: 'ticket',
  tries: 0,
  without: [],
  fallbacks: [],
  timing,
  random: 0.5,
  ...more,
});

const sending: WriteState = { phase: 'sending', attempt: 1, startedAt: 0 };
const uncertain = (more: Partial<UncertainWrite> = {}): UncertainWrite => ({
  phase: 'uncertain',
  attempt: 1,
  startedAt: 0,
  looks: 0,
  failedLooks: 0,
  misses: 0,
  nextLookAt: 5_000,
  ...more,
});
const settled = (as: 'confirmed' | 'refused'): WriteState => ({ phase: 'settled', as });

const receipt = { ref: '17', number: 'T20261120.0017', link: 'https://psa.example/17' };
const done: Outcome = { kind: 'done', receipt };
const unclear: Outcome = { kind: 'uncertain', evidence: 'HTTP 502' };
const refused = (reason: RefusalReason, more: Partial<Refusal> = {}): Refusal => ({
  kind: 'refused',
  reason,
  text: `It said ${reason}.`,
  ...more,
});
const found = (...surplus: { ref: string }[]): Finding => ({ kind: 'found', receipt, surplus });
const none: Finding = { kind: 'none' };
const failed = (reason: RefusalReason = 'serverError', retryAfterMs?: number): Finding => ({
  kind: 'failed',
  reason,
  text: `The look failed: ${reason}.`,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

const answered = (outcome: Outcome): WriteEvent => ({ kind: 'answered', outcome });
const looked = (finding: Finding, begunAt = Number.POSITIVE_INFINITY): WriteEvent => ({
  kind: 'looked',
  finding,
  begunAt,
});
const interrupted: WriteEvent = { kind: 'interrupted', why: 'the permit ran out' };
const takenOver: WriteEvent = { kind: 'takenOver' };

const events: [string, WriteEvent][] = [
  ['done', answered(done)],
  ['refused', answered(refused('invalid'))],
  ['unclear', answered(unclear)],
  ['interrupted', interrupted],
  ['taken over', takenOver],
  ['found', looked(found())],
  ['nothing found', looked(none)],
  ['a failed look', looked(failed())],
];

const kindsOf = (effects: readonly { kind: string }[]) => effects.map(({ kind }) => kind);

describe('every state and every event', () => {
  it.each([
    [
      'sending',
      sending,
      ['settled', 'settled', 'uncertain', 'uncertain', 'uncertain', 'sending', 'sending', 'sending'],
    ],
    [
      'uncertain',
      uncertain(),
      ['settled', 'uncertain', 'uncertain', 'uncertain', 'uncertain', 'settled', 'uncertain', 'uncertain'],
    ],
    ['confirmed', settled('confirmed'), Array(8).fill('settled')],
    ['refused', settled('refused'), Array(8).fill('settled')],
  ])('%s', (_name, state, phases) => {
    const after = events.map(([, event]) => step(state, event, 1_000, facts()).state.phase);
    expect(Object.fromEntries(events.map(([name], n) => [name, after[n]]))).toEqual(
      Object.fromEntries(events.map(([name], n) => [name, phases[n]])),
    );
  });

  it.each(events)('a settled write stays as it is: %s', (_name, event) => {
    for (const state of [settled('confirmed'), settled('refused')]) {
      expect(step(state, event, 1_000, facts())).toEqual({ state, effects: [] });
    }
  });

  it('a look at a write that is being sent changes nothing: its call is still to come back', () => {
    for (const finding of [found(), none, failed()]) {
      expect(step(sending, looked(finding), 1_000, facts())).toEqual({ state: sending, effects: [] });
    }
  });

  it('leaves the state it was given untouched', () => {
    const before = uncertain({ misses: 1, lastMissAt: 420_000 });
    const copy = structuredClone(before);
    for (const [, event] of events) step(before, event, 500_000, facts());
    expect(before).toEqual(copy);
  });
});

describe('an answer that proves success', () => {
  it('settles the write with its receipt', () => {
    expect(step(sending, answered(done), 1_000, facts())).toEqual({
      state: settled('confirmed'),
      effects: [{ kind: 'deliver', receipt, adopted: false }],
    });
  });

  it('does so late as well: the write was given up as uncertain, and yet it succeeded', () => {
    expect(step(uncertain({ looks: 3, misses: 1 }), answered(done), 400_000, facts())).toEqual({
      state: settled('confirmed'),
      effects: [{ kind: 'deliver', receipt, adopted: false }],
    });
  });
});

describe('an answer that proves nothing', () => {
  it.each([
    ['unclear', answered(unclear), 'HTTP 502'],
    ['interrupted', interrupted, 'the permit ran out'],
    ['taken over', takenOver, 'the worker that sent it ended before an answer came'],
  ])('%s: the write is uncertain, with the evidence and a first look', (_name, event, evidence) => {
    const state = { ...sending, attempt: 3, startedAt: 10_000 } as WriteState;
    expect(step(state, event, 11_000, facts())).toEqual({
      state: uncertain({ attempt: 3, startedAt: 10_000, nextLookAt: 15_000, evidence }),
      effects: [{ kind: 'becomeUncertain', evidence, lookAt: 15_000 }],
    });
  });

  it('long after its start is looked up at once behind the window', () => {
    const { effects } = step(sending, takenOver, 3_600_000, facts());
    expect(effects).toMatchObject([{ kind: 'becomeUncertain', lookAt: 3_610_000 }]);
  });

  it.each([
    ['a late refusal', answered(refused('invalid'))],
    ['a late refused login', answered(refused('auth'))],
    ['a late unclear answer', answered(unclear)],
    ['an interruption', interrupted],
    ['a new worker', takenOver],
  ])('%s does not change what is uncertain already', (_name, event) => {
    const state = uncertain({
      looks: 2,
      failedLooks: 1,
      misses: 1,
      lastMissAt: 420_000,
      nextLookAt: 430_000,
    });
    expect(step(state, event, 425_000, facts())).toEqual({ state, effects: [] });
  });
});

describe('a look that finds the record', () => {
  it('adopts it', () => {
    expect(step(uncertain(), looked(found()), 5_000, facts())).toEqual({
      state: settled('confirmed'),
      effects: [{ kind: 'deliver', receipt, adopted: true }],
    });
  });

  it('adopts the first and reports the others', () => {
    const surplus = [{ ref: '18' }, { ref: '19' }];
    expect(step(uncertain(), looked(found(...surplus)), 5_000, facts()).effects).toEqual([
      { kind: 'deliver', receipt, adopted: true },
      { kind: 'reportSurplus', receipts: surplus },
    ]);
  });

  it('does so after a first miss as well', () => {
    const state = uncertain({ misses: 1, lastMissAt: 420_000 });
    expect(kindsOf(step(state, looked(found()), 430_000, facts()).effects)).toEqual(['deliver']);
  });
});

describe('a look that finds nothing', () => {
  it.each([5_000, 60_000, 240_000, 419_999])('%i ms after the start proves nothing', (now) => {
    const { state, effects } = step(uncertain({ nextLookAt: now }), looked(none), now, facts());
    expect(effects).toEqual([]);
    expect(state).toMatchObject({ phase: 'uncertain', looks: 1, misses: 0 });
    expect(state).not.toHaveProperty('lastMissAt');
  });

  it('after the window is the first miss of two', () => {
    const { state, effects } = step(uncertain({ looks: 5 }), looked(none), 420_000, facts());
    expect(effects).toEqual([]);
    expect(state).toEqual(uncertain({ looks: 6, misses: 1, lastMissAt: 420_000, nextLookAt: 430_000 }));
  });

  it('for the second time, the search lag later, sends again as the next attempt', () => {
    const state = uncertain({ attempt: 2, misses: 1, lastMissAt: 420_000 });
    expect(step(state, looked(none), 430_000, facts())).toEqual({
      state: { phase: 'sending', attempt: 3, startedAt: 430_000 },
      effects: [{ kind: 'sendAgain' }],
    });
  });

  it('too soon after the first miss does not count', () => {
    const state = uncertain({ misses: 1, lastMissAt: 420_000 });
    const next = step(state, looked(none), 429_999, facts());
    expect(next.effects).toEqual([]);
    expect(next.state).toMatchObject({ misses: 1, lastMissAt: 420_000, nextLookAt: 439_999 });
  });

  it('counts only if the look left after W', () => {
    const { state, effects } = step(uncertain(), looked(none, 419_999), 425_000, facts());
    expect(effects).toEqual([]);
    expect(state).toMatchObject({ misses: 0 });
  });

  it('ends a row of failed looks', () => {
    const { state } = step(uncertain({ failedLooks: 4 }), looked(none), 5_000, facts());
    expect(state).toMatchObject({ failedLooks: 0 });
  });
});

describe('the last try without a clear answer', () => {
  const last = uncertain({
    attempt: mostTries,
    misses: 1,
    lastMissAt: 420_000,
    evidence: 'HTTP 500:\n what?',
  });
  const end = (state = last, more: Partial<WriteFacts> = {}) =>
    step(state, looked(none), 430_000, facts(more));

  it('ends with a person, who reads what the PSA said', () => {
    expect(end()).toEqual({
      state: settled('refused'),
      effects: [
        {
          kind: 'park',
          isUnclear: true,
          problem:
            'After 5 tries without a clear answer, Herald found each time that nothing had been made. What came of the last one: HTTP 500: what?',
        },
      ],
    });
  });

  it.each(['note', 'digest'] as const)('of a %s leaves a gap for as long as a refusal does', (kind) => {
    expect(end(last, { kind }).effects).toMatchObject([{ kind: 'park', gapUntil: 430_000 + 15 * 60_000 }]);
  });

  it('is told in a sentence, however long the answer was', () => {
    const [effect] = end({ ...last, evidence: 'x'.repeat(2_000) }).effects;
    expect((effect as { problem: string }).problem.length).toBeLessThan(420);
  });

  it('is not over before both looks have found nothing, and a record that is found still counts', () => {
    expect(end({ ...last, misses: 0 }).effects).toEqual([]);
    expect(kindsOf(step(last, looked(failed()), 430_000, facts()).effects)).toEqual(['lookFailed']);
    expect(kindsOf(step(last, looked(found()), 430_000, facts()).effects)).toEqual(['deliver']);
  });

  it('comes after so many full cycles and no earlier', () => {
    let state: WriteState = sending;
    const seen: string[] = [];
    for (let now = 0; state.phase !== 'settled' && seen.length < 100; now += 430_000) {
      state = step(state, answered(unclear), now, facts()).state;
      state = step(state, looked(none), now + 420_000, facts()).state;
      const { state: after, effects } = step(state, looked(none), now + 430_000, facts());
      seen.push(...kindsOf(effects));
      state = after;
    }
    expect(seen).toEqual([...Array(mostTries - 1).fill('sendAgain'), 'park']);
  });
});

describe('a look that fails', () => {
  it.each([
    ['serverError', 5_000],
    ['timeout', 5_000],
    ['network', 5_000],
    ['rateLimited', 30_000],
    ['invalid', 30_000],
    ['notFound', 30_000],
  ] as const)('%s: stays uncertain and is tried %i ms later; nothing is sent', (reason, waitMs) => {
    const state = uncertain({ misses: 1, lastMissAt: 420_000 });
    const { state: after, effects } = step(state, looked(failed(reason)), 500_000, facts());
    expect(effects).toEqual([{ kind: 'lookFailed', problem: `The look failed: ${reason}.` }]);
    expect(after).toEqual({ ...state, looks: 1, failedLooks: 1, nextLookAt: 500_000 + waitMs });
  });

  it.each([
    ['that is away, up to three quarters of a minute', 'serverError', [5, 10, 20, 40, 45, 45, 45, 45]],
    ['that refuses it, up to a quarter of an hour', 'invalid', [30, 60, 120, 240, 480, 900, 900, 900]],
  ] as const)('again and again waits longer for a PSA %s, and never sends', (_, reason, seconds) => {
    let state: WriteState = uncertain();
    const waits: number[] = [];
    let now = 420_000;
    for (let n = 0; n < 8; n++) {
      const next = step(state, looked(failed(reason)), now, facts());
      expect(next.effects.map(({ kind }) => kind)).toEqual(['lookFailed']);
      state = next.state as UncertainWrite;
      waits.push(state.nextLookAt - now);
      now = state.nextLookAt;
    }
    expect(waits.map((ms) => ms / 1_000)).toEqual(seconds);
  });

  it('waits as the PSA asks, an hour at most', () => {
    const nextLookAt = (retryAfterMs: number) =>
      (step(uncertain(), looked(failed('rateLimited', retryAfterMs)), 1_000, facts()).state as UncertainWrite)
        .nextLookAt;
    expect([nextLookAt(7_000), nextLookAt(99_999_999), nextLookAt(-1)]).toEqual([8_000, 3_601_000, 1_000]);
  });

  it('for a refused login stops the channel, and the write stays uncertain', () => {
    const { state, effects } = step(uncertain(), looked(failed('auth')), 5_000, facts());
    expect(state.phase).toBe('uncertain');
    expect(effects).toEqual([{ kind: 'holdChannel', problem: 'The look failed: auth.' }]);
  });

  it('between two misses does not bring them together', () => {
    const first = step(uncertain(), looked(none), 420_000, facts()).state;
    const second = step(first, looked(failed()), 425_000, facts()).state;
    expect(step(second, looked(none), 429_000, facts()).effects).toEqual([]);
  });
});

describe('a refusal', () => {
  const effectOf = (refusal: Refusal, more: Partial<WriteFacts> = {}) => {
    const { state, effects } = step(sending, answered(refusal), 1_000, facts(more));
    expect(state).toEqual(settled('refused'));
    expect(effects).toHaveLength(1);
    return effects[0];
  };

  it.each(['ticket', 'note', 'digest'] as const)('of the login holds the channel (%s)', (kind) => {
    expect(effectOf(refused('auth'), { kind })).toEqual({ kind: 'holdChannel', problem: 'It said auth.' });
  });

  it.each(['rateLimited', 'network', 'timeout', 'serverError'] as const)(
    '%s is tried again later and uses up no try, however often',
    (reason) => {
      for (const tries of [0, mostTries, 100]) {
        expect(effectOf(refused(reason), { tries })).toEqual({
          kind: 'again',
          at: 31_000,
          problem: `It said ${reason}.`,
          countsAsTry: false,
        });
      }
    },
  );

  it.each([
    [7_000, 8_000],
    [-1, 1_000],
    [99_999_999_000, 3_601_000],
  ])('with Retry-After of %i ms is tried again at %i', (retryAfterMs, at) => {
    expect(effectOf(refused('rateLimited', { retryAfterMs }))).toMatchObject({ kind: 'again', at });
  });

  it('of a ticket that a note was meant for starts the ticket anew; of anything else it parks', () => {
    expect(effectOf(refused('notFound'), { kind: 'note' })).toEqual({ kind: 'ticketGone' });
    expect(effectOf(refused('notFound'), { kind: 'digest' })).toEqual({ kind: 'ticketGone' });
    expect(effectOf(refused('notFound'))).toEqual({ kind: 'park', problem: 'It said notFound.' });
  });

  it.each(['contact', 'account', 'ticketQueue'])(
    'of the %s that something can stand in for is tried again at once without it, once',
    (field) => {
      const refusal = refused('invalid', { field });
      const fallbacks = ['account', 'contact', 'ticketQueue'];
      expect(effectOf(refusal, { fallbacks })).toEqual({
        kind: 'again',
        at: 1_000,
        problem: 'It said invalid.',
        countsAsTry: true,
        without: field,
      });
      expect(effectOf(refusal, { fallbacks, without: [field] })).toMatchObject({ kind: 'park' });
      expect(effectOf(refusal, { fallbacks, without: ['other'] })).toMatchObject({
        kind: 'again',
        without: field,
      });
    },
  );

  it('of an input with a stand-in ends when the tries are used up', () => {
    const refusal = refused('invalid', { field: 'contact' });
    const fallbacks = ['contact'];
    expect(effectOf(refusal, { fallbacks, tries: mostTries - 1 })).toMatchObject({ kind: 'again' });
    expect(effectOf(refusal, { fallbacks, tries: mostTries })).toMatchObject({ kind: 'park' });
  });

  it('of a note for its ticket, which is there and takes none, tells the group so', () => {
    const refusal = refused('invalid', { field: 'ticket' });
    const shut = { kind: 'ticketShut', problem: 'It said invalid.' };
    expect(effectOf(refusal, { kind: 'note' })).toEqual(shut);
    expect(effectOf(refusal, { kind: 'digest' })).toEqual(shut);
    expect(effectOf(refusal)).toMatchObject({ kind: 'park' });
  });

  it.each(['note', 'digest'] as const)(
    'of a %s leaves a gap, and the next ones wait for a person',
    (kind) => {
      // Fifteen minutes from the refusal (test C2 of the promises).
      const gapUntil = 1_000 + 15 * 60_000;
      expect(effectOf(refused('invalid'), { kind })).toEqual({
        kind: 'park',
        problem: 'It said invalid.',
        gapUntil,
      });
    },
  );

  it.each(['account', 'ticketQueue', 'priority', 'title', undefined])('of %s waits for a person', (field) => {
    expect(effectOf(refused('invalid', field === undefined ? {} : { field }))).toEqual({
      kind: 'park',
      problem: 'It said invalid.',
    });
  });
});
