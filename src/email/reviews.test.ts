import { describe, expect, it } from 'vitest';
import { afterReviewTry, decideReview, type ReviewEvent, reviewMonth } from './reviews.ts';

const at = (text: string) => new Date(text);

describe('the month of the review', () => {
  it.each([
    ['2026-11-01T07:59:59Z', 'UTC', '2026-10-01'],
    ['2026-11-01T08:00:00Z', 'UTC', '2026-11-01'],
    ['2026-11-30T23:59:59Z', 'UTC', '2026-11-01'],
    // Eight in Auckland is 19:00 UTC of the day before.
    ['2026-10-31T18:59:00Z', 'Pacific/Auckland', '2026-10-01'],
    ['2026-10-31T19:00:00Z', 'Pacific/Auckland', '2026-11-01'],
    ['2026-11-01T12:00:00Z', 'America/New_York', '2026-10-01'],
    ['2026-11-01T13:00:00Z', 'America/New_York', '2026-11-01'],
    ['2027-01-01T07:30:00Z', 'UTC', '2026-12-01'],
    ['2027-01-01T00:30:00Z', 'UTC', '2026-12-01'],
  ])('at %s in %s is %s', (now, timeZone, month) => {
    expect(reviewMonth(at(now), timeZone)).toBe(month);
  });
});

describe('the monthly mail', () => {
  const facts = {
    now: at('2026-11-03T09:00:00Z'),
    timeZone: 'UTC',
    createdAt: at('2026-01-15T00:00:00Z'),
    lastMonth: '2026-10-01',
    due: 2,
    administrators: ['Ana@msp.example', 'bo@msp.example', 'ana@msp.example'],
  };

  it('goes to each administrator once when something is due, also days after its moment', () => {
    expect(decideReview(facts)).toEqual({ month: '2026-11-01', to: ['ana@msp.example', 'bo@msp.example'] });
  });

  it('is decided once a month', () => {
    expect(decideReview({ ...facts, lastMonth: '2026-11-01' })).toBeUndefined();
    // A clock that went back decides nothing again.
    expect(decideReview({ ...facts, lastMonth: '2026-12-01' })).toBeUndefined();
  });

  it('of several months that nobody was there for, the newest one is caught up', () => {
    expect(decideReview({ ...facts, lastMonth: '2026-05-01' })).toMatchObject({ month: '2026-11-01' });
    expect(decideReview({ ...facts, lastMonth: undefined })).toMatchObject({ month: '2026-11-01' });
  });

  it('goes to nobody when nothing is due, and what becomes due later waits for the next month', () => {
    expect(decideReview({ ...facts, due: 0 })).toEqual({ month: '2026-11-01', to: [] });
  });

  it('does not look back before the workspace was there', () => {
    const young = { ...facts, createdAt: at('2026-11-02T00:00:00Z'), lastMonth: undefined };
    expect(decideReview(young)).toEqual({ month: '2026-11-01', to: [] });
  });
});

describe('after a try', () => {
  const hour = 3_600_000;
  const facts = { tries: 1, triedForMs: 0, unclear: 0 };
  const refused = (about: 'server' | 'recipient', isFinal: boolean): ReviewEvent => ({
    kind: 'refused',
    about,
    isFinal,
    reason: 'reply',
    text: 'It said no.',
  });

  it('a mail that was taken is done', () => {
    expect(afterReviewTry({ kind: 'done', reply: '250 OK', server: 'x' }, facts)).toEqual({
      state: 'sent',
      inMs: 0,
      outcome: '250 OK',
      unclear: 0,
    });
  });

  it('one that was not taken for now waits longer each time, up to 72 hours', () => {
    const waits = [1, 2, 3, 4, 5].map(
      (tries) => afterReviewTry(refused('recipient', false), { ...facts, tries }).inMs,
    );
    expect(waits).toEqual([0.5, 1, 2, 4, 4].map((hours) => hours * hour));
    expect(afterReviewTry(refused('recipient', false), { ...facts, triedForMs: 72 * hour })).toMatchObject({
      state: 'failed',
      outcome: 'Not taken for 72 hours. It said no.',
    });
  });

  it('a final refusal of the address ends it, one of the servers does not', () => {
    expect(afterReviewTry(refused('recipient', true), facts).state).toBe('failed');
    expect(afterReviewTry(refused('server', true), facts).state).toBe('waiting');
  });

  it('one that may have arrived says so whatever the next try comes to', () => {
    const outcome = expect.stringMatching(/It said no\. It was sent once before, .* may have arrived\.$/);
    const before = { ...facts, unclear: 1 };
    expect(afterReviewTry(refused('recipient', true), before)).toMatchObject({ state: 'failed', outcome });
    const late = { ...before, triedForMs: 72 * hour };
    expect(afterReviewTry(refused('recipient', false), late)).toMatchObject({ state: 'failed', outcome });
  });

  it.each<ReviewEvent>([{ kind: 'uncertain', evidence: 'The line broke.' }, { kind: 'abandoned' }])(
    'of which nobody knows is sent once more, and then no more: %j',
    (event) => {
      expect(afterReviewTry(event, facts)).toMatchObject({ state: 'waiting', unclear: 1 });
      expect(afterReviewTry(event, { ...facts, unclear: 1 })).toMatchObject({
        state: 'failed',
        unclear: 2,
        outcome: expect.stringMatching(/^It was sent twice without an answer/),
      });
    },
  );
});
