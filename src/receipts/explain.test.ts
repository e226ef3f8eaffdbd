import { describe, expect, it } from 'vitest';
import { explain } from './explain.ts';
import type { DeliveryRow } from './store.ts';

const row = (members: Partial<DeliveryRow>): DeliveryRow =>
  ({
    delivery_state: 'uncertain',
    reason: null,
    problem: null,
    trace: [],
    blocked_until: null,
    next_look_at: new Date('2026-11-20T12:00:00Z'),
    look_problem: null,
    ...members,
  }) as DeliveryRow;

describe('an uncertain delivery in words', () => {
  const looks = 'Herald looks in the PSA whether it arrived.';
  it.each<[string, Partial<DeliveryRow>, string]>([
    ['before a look-up', {}, looks],
    [
      'after a look-up that failed',
      { look_problem: 'HTTP 503.' },
      `${looks} The last look-up failed: HTTP 503. If you have looked yourself, discard it with a reason.`,
    ],
  ])('%s', (_, members, words) => {
    expect(explain(row(members)).next).toEqual({ at: '2026-11-20T12:00:00.000Z', words });
  });
});

it.each<[Partial<DeliveryRow>, string]>([
  [{ delivery_state: 'pending' }, 'Waits to be sent.'],
  [{ delivery_state: 'held', reason: 'pause' }, 'Held: pause.'],
  [{ delivery_state: 'skipped', reason: 'discarded', problem: 'Discarded by Ana.' }, 'Discarded by Ana.'],
  [{ delivery_state: 'failed', problem: 'It said no.' }, 'Needs a person: It said no.'],
  [
    { delivery_state: 'delivered', write_kind: 'note', ticket_number: 'T1' },
    'A note was added to ticket T1.',
  ],
])('says what became of it: %j', (members, words) => {
  expect(explain(row(members)).words).toBe(words);
});
