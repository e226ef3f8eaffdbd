import { describe, expect, it } from 'vitest';
import { answeredDate, storedDate } from './dates.ts';

describe('date-times', () => {
  it.each([
    ['2026-06-04T08:12:00Z', '2026-06-04T08:12:00.000Z'],
    ['2026-06-04T08:12:00', '2026-06-04T08:12:00.000Z'],
    ['2026-06-04T08:12:00.5Z', '2026-06-04T08:12:00.500Z'],
    ['2026-06-04T10:12:00+02:00', '2026-06-04T08:12:00.000Z'],
    ['2026-06-04 08:12', '2026-06-04T08:12:00.000Z'],
    ['2026-06-04', '2026-06-04T00:00:00.000Z'],
    ['2026-06-04T08:12:00.1234567Z', '2026-06-04T08:12:00.123Z'],
  ])('%s is %s', (text, stored) => {
    expect(storedDate(text)).toBe(stored);
  });

  it.each([
    '',
    'soon',
    '04.06.2026',
    '2026-13-01',
    '2026-02-30',
    '2026-06-04T25:00:00Z',
    '1700-01-01',
    '20260604',
  ])('"%s" is none', (text) => {
    expect(storedDate(text)).toBeUndefined();
  });

  it.each([
    ['2026-06-04T08:12:00.000Z', 'utc', '2026-06-04T08:12:00Z'],
    ['2026-06-04T08:12:00.087Z', 'utc', '2026-06-04T08:12:00.087Z'],
    ['2026-06-04T08:12:00.000Z', 'old', '2026-06-04T08:12:00.000'],
  ] as const)('%s is answered in style %s as %s', (stored, style, answered) => {
    expect(answeredDate(stored, style)).toBe(answered);
  });
});
