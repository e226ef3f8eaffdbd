import { describe, expect, it } from 'vitest';
import { decideWayOuts, type OwedCritical, wayOutInWords } from './wayOut.ts';

const minute = 60_000;
const now = 1_000 * minute;

const owed = (
  members: Partial<OwedCritical> = {},
  connection: Partial<OwedCritical['connection']> = {},
): OwedCritical => ({
  deliveryId: '7',
  alertId: '3',
  connectionId: 'c',
  state: 'pending',
  reason: null,
  problem: null,
  owedSince: now - 10 * minute,
  ...members,
  connection: { name: 'Our PSA', isPaused: false, attention: null, isAway: false, ...connection },
});

const wordsOf = (delivery: OwedCritical) => decideWayOuts([delivery], 10, now)[0]?.words;

describe('a critical alert needs the way out', () => {
  it('from the set minutes on, not a millisecond earlier', () => {
    const at = (owedSince: number) => decideWayOuts([owed({ owedSince })], 10, now).length;
    expect([at(now - 10 * minute), at(now - 10 * minute + 1)]).toEqual([1, 0]);
    expect(decideWayOuts([owed({ owedSince: now - minute })], 1, now)).toHaveLength(1);
  });

  it.each<[string, Partial<OwedCritical>, Partial<OwedCritical['connection']>, string]>([
    ['silent', {}, {}, 'It still waits for Our PSA.'],
    ['away for others', {}, { isAway: true }, 'Our PSA does not answer.'],
    ['slow to answer', { state: 'sending' }, {}, 'Our PSA has not answered yet.'],
    ['away', { problem: 'Autotask failed with HTTP 503.' }, {}, 'Autotask failed with HTTP 503.'],
    [
      'unclear',
      { state: 'uncertain' },
      {},
      'Our PSA has given no clear answer, and it is not known whether it arrived.',
    ],
    [
      'login refused',
      { state: 'held', reason: 'credentials' },
      { attention: 'The password is wrong.' },
      'Our PSA needs a person: The password is wrong.',
    ],
    ['refused', { state: 'failed', problem: 'The queue is unknown.' }, {}, 'The queue is unknown.'],
    ['refused without words', { state: 'failed' }, {}, 'Our PSA does not take it.'],
    ['about to be held', {}, { attention: 'Locked.' }, 'Our PSA needs a person: Locked.'],
  ])('when its PSA is %s, and says why', (_, members, connection, words) => {
    expect(wordsOf(owed(members, connection))).toBe(words);
  });

  it('once for an alert and connection, whatever it owes there', () => {
    const decided = decideWayOuts(
      [owed(), owed({ deliveryId: '8' }), owed({ deliveryId: '9', connectionId: 'd' })],
      10,
      now,
    );
    expect(decided.map(({ deliveryId }) => deliveryId)).toEqual(['7', '9']);
  });
});

describe('a pause is not an outage', () => {
  it.each<[string, Partial<OwedCritical>, Partial<OwedCritical['connection']>]>([
    ['held by the pause', { state: 'held', reason: 'pause' }, { isPaused: true }],
    ['held by a pause that has just ended', { state: 'held', reason: 'pause' }, {}],
    ['uncertain when the pause began', { state: 'uncertain' }, { isPaused: true }],
    ['failed before the pause', { state: 'failed' }, { isPaused: true }],
  ])('%s', (_, members, connection) => {
    expect(wordsOf(owed(members, connection))).toBeUndefined();
  });
});

it.each([
  [
    'pending',
    10,
    'due',
    'The PSA has not taken this critical alert for 10 minutes: the global recipients are to be told by e-mail. Why.',
  ],
  [
    'sending',
    10,
    'told',
    'The PSA has not taken this critical alert for 10 minutes: the global recipients are told by e-mail. Why.',
  ],
  [
    'failed',
    1,
    'nobody',
    'The PSA has not taken this critical alert for 1 minute: nobody is told by e-mail, because there is no global recipient who may get it. Why.',
  ],
  ['delivered', 10, 'told', 'The PSA took this critical alert later than 10 minutes after it came.'],
  ['skipped', 10, 'told', 'The PSA had not taken this critical alert for 10 minutes. Why.'],
] as const)('is said in words: %s after %d, %s', (state, minutes, telling, words) => {
  expect(wayOutInWords(minutes, 'Why.', state, telling)).toBe(words);
});
