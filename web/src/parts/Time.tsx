import { Tooltip } from '@mantine/core';
import { useEffect, useState } from 'react';

const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });
/** Older times are told by their date. */
const mostRelativeSeconds = 14 * 86_400;

/** "3 min. ago", "in 2 hr.", or a date. `now` and `at` are milliseconds. */
export function timeInWords(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1_000);
  const size = Math.abs(seconds);
  if (size > mostRelativeSeconds) return date.format(at);
  if (size < 5) return 'now';
  const [unit, length] = units.find(([, span]) => size >= span) ?? (['second', 1] as const);
  return relative.format(Math.trunc(seconds / length), unit);
}

/** A time as one thinks of it, with the exact one on hover. */
export function Time({ at }: { at: string }) {
  const [now, setNow] = useState(() => Date.now());
  // biome-ignore lint/correctness/useExhaustiveDependencies: a newer time is told by a clock as new
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, [at]);
  const time = Date.parse(at);
  return (
    <Tooltip label={exact.format(time)}>
      <time dateTime={at}>{timeInWords(time, now)}</time>
    </Tooltip>
  );
}
