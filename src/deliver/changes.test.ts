import { describe, expect, it } from 'vitest';
import type { Outcome as PsaOutcome } from '../psa/contract.ts';
import { attemptPatch, Changes, putOff, refusedLogins } from './changes.ts';
import type { OpenWrite, Outcome } from './round.ts';
import { mostTries, step, type WriteEvent, type WriteState } from './step.ts';

const timing = { settleMs: 420_000, deadlineMs: 60_000, permitMs: 5_000, searchLagMs: 10_000 };
const sending = (attempt: number): WriteState => ({ phase: 'sending', attempt, startedAt: 0 });
const uncertain: WriteState = {
  phase: 'uncertain',
  attempt: 1,
  startedAt: 0,
  looks: 3,
  failedLooks: 0,
  misses: 1,
  nextLookAt: 430_000,
};

const write = (state: WriteState, kind: 'ticket' | 'note' = 'ticket'): OpenWrite => ({
  channelId: 'c1',
  writeId: 'w1',
  groupId: 'g1',
  generation: 1,
  seq: 1,
  content: { kind, ticketRef: 't1', draft: { key: 'A-1' } } as never,
  deliveryIds: ['1', '2'],
  lane: 2,
  since: '1',
  tries: 0,
  without: [],
  fallbacks: [],
  state,
});

const facts = { tries: 0, without: [], fallbacks: [], timing, random: 0.5 };

function outcomeOf(open: OpenWrite, event: WriteEvent): Outcome {
  return { write: open, stepped: step(open.state, event, 1_000_000, { ...facts, kind: open.content.kind }) };
}

const answered = (outcome: PsaOutcome): WriteEvent => ({ kind: 'answered', outcome });
const busy = answered({ kind: 'refused', reason: 'rateLimited', text: 'Busy.', retryAfterMs: 5_000 });
const unwanted = answered({ kind: 'refused', reason: 'invalid', text: 'No such queue.' });
const locked = answered({ kind: 'refused', reason: 'auth', text: 'Wrong password.' });
const done = answered({ kind: 'done', receipt: { ref: 't1' } });

function changesOf(outcome: Outcome): Changes {
  const changes = new Changes();
  changes.add(outcome);
  return changes;
}

describe('a ticket that was refused', () => {
  it.each([
    ['at once, for a while', sending(1), busy, null, false],
    ['at once, for good', sending(1), unwanted, null, false],
    ['after an attempt that proved nothing, for a while', sending(2), busy, { state: 'gone' }, true],
    ['after an attempt that proved nothing, for good', sending(2), unwanted, { state: 'gone' }, true],
    ['after an attempt that proved nothing, for the login', sending(2), locked, { state: 'gone' }, true],
  ])('%s: a spent key is not used again, and is looked up later', (_, state, event, ticket, isLookedUp) => {
    const outcome = outcomeOf(write(state), event);
    expect(changesOf(outcome).groups).toMatchObject([{ groupId: 'g1', ticket }]);
    expect(attemptPatch(outcome, timing).recheckInMs).toEqual(isLookedUp ? 600_000 : null);
  });

  it('is a matter of tickets only: each note has a key of its own', () => {
    const outcome = outcomeOf(write(sending(2), 'note'), busy);
    expect(changesOf(outcome).groups).toMatchObject([{ ticket: null }]);
    expect(attemptPatch(outcome, timing).recheckInMs).toBeNull();
  });
});

describe('a ticket that was made', () => {
  it.each([
    ['at once', sending(1), done, null],
    ['by a second attempt', sending(2), done, 600_000],
    [
      'and found',
      uncertain,
      {
        kind: 'looked',
        finding: { kind: 'found', receipt: { ref: 't1' }, surplus: [] },
        begunAt: 0,
      } as WriteEvent,
      600_000,
    ],
  ])('%s: is looked up later if it was ever uncertain', (_, state, event, recheckInMs) => {
    const outcome = outcomeOf(write(state), event);
    expect(attemptPatch(outcome, timing)).toMatchObject({ state: 'confirmed', recheckInMs });
    expect(changesOf(outcome).groups).toMatchObject([{ ticket: { state: 'open', ref: 't1' } }]);
  });
});

