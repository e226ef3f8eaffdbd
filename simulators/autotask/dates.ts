/**
 * Date-times are kept as `2026-08-30T09:15:22.087Z`, always with milliseconds, so that text order is time order.
 * A missing zone is UTC, a missing time is midnight (fact sheet autotask §2.7). Returns undefined for other text.
 */
export function storedDate(text: string): string | undefined {
  const found =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(
      text.trim(),
    );
  if (!found) return undefined;
  const [, day = '', time = '00:00', zone = 'Z'] = found;
  const date = new Date(`${day}T${time}${zone.toUpperCase()}`);
  if (Number.isNaN(date.getTime()) || !isSameDay(day, date, zone)) return undefined;
  const year = date.getUTCFullYear();
  return year < 1753 || year > 9999 ? undefined : date.toISOString();
}

/** As it is answered: milliseconds only when there are any; in the old style no zone letter but always milliseconds. */
export function answeredDate(stored: string, style: 'utc' | 'old'): string {
  return style === 'old' ? stored.slice(0, -1) : stored.replace('.000Z', 'Z');
}

/** 31 April is no date, though the runtime would take it for 1 May. */
function isSameDay(day: string, date: Date, zone: string): boolean {
  return zone.toUpperCase() !== 'Z' || date.toISOString().startsWith(day);
}
