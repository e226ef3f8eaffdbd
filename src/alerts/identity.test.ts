import { describe, expect, it } from 'vitest';
import { bodyHash, dedupKey, isFollowUp } from './identity.ts';
import type { Alert } from './types.ts';

const alert: Alert = {
  source: 'edr',
  externalId: 'evt-1',
  title: 'Odd sign-in',
  severity: 'high',
  originalSeverity: 'high',
  flags: [],
};
const keyOf = (source: string, externalId: string) => dedupKey({ source, externalId }).toString('hex');

describe('dedup key', () => {
  it('is the same for the same alert, whatever it says', () => {
    const other: Alert = { ...alert, title: 'Other' };
    expect(dedupKey(other)).toEqual(dedupKey(alert));
    expect(dedupKey(alert)).toHaveLength(32);
  });

  it('compares as NFC (I-30)', () => {
    expect(keyOf('caf\u00e9', 'e\u0301')).toBe(keyOf('cafe\u0301', '\u00e9'));
  });

  it.each([
    [
      ['a', 'bc'],
      ['ab', 'c'],
    ],
    [
      ['1:a', 'b'],
      ['1', ':ab'],
    ],
    [
      ['a', ''],
      ['', 'a'],
    ],
    [
      ['edr', 'EVT-1'],
      ['edr', 'evt-1'],
    ],
    [
      ['edr', 'evt-1 '],
      ['edr', 'evt-1'],
    ],
    [
      ['edr', 'x'.repeat(10_000)],
      ['edr', `${'x'.repeat(9_999)}y`],
    ],
  ] as [[string, string], [string, string]][])(
    '%j and %j are two',
    ([source, id], [otherSource, otherId]) => {
      expect(keyOf(source, id)).not.toBe(keyOf(otherSource, otherId));
    },
  );
});

describe('body hash', () => {
  it('does not see the order of members, nor flags', () => {
    const one: Alert = { ...alert, labels: { a: '1', b: '2' }, raw: { x: 1, y: { p: [1, 2], q: null } } };
    const other: Alert = {
      raw: { y: { q: null, p: [1, 2] }, x: 1 },
      labels: { b: '2', a: '1' },
      ...alert,
      flags: ['timeInFuture'],
    };
    expect(bodyHash(one)).toEqual(bodyHash(other));
    expect(bodyHash({ ...one, description: undefined } as unknown as Alert)).toEqual(bodyHash(one));
  });

  it.each([
    ['a text', { title: 'Other' }],
    ['the order of a list', { events: [{ type: 'b' }, { type: 'a' }] }],
    ['an unknown member', { raw: { x: 2 } }],
    ['a number beyond doubles', { raw: { x: JSON.rawJSON('9007199254740993') } }],
    ['a label', { labels: { a: '1' } }],
    ['a status', { status: 'new' }],
    ['the letter case of a word', { originalSeverity: 'HIGH' }],
  ] as [string, Partial<Alert>][])('sees %s', (_, change) => {
    const base = {
      ...alert,
      events: [{ type: 'a' }, { type: 'b' }],
      raw: { x: JSON.rawJSON('9007199254740992') },
    };
    expect(bodyHash({ ...base, ...change })).not.toEqual(bodyHash(base));
  });
});

it.each([
  ['updated', true],
  ['Resolved', true],
  [' CLOSED ', true],
  ['new', false],
  ['inProgress', false],
  [undefined, false],
])('status %s tells of something told before: %s', (status, expected) => {
  expect(isFollowUp(status === undefined ? {} : { status })).toBe(expected);
});