describe('a write whose last try brought no clear answer', () => {
  const last: WriteState = { ...uncertain, attempt: mostTries, lastMissAt: 420_000, evidence: 'HTTP 500' };
  const nothing: WriteEvent = { kind: 'looked', finding: { kind: 'none' }, begunAt: 1_000_000 };

  it('fails its deliveries, visibly; its attempt did nothing, and one that comes late is looked for', () => {
    const outcome = outcomeOf(write(last), nothing);
    const { deliveries, groups } = changesOf(outcome);
    expect(deliveries).toMatchObject([
      { id: '1', state: 'failed', reason: 'unclear', problem: expect.stringContaining('HTTP 500') },
      { id: '2', state: 'failed', reason: 'unclear' },
    ]);
    // The next ticket has a key of its own.
    expect(groups).toMatchObject([{ ticket: { state: 'gone' }, waiting: null }]);
    expect(attemptPatch(outcome, timing)).toMatchObject({
      n: mostTries,
      state: 'refused',
      evidence: 'Looked up after the settle window: nothing was made.',
      lookProblem: null,
      recheckInMs: 600_000,
    });
  });

  it('leaves a gap on the ticket if it is a note', () => {
    const { groups } = changesOf(outcomeOf(write(last, 'note'), nothing));
    expect(groups).toMatchObject([{ ticket: null, gap: { deliveryIds: ['1', '2'] } }]);
  });
});

describe('a refused login', () => {
  it('lets its deliveries wait in their place until the connection is stopped', () => {
    const outcome = outcomeOf(write(sending(1)), locked);
    const { deliveries, groups } = changesOf(outcome);
    expect(deliveries.map(({ state }) => state)).toEqual(['pending', 'pending']);
    expect(groups).toMatchObject([{ waiting: { lane: 2, since: '1' } }]);
    expect(refusedLogins([outcome])).toEqual([{ channelId: 'c1', problem: 'Wrong password.' }]);
  });

  it('leaves an uncertain write uncertain', () => {
    const failed = { kind: 'failed', reason: 'auth', text: 'Wrong password.' } as const;
    const outcome = outcomeOf(write(uncertain), { kind: 'looked', finding: failed, begunAt: 0 });
    expect(changesOf(outcome)).toMatchObject({ deliveries: [], groups: [] });
    expect(refusedLogins([outcome])).toHaveLength(1);
  });
});

describe('what would wait again for a connection that is not in use', () => {
  it.each([
    ['busy', sending(1), busy],
    ['the login is refused', sending(1), locked],
    [
      'the ticket is locked',
      sending(1),
      answered({ kind: 'refused', reason: 'invalid', text: 'Locked.', field: 'ticket' }),
    ],
  ])('is held with the rest (%s)', (_, state, event) => {
    const changes = new Changes(() => 'credentials');
    changes.add(outcomeOf(write(state, 'note'), event));
    expect(changes.deliveries).toMatchObject([
      { id: '1', state: 'held', reason: 'credentials', leavesGroup: true },
      { id: '2', state: 'held', reason: 'credentials', leavesGroup: true },
    ]);
    expect(changes.groups).toMatchObject([{ groupId: 'g1', waiting: null }]);
  });

  it('does not touch what ended', () => {
    const changes = new Changes(() => 'pause');
    changes.add(outcomeOf(write(sending(1)), unwanted));
    expect(changes.deliveries).toMatchObject([{ state: 'failed' }, { state: 'failed' }]);
  });
});

describe('a write that may not be sent again yet', () => {
  const missedAt = 500_000;
  const putOffAt = (now: number, until: 'soon' | 'later'): Outcome => {
    const open = write({ ...uncertain, lastMissAt: missedAt });
    const event = { kind: 'looked', finding: { kind: 'none' }, begunAt: Number.POSITIVE_INFINITY } as const;
    const twice = { write: open, stepped: step(open.state, event, now, { ...facts, kind: 'ticket' }) };
    expect(twice.stepped.effects).toEqual([{ kind: 'sendAgain' }]);
    return putOff(twice, now, timing, until);
  };
  const waitAt = (now: number, until: 'soon' | 'later') =>
    (attemptPatch(putOffAt(now, until), timing).nextLookAt as number) - now;

  it('stays uncertain', () => {
    const put = putOffAt(1_000_000, 'soon');
    expect(put.stepped).toMatchObject({ state: { phase: 'uncertain', looks: 4, misses: 1 }, effects: [] });
    expect(attemptPatch(put, timing)).toMatchObject({ state: 'uncertain' });
  });

  it('is asked about soon when only a slot is missing, however long that takes', () => {
    expect(waitAt(missedAt + 10_000, 'soon')).toBe(20_000);
    expect(waitAt(missedAt + 3_600_000, 'soon')).toBe(20_000);
  });

  it('is asked about ever more rarely while it cannot go, up to 15 minutes', () => {
    expect(waitAt(missedAt + 10_000, 'later')).toBe(20_000);
    expect(waitAt(missedAt + 60_000, 'later')).toBe(60_000);
    expect(waitAt(missedAt + 3_600_000, 'later')).toBe(900_000);
    let looks = 0;
    for (let now = missedAt + 10_000; now < missedAt + 86_400_000; now += waitAt(now, 'later')) looks += 1;
    expect(looks).toBeLessThan(110);
  });
});
