import { describe, expect, it } from 'vitest';
import { takeOutcomes } from './outcomes.ts';
import type { Outcome } from './round.ts';

const outcome = (writeId: string, kind: string): Outcome =>
  ({ write: { writeId }, stepped: { state: { phase: 'settled' }, effects: [{ kind }] } }) as never;
const words = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map(({ write, stepped }) => `${write.writeId} ${stepped.effects[0]?.kind}`);

describe('what a round settles', () => {
  it('is everything that has happened, in its order', () => {
    const outcomes = [outcome('1', 'deliver'), outcome('2', 'again')];
    expect(words(takeOutcomes(outcomes, 500))).toEqual(['1 deliver', '2 again']);
    expect(outcomes).toEqual([]);
  });

  it('is one outcome of each write: an answer and a take-over of the same attempt never share a round', () => {
    const outcomes = [outcome('1', 'again'), outcome('2', 'deliver'), outcome('1', 'becomeUncertain')];
    expect(words(takeOutcomes(outcomes, 500))).toEqual(['1 again', '2 deliver']);
    expect(words(outcomes)).toEqual(['1 becomeUncertain']);
  });

  it('is one at a time after a failure', () => {
    const outcomes = [outcome('1', 'again'), outcome('2', 'deliver')];
    expect(words(takeOutcomes(outcomes, 1))).toEqual(['1 again']);
    expect(words(outcomes)).toEqual(['2 deliver']);
  });
});
