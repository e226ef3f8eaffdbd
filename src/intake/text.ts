import type { AlertFlag } from '../alerts/types.ts';

/** A value whose every text and every name can be stored, and what had to be changed for that. */
export interface Cleaned {
  value: unknown;
  flags: AlertFlag[];
}

/**
 * Replaces what no database holds (promises I-7, I-8, M7): NUL by U+2400, a lone surrogate by U+FFFD, in texts and
 * in names of members. What needs no change is not copied. Nesting is limited at the door.
 */
export function cleanValue(value: unknown): Cleaned {
  const found = { nul: false, surrogate: false };
  const cleaned = clean(value, found);
  const flags: AlertFlag[] = [];
  if (found.nul) flags.push('nulReplaced');
  if (found.surrogate) flags.push('surrogateReplaced');
  return { value: cleaned, flags };
}

interface Found {
  nul: boolean;
  surrogate: boolean;
}

function clean(value: unknown, found: Found): unknown {
  if (typeof value === 'string') return cleanText(value, found);
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return value;
  return Array.isArray(value)
    ? cleanList(value, found)
    : cleanRecord(value as Record<string, unknown>, found);
}

function cleanText(text: string, found: Found): string {
  const hasNul = text.includes('\0');
  const hasSurrogate = !text.isWellFormed();
  if (!hasNul && !hasSurrogate) return text;
  found.nul ||= hasNul;
  found.surrogate ||= hasSurrogate;
  return text.replaceAll('\0', '\u2400').toWellFormed();
}

function cleanList(list: unknown[], found: Found): unknown[] {
  let copy: unknown[] | undefined;
  for (let at = 0; at < list.length; at++) {
    const cleaned = clean(list[at], found);
    if (cleaned !== list[at]) {
      copy ??= list.slice();
      copy[at] = cleaned;
    }
  }
  return copy ?? list;
}

/** Copied only from the first member on that needs it; every member is visited once. */
function cleanRecord(record: Record<string, unknown>, found: Found): Record<string, unknown> {
  let copy: Map<string, unknown> | undefined;
  const keys = Object.keys(record);
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at]!;
    const member = record[key];
    const cleaned = clean(member, found);
    const name = cleanText(key, found);
    if (cleaned === member && name === key && !copy) continue;
    copy ??= new Map(keys.slice(0, at).map((earlier) => [earlier, record[earlier]]));
    copy.set(name === key ? name : freeName(name, record, copy), cleaned);
  }
  // From entries, so that no name can reach a prototype.
  return copy ? Object.fromEntries(copy) : record;
}

/** A changed name that no other member has, so that none is lost. */
function freeName(name: string, record: Record<string, unknown>, taken: Map<string, unknown>): string {
  let free = name;
  while (Object.hasOwn(record, free) || taken.has(free)) free += '\uFFFD';
  return free;
}
