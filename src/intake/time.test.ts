import { expect, it } from 'vitest';
import { timeFlags } from './time.ts';

const now = new Date('2026-11-20T12:00:00Z');

it.each([
  '2026-11-20T12:00:00Z',
  '2026-11-20T11:00:00Z',
  '2026-11-20T12:10:00.123456789+00:00',
  '2026-11-20 11:00:00.5 +0100',
  '2026-11-20t11:00z',
  '2026-11-20T11:00:00.000+0000',
  '2016-12-31T23:59:60Z',
  '0000-01-01T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  '2024-02-29T00:00:00Z',
  '2026-11-21T12:00:00Z',
  '2026-11-22T01:00:00+14:00',
  '2026-03-29T02:30:00+01:00',
])('%s is a clear time', (text) => {
  expect(timeFlags(text, now)).toEqual([]);
});

it.each([
  '2026-11-21T12:00:01Z',
  '9999-12-31T23:59:59Z',
  '+275760-09-13T00:00:00Z',
  '2026-11-21T00:00:00-14:00',
])('%s is more than 24 hours ahead', (text) => {
  expect(timeFlags(text, now)).toEqual(['timeInFuture']);
});

it.each([
  ['no zone', '2026-11-20T11:00:00'],
  ['a day only', '2026-11-20'],
  ['a local form', '20.11.2026 11:00'],
  ['a named zone', 'Fri, 20 Nov 2026 11:00:00 CET'],
  ['a number', '1763636400000'],
  ['a day that is not', '2026-02-30T00:00:00Z'],
  ['hour 24', '2026-11-20T24:00:00Z'],
  ['month 13', '2026-13-01T00:00:00Z'],
  ['month 0', '2026-00-01T00:00:00Z'],
  ['beyond what a clock counts', '+999999-01-01T00:00:00Z'],
  ['five digits', '275760-09-13T00:00:00Z'],
  ['nothing', ''],
  ['something long', `2026-11-20T11:00:00.${'0'.repeat(50_000)}Z`],
])('%s is unclear', (_, text) => {
  expect(timeFlags(text, now)).toEqual(['timeUnclear']);
});

it('a far time without a zone is both', () => {
  expect(timeFlags('2030-01-01T00:00:00', now)).toEqual(['timeUnclear', 'timeInFuture']);
});
