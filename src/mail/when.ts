/** Times for people: in UTC, as logs have them, and in the time zone of the workspace. */

/** Year to minute, seconds with a fraction, then the zone: without one a time may be many hours off and stays as it is. */
const isoTime = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)? ?(Z|z|[+-]\d\d:?\d\d)$/;

/** Milliseconds since 1970 of a time as its sender wrote it; undefined when that cannot be told for certain. */
export function readTime(text: string): number | undefined {
  const match = text.length <= 64 ? isoTime.exec(text) : null;
  if (!match) return undefined;
  const [, day, minute, second = '', zone = 'Z'] = match;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const time = Date.parse(`${day}T${minute}${second}${offset}`);
  return Number.isNaN(time) ? undefined : time;
}

/** "20 Nov 2026, 02:14:05 UTC (03:14:05 Europe/Berlin)"; with the day there when it is another one. */
export function inWords(time: number, timeZone: string): string {
  const utc = clockOf(time, 'UTC');
  const there = clockOf(time, timeZone);
  const text = `${utc.day}, ${utc.time} UTC`;
  if (isUtc(timeZone) || !there.isKnown) return text;
  return `${text} (${there.day === utc.day ? '' : `${there.day}, `}${there.time} ${timeZone})`;
}

/** "20 Nov 2026" in that time zone; in UTC where it is not known. */
export function dayIn(time: number, timeZone: string): string {
  const there = clockOf(time, timeZone);
  return there.isKnown ? there.day : clockOf(time, 'UTC').day;
}

/** "2026-11-20 02:14:05", in UTC: for tables, where times stand below each other. */
export function inUtc(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ');
}

const isUtc = (timeZone: string): boolean => /^(?:Etc\/)?(?:UTC|GMT|Universal|Zulu|UCT)$/.test(timeZone);

interface Clock {
  day: string;
  time: string;
  isKnown: boolean;
}

function clockOf(time: number, timeZone: string): Clock {
  const format = formatOf(timeZone);
  if (!format) return { day: '', time: '', isKnown: false };
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of format.formatToParts(time)) parts[type] = value;
  return {
    day: `${parts.day} ${parts.month} ${parts.year}`,
    time: `${parts.hour}:${parts.minute}:${parts.second}`,
    isKnown: true,
  };
}

/** Making a format costs more than a mail; there are as many as there are time zones of workspaces. */
const formats = new Map<string, Intl.DateTimeFormat | undefined>();
const mostFormats = 700;

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  if (formats.has(timeZone)) return formats.get(timeZone);
  if (formats.size >= mostFormats) formats.clear();
  const format = makeFormat(timeZone);
  formats.set(timeZone, format);
  return format;
}

/** Undefined for a zone that this Node does not know: a mail with the time in UTC is better than none. */
function makeFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  const numeric = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      ...numeric,
    });
  } catch {
    return undefined;
  }
}
