/**
 * Careful looks into records of other products: a member that is missing or of another type reads as absent, since
 * an alert is worth more than its tidy form; the whole record stays under `raw`.
 */
import { numberText } from '../http/lossless.ts';

export type JsonRecord = Record<string, unknown>;

/** Longer names are left to `raw`, UTF-16 units. */
export const maxNameLength = 20_000;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

/** The member at a path of names, own members only. */
export function at(value: unknown, ...path: string[]): unknown {
  let found = value;
  for (const name of path) {
    if (!isRecord(found) || !Object.hasOwn(found, name)) return undefined;
    found = found[name];
  }
  return found;
}

/** A text that says something, or a number as it was spelled. */
export function text(value: unknown, ...path: string[]): string | undefined {
  const found = at(value, ...path);
  if (typeof found === 'string') return /\S/.test(found) ? found : undefined;
  return numberText(found);
}

/** Like {@link text}, for members that are names, words or ids. */
export function name(value: unknown, ...path: string[]): string | undefined {
  const found = text(value, ...path);
  return found !== undefined && found.length <= maxNameLength ? found : undefined;
}

/** A number, also one written as text, as some exporters do. */
export function number(value: unknown, ...path: string[]): number | undefined {
  const found = text(value, ...path);
  const parsed = found === undefined ? Number.NaN : Number(found);
  return Number.isFinite(parsed) ? parsed : undefined;
}

export function list(value: unknown, ...path: string[]): unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The first record of a list that a test accepts. */
export function first(records: unknown[], accepts: (record: JsonRecord) => boolean): JsonRecord | undefined {
  return records.find((record): record is JsonRecord => isRecord(record) && accepts(record));
}

/** Looks like an e-mail address; whether it is one is for the mail to find out. */
export function isAddress(word: string): boolean {
  const sign = word.lastIndexOf('@');
  return sign > 0 && sign < word.length - 1 && !/\s/.test(word);
}

/** A user named by one word: an address, or a name. */
export function userOf(word: string | undefined): { email?: string; name?: string } | undefined {
  if (word === undefined) return undefined;
  return isAddress(word) ? { email: word } : { name: word };
}

/** The domain of an address, in lower case. */
export function domainOf(email: string | undefined): string | undefined {
  if (email === undefined || !isAddress(email)) return undefined;
  return email.slice(email.lastIndexOf('@') + 1).toLowerCase();
}
