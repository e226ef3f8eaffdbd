import { expect, it } from 'vitest';
import { dayIn, inUtc, inWords, readTime } from './when.ts';

it.each([
  ['2026-11-20T02:14:05Z', '2026-11-20T02:14:05.000Z'],
  ['2026-11-20 02:14:05.123456Z', '2026-11-20T02:14:05.123Z'],
  ['2026-11-20T02:14+01:00', '2026-11-20T01:14:00.000Z'],
  ['2026-11-20T02:14:05-0330', '2026-11-20T05:44:05.000Z'],
])('%s is read', (text, iso) => {
  expect(new Date(readTime(text) ?? 0).toISOString()).toBe(iso);
});

it.each([
  '2026-11-20T02:14:05',
  '2026-11-20',
  'yesterday',
  '20.11.2026 02:14',
  '2026-13-20T02:14:05Z',
  '1763604845',
  '',
])('%j is not: it may be many hours off', (text) => {
  expect(readTime(text)).toBeUndefined();
});

const time = Date.parse('2026-11-20T22:14:05Z');

it.each([
  ['Europe/Lisbon', '20 Nov 2026, 22:14:05 UTC (22:14:05 Europe/Lisbon)'],
  ['Asia/Tokyo', '20 Nov 2026, 22:14:05 UTC (21 Nov 2026, 07:14:05 Asia/Tokyo)'],
  ['UTC', '20 Nov 2026, 22:14:05 UTC'],
  ['Nowhere/At_All', '20 Nov 2026, 22:14:05 UTC'],
])('in %s', (timeZone, words) => {
  expect(inWords(time, timeZone)).toBe(words);
  expect(inUtc(time)).toBe('2026-11-20 22:14:05');
});

it('midnight is 00, not 24', () => {
  expect(inWords(Date.parse('2026-11-20T00:00:00Z'), 'UTC')).toBe('20 Nov 2026, 00:00:00 UTC');
});

it.each([
  ['Europe/Lisbon', '20 Nov 2026'],
  ['Asia/Tokyo', '21 Nov 2026'],
  ['Nowhere/At_All', '20 Nov 2026'],
])('the day in %s', (timeZone, day) => {
  expect(dayIn(time, timeZone)).toBe(day);
});
