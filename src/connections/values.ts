/**
 * Reads one value of a step by its declared kind: what is stored, or what is wrong with it. Pure. Whether a choice
 * exists in the PSA is judged in `choices.ts`.
 */
import { severities } from '../alerts/types.ts';
import type { FieldError } from '../errors.ts';
import type { Field } from '../psa/contract.ts';
import { compileTemplate, mistakeIn } from '../templates/index.ts';

/** Either the value to store (undefined = unset), or the errors. */
export type ReadValue = { value: unknown } | { errors: FieldError[] };

const longestId = 100;
const longestMatch = 500;
const mostRows = 500;
const mostHours = 8_760;
const mostTickets = 10_000;
const mostMinutes = 1_440;
const lastDay = 31;
const mostDays = 365;

const fail = (field: string, code: string, message: string): { errors: FieldError[] } => ({
  errors: [{ field, code, message }],
});

/** Reads a value that is present; null and absence are dealt with by the caller, except for a brake. */
export function readValue(field: Field, given: unknown): ReadValue {
  const { key, label } = field;
  switch (field.kind) {
    case 'text':
      return readText(field, given);
    case 'secret':
      return readSecret(field, given);
    case 'switch':
      return typeof given === 'boolean'
        ? { value: given }
        : fail(key, 'invalidType', `${label} must be true or false.`);
    case 'account':
    case 'contact':
    case 'select':
    case 'service':
      return readId(key, label, given);
    case 'template':
      return readTemplate(field, given);
    case 'severityMap':
      return readSeverityMap(field, given);
    case 'severityHours':
      return readSeverityHours(field, given);
    case 'overrides':
      return readOverrides(field, given);
    case 'brake':
      return readBrake(key, label, given);
    case 'closedTicket':
      return readClosedTicket(key, label, given);
    case 'dayOfMonth':
      return readWhole(key, label, given, lastDay);
  }
}

type Of<Kind extends Field['kind']> = Extract<Field, { kind: Kind }>;

function readText({ key, label, maxLength, pattern }: Of<'text'>, given: unknown): ReadValue {
  if (typeof given !== 'string') return fail(key, 'invalidType', `${label} must be text.`);
  const text = given.trim();
  if (text.length > maxLength) return fail(key, 'tooBig', `${label} takes at most ${maxLength} characters.`);
  if (
    hasControlCharacter(text) ||
    (pattern !== undefined && text !== '' && !new RegExp(pattern).test(text))
  ) {
    return fail(key, 'invalid', `${label} has characters that cannot be part of it.`);
  }
  return { value: text === '' ? undefined : text };
}

