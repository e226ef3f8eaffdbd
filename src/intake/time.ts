import type { AlertFlag } from '../alerts/types.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** Year, month, day; then hour, minute, second with a fraction; then the zone. Longer texts are no times. */
const isoTime =
  /^([+-]\d{6}|\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)? ?(Z|z|[+-]\d\d:?\d\d)?)?$/;

/**
 * What is odd about a time as its sender wrote it (promises I-21). ISO 8601 is read; without a zone it stays unclear,
 * for it may be many hours off. A leap second counts as the second before it.
 */
export function timeFlags(text: string, now: Date): AlertFlag[] {
  const match = text.length <= 64 ? isoTime.exec(text) : null;
  const timeMs = match ? timeOf(match) : Number.NaN;
  if (Number.isNaN(timeMs)) return ['timeUnclear'];
  const flags: AlertFlag[] = match?.[7] === undefined ? ['timeUnclear'] : [];
  if (timeMs - now.getTime() > dayMs) flags.push('timeInFuture');
  return flags;
}

/** Milliseconds since 1970, or NaN for a day or an hour that does not exist. */
function timeOf(match: RegExpExecArray): number {
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const [hour, minute, second] = [Number(match[4] ?? 0), Number(match[5] ?? 0), Number(match[6] ?? 0)];
  if (month < 1 || day < 1 || hour > 23 || minute > 59 || second > 60) return Number.NaN;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1) return Number.NaN;
  date.setUTCHours(hour, minute, Math.min(second, 59));
  return date.getTime() - zoneOffsetMs(match[7]);
}

function zoneOffsetMs(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -1 : 1) * minutes * 60_000;
}
