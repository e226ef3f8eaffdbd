import type { Alert, AlertFlag } from '../alerts/types.ts';
import { isRecord, type JsonRecord, name } from './reader.ts';
import type { SeverityReading } from './severity.ts';
import { cleanValue } from './text.ts';
import { timeFlags } from './time.ts';
import type { FieldError, FieldErrorCode, Format, ParseContext, Parsed } from './types.ts';

/** The longest source and external id, in UTF-16 units. */
export const maxSourceLength = 200;
export const maxExternalIdLength = 10_000;
export const maxEvents = 5_000;

type Optional = Omit<Alert, 'source' | 'externalId' | 'title' | 'severity' | 'originalSeverity' | 'flags'>;

/** An alert before severity and time are judged; absent members may be undefined, also in nested ones. */
export interface Draft extends Partial<Record<keyof Optional, unknown>> {
  source: string;
  externalId: string;
  title: string;
  severity: SeverityReading;
}

/** Makes the alert of a draft: judges severity and time, leaves out what is absent. */
export function composeAlert(draft: Draft, flags: readonly AlertFlag[], context: ParseContext): Alert {
  const { severity: read, raw, ...members } = draft;
  const alert: JsonRecord = { source: '', externalId: '', title: '', severity: read.severity };
  alert.originalSeverity = read.originalSeverity;
  for (const key in members) {
    const value = present(members[key as keyof typeof members]);
    if (value !== undefined) alert[key] = value;
  }
  if (raw !== undefined) alert.raw = raw;
  const judged = [...flags];
  if (!read.isClear) judged.push('severityUnclear');
  if (typeof draft.occurredAt === 'string') judged.push(...timeFlags(draft.occurredAt, context.now));
  alert.flags = judged;
  return alert as unknown as Alert;
}

/** A record without its undefined members, or nothing if none is left. */
function present(value: unknown): unknown {
  if (!isRecord(value)) return Array.isArray(value) && value.length === 0 ? undefined : value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

export function refused(field: string, code: FieldErrorCode, message: string): FieldError {
  return { field, code, message };
}

/** What a format's own reading answers: the members of the alert, or what is wrong. */
export type Reading = { draft: Draft; flags?: AlertFlag[] } | { errors: FieldError[]; externalId?: string };

type Read = (record: JsonRecord, context: ParseContext) => Reading;

/** Makes a format of the function that reads one record and, if it has an envelope, of the one that opens it. */
export function defineFormat(
  formatName: Format['name'],
  read: Read,
  open: (value: unknown) => unknown[] | undefined = () => undefined,
): Format {
  const split: Format['split'] = (value) => {
    const records = open(value);
    return records ? { records, single: false } : splitList(value);
  };
  return {
    name: formatName,
    split,
    parse: (value, context) => split(value).records.map((record) => parseRecord(record, context, read)),
  };
}

/** A request body without an envelope: one alert, or a list. */
export function splitList(value: unknown): ReturnType<Format['split']> {
  return Array.isArray(value) ? { records: value, single: false } : { records: [value], single: true };
}

/** What every format answers to a record that is none. */
export function notAnObject(): Parsed {
  return { ok: false, errors: [refused('', 'invalidType', 'An alert must be a JSON object.')] };
}

function parseRecord(record: unknown, context: ParseContext, read: Read): Parsed {
  const cleaned = cleanValue(record);
  if (!isRecord(cleaned.value)) return notAnObject();
  const result = read(cleaned.value, context);
  if ('errors' in result) return { ok: false, ...result };
  const flags = [...cleaned.flags, ...(result.flags ?? [])];
  return { ok: true, alert: composeAlert({ ...result.draft, raw: cleaned.value }, flags, context) };
}

/** Reads the id that a format cannot do without, under the vendor's own name for it. */
export function readId(record: JsonRecord, ...path: string[]): { id: string } | { errors: FieldError[] } {
  const field = path.join('.');
  const id = name(record, ...path);
  if (id === undefined) {
    return { errors: [refused(field, 'required', `${field} is missing or is neither text nor a number.`)] };
  }
  return checkId(id, field);
}

/** An id that was put together, checked against the limit. */
export function checkId(id: string, field: string): { id: string } | { errors: FieldError[] } {
  if (id.length <= maxExternalIdLength) return { id };
  const message = `${field} has more than ${maxExternalIdLength.toLocaleString('en')} characters.`;
  return { errors: [refused(field, 'tooBig', message)] };
}