/** Kept as it is, blanks included: nobody but the PSA knows what belongs to a secret. */
function readSecret({ key, label, maxLength }: Of<'secret'>, given: unknown): ReadValue {
  if (typeof given !== 'string') return fail(key, 'invalidType', `${label} must be text.`);
  if (given.length > maxLength) return fail(key, 'tooBig', `${label} takes at most ${maxLength} characters.`);
  // Secrets travel in headers.
  if (hasControlCharacter(given))
    return fail(key, 'invalid', `${label} has a line break or control character in it.`);
  return { value: given === '' ? undefined : given };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const hasControlCharacter = (text: string): boolean => /[\x00-\x1f\x7f]/.test(text);

/** Ids are text in our API; a whole number is taken as the same id. */
function readId(key: string, label: string, given: unknown): ReadValue {
  const text = Number.isSafeInteger(given) ? String(given) : given;
  if (typeof text !== 'string') return fail(key, 'invalidType', `${label} must be an id, as text.`);
  if (text.length > longestId || hasControlCharacter(text))
    return fail(key, 'invalid', `${label} is not an id.`);
  return { value: text === '' ? undefined : text };
}

function readTemplate({ key, label, maxLength }: Of<'template'>, given: unknown): ReadValue {
  if (typeof given !== 'string') return fail(key, 'invalidType', `${label} must be text.`);
  if (given.trim() === '') return { value: undefined };
  const compiled = compileTemplate(given, { maxLength });
  if (compiled.ok) return { value: given };
  return { errors: [{ field: key, code: 'template', ...mistakeIn(label, compiled.errors) }] };
}

/** Each severity is mapped, or is null for no ticket; left out is neither (decision 11). */
function readSeverityMap({ key, label }: Of<'severityMap'>, given: unknown): ReadValue {
  if (!isObject(given)) return fail(key, 'invalidType', `${label} must be an object.`);
  const errors = unknownSeverities(key, given);
  const value: Record<string, string | null> = {};
  for (const severity of severities) {
    const field = `${key}.${severity}`;
    const one = given[severity];
    if (one === undefined || one === '') {
      errors.push({
        field,
        code: 'required',
        message: `Choose a priority for ${severity}, or null for no ticket.`,
      });
    } else if (one === null) value[severity] = null;
    else {
      const read = readId(field, `The priority for ${severity}`, one);
      if ('errors' in read) errors.push(...read.errors);
      else value[severity] = read.value as string;
    }
  }
  return errors.length > 0 ? { errors } : { value };
}

/** Severities left out get the declared hours. */
function readSeverityHours({ key, label, default: usual }: Of<'severityHours'>, given: unknown): ReadValue {
  if (!isObject(given)) return fail(key, 'invalidType', `${label} must be an object.`);
  const errors = unknownSeverities(key, given);
  const value: Record<string, unknown> = {};
  for (const severity of severities) {
    const read = readWhole(
      `${key}.${severity}`,
      `${label} for ${severity}`,
      given[severity] ?? usual[severity],
      mostHours,
    );
    if ('errors' in read) errors.push(...read.errors);
    else value[severity] = read.value;
  }
  return errors.length > 0 ? { errors } : { value };
}

function unknownSeverities(key: string, given: Record<string, unknown>): FieldError[] {
  const known = new Set<string>(severities);
  return Object.keys(given)
    .filter((name) => !known.has(name))
    .map((name) => unknownMember(`${key}.${shown(name)}`));
}

/** Blank rows are left out; a half-filled one blocks (req 90). */
function readOverrides(field: Of<'overrides'>, given: unknown): ReadValue {
  const { key, label } = field;
  if (!Array.isArray(given)) return fail(key, 'invalidType', `${label} must be a list.`);
  if (given.length > mostRows) return fail(key, 'tooBig', `${label} takes at most ${mostRows} rows.`);
  const errors: FieldError[] = [];
  const rows: Record<string, string>[] = [];
  const rowOf = new Map<string, number>();
  for (const [at, one] of given.entries()) {
    const row = readRow(field, at, one, errors);
    if (!row) continue;
    const match = row[field.matchKey] ?? '';
    const before = rowOf.get(match);
    if (before !== undefined) {
      const message = `${label}: row ${before + 1} is for the same value already.`;
      errors.push({ field: `${key}[${at}].${field.matchKey}`, code: 'duplicate', message });
    }
    rowOf.set(match, at);
    rows.push(row);
  }
  return errors.length > 0 ? { errors } : { value: rows };
}

function readRow(
  { key, label, matchKey, columns }: Of<'overrides'>,
  at: number,
  given: unknown,
  errors: FieldError[],
): Record<string, string> | undefined {
  const place = `${key}[${at}]`;
  if (!isObject(given)) {
    errors.push({ field: place, code: 'invalidType', message: `${label}: row ${at + 1} must be an object.` });
    return undefined;
  }
  const known = new Set([matchKey, ...columns.map((column) => column.key)]);
  for (const name of Object.keys(given))
    if (!known.has(name)) errors.push(unknownMember(`${place}.${shown(name)}`));
  const row: Record<string, string> = {};
  for (const name of known) {
    const read =
      name === matchKey
        ? readMatch(`${place}.${name}`, given[name])
        : readCell(`${place}.${name}`, given[name]);
    if ('errors' in read) errors.push(...read.errors);
    else if (typeof read.value === 'string') row[name] = read.value;
  }
  if (Object.keys(row).length === 0) return undefined;
  const needed = [matchKey, ...columns.filter(({ required }) => required).map((column) => column.key)];
  for (const name of needed) {
    if (row[name] !== undefined || errors.some(({ field }) => field === `${place}.${name}`)) continue;
    const message = `${label}: row ${at + 1} is half filled. Complete it, or leave it out.`;
    errors.push({ field: `${place}.${name}`, code: 'required', message });
  }
  return row;
}

const readCell = (field: string, given: unknown): ReadValue =>
  given === undefined || given === null ? { value: undefined } : readId(field, 'The value', given);

function readMatch(field: string, given: unknown): ReadValue {
  if (given === undefined || given === null) return { value: undefined };
  if (typeof given !== 'string') return fail(field, 'invalidType', 'The value to match must be text.');
  const text = given.trim();
  if (text.length > longestMatch)
    return fail(field, 'tooBig', `It takes at most ${longestMatch} characters.`);
  return { value: text === '' ? undefined : text };
}

/** Null switches the brake off. */
function readBrake(key: string, label: string, given: unknown): ReadValue {
  if (given === null) return { value: null };
  if (!isObject(given)) return fail(key, 'invalidType', `${label} must be an object, or null for none.`);
  const errors = Object.keys(given)
    .filter((name) => name !== 'tickets' && name !== 'minutes')
    .map((name) => unknownMember(`${key}.${shown(name)}`));
  const tickets = readWhole(`${key}.tickets`, 'The number of tickets', given.tickets, mostTickets);
  const minutes = readWhole(`${key}.minutes`, 'The number of minutes', given.minutes, mostMinutes);
  for (const read of [tickets, minutes]) if ('errors' in read) errors.push(...read.errors);
  return errors.length > 0 ? { errors } : { value: { tickets: given.tickets, minutes: given.minutes } };
}

const closedTicketActions = ['new', 'reopen', 'keepAdding'];

/** Decision 14; 0 days switch it off. */
function readClosedTicket(key: string, label: string, given: unknown): ReadValue {
  if (!isObject(given)) return fail(key, 'invalidType', `${label} must be an object {action, days}.`);
  const { action, days, ...others } = given;
  const errors = Object.keys(others).map((name) => unknownMember(`${key}.${shown(name)}`));
  if (!closedTicketActions.includes(action as string)) {
    const message = `The action must be one of ${closedTicketActions.join(', ')}.`;
    errors.push({ field: `${key}.action`, code: 'invalid', message });
  }
  if (!Number.isInteger(days) || Number(days) < 0 || Number(days) > mostDays) {
    const message = `The number of days must be a whole number from 0 (off) to ${mostDays}.`;
    errors.push({ field: `${key}.days`, code: 'invalid', message });
  }
  return errors.length > 0 ? { errors } : { value: { action, days } };
}

function readWhole(field: string, label: string, given: unknown, most: number): ReadValue {
  if (Number.isInteger(given) && Number(given) >= 1 && Number(given) <= most) return { value: given };
  return fail(field, 'invalid', `${label} must be a whole number from 1 to ${most}.`);
}

export const unknownMember = (field: string): FieldError => ({
  field,
  code: 'unknown',
  message: `${field} is not known here.`,
});

/** A name that a sender made up, short and harmless. */
export const shown = (name: string): string => name.slice(0, 100).replace(/[^\x20-\x7e]/g, '?');

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
