import type { Alert } from '../alerts/types.ts';
import { numberText } from '../http/lossless.ts';
import { composeAlert, type Draft, maxExternalIdLength, notAnObject, splitList } from './compose.ts';
import { fieldErrors, type NativeAlert, nativeAlert, nestedMembers } from './nativeSchema.ts';
import { isRecord, type JsonRecord } from './reader.ts';
import { severityOfWord } from './severity.ts';
import { cleanValue } from './text.ts';
import type { Format, ParseContext, Parsed } from './types.ts';

/**
 * Reads one alert in the native form (design §9). Members that are null count as absent; members that we do not
 * know are kept under `raw`, numbers as they were spelled. Never throws: every wrong member is named in the answer.
 */
export function parseNative(value: unknown, context: ParseContext): Parsed {
  const cleaned = cleanValue(value);
  const record = cleaned.value;
  if (!isRecord(record)) return notAnObject();
  // A source that the key fixes stands in for whatever the record has there.
  const read = nativeAlert.safeParse(
    context.source === undefined ? record : { ...record, source: context.source },
  );
  if (!read.success) {
    const errors = fieldErrors(read.error, record);
    const externalId = readableId(record);
    return externalId === undefined ? { ok: false, errors } : { ok: false, errors, externalId };
  }
  const alert = composeAlert(draftOf(read.data, unknownMembers(record, context)), cleaned.flags, context);
  return { ok: true, alert };
}

/** The native form as a format among the others. */
export const native: Format = {
  name: 'native',
  split: splitList,
  parse: (value, context) => splitList(value).records.map((record) => parseNative(record, context)),
};

/** The id of a refused alert, if it can be said in the answer. */
function readableId({ externalId }: JsonRecord): string | undefined {
  return typeof externalId === 'string' && externalId.length <= maxExternalIdLength ? externalId : undefined;
}

function draftOf(read: NativeAlert, raw: JsonRecord | undefined): Draft {
  return {
    source: read.source,
    externalId: read.externalId,
    title: read.title,
    severity: severityOfWord(read.severity),
    organization: pick(read.organization, nestedMembers.organization),
    description: read.description ?? undefined,
    eventType: read.eventType ?? undefined,
    status: read.status ?? undefined,
    occurredAt: read.occurredAt ?? undefined,
    user: pick(read.user, nestedMembers.user),
    device: pick(read.device, nestedMembers.device),
    application: read.application ?? undefined,
    ip: read.ip ?? undefined,
    location: pick(read.location, nestedMembers.location),
    rule: pick(read.rule, nestedMembers.rule),
    events: read.events?.map((event) => pick(event, nestedMembers.events) ?? {}),
    incidentId: read.incidentId ?? undefined,
    url: read.url ?? undefined,
    recommendedAction: read.recommendedAction ?? undefined,
    labels: labelsOf(read.labels),
    raw,
  };
}

/** The members that we know, those that are null left out; nothing if none is there. */
function pick(from: object | null | undefined, names: readonly string[]): JsonRecord | undefined {
  if (!from) return undefined;
  let picked: JsonRecord | undefined;
  for (const name of names) {
    const member = (from as JsonRecord)[name];
    if (member === undefined || member === null) continue;
    picked ??= {};
    picked[name] = member;
  }
  return picked;
}

/** Labels are texts; numbers and truth values become text as they were spelled. */
function labelsOf(labels: NativeAlert['labels']): Alert['labels'] {
  if (!labels) return undefined;
  const entries: [string, string][] = [];
  for (const [name, value] of Object.entries(labels)) {
    if (value !== null) entries.push([name, numberText(value) ?? String(value)]);
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

const knownMembers = new Set(Object.keys(nativeAlert.shape));

/** What draftOf leaves behind: members that we do not know, and whole nested ones that hold such members. */
function unknownMembers(record: JsonRecord, context: ParseContext): JsonRecord | undefined {
  const entries: [string, unknown][] = [];
  for (const name of Object.keys(record)) {
    const value = record[name];
    const isKept = !knownMembers.has(name) || (Object.hasOwn(nestedMembers, name) && hasMore(name, value));
    if (isKept) entries.push([name, value]);
  }
  // A source that was replaced is still what the sender said.
  const { source } = record;
  if (context.source !== undefined && source !== undefined && source !== context.source) {
    entries.push(['source', source]);
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function hasMore(name: string, value: unknown): boolean {
  const names: readonly string[] = nestedMembers[name as keyof typeof nestedMembers];
  if (Array.isArray(value)) return value.some((one) => hasMore(name, one));
  return isRecord(value) && Object.keys(value).some((member) => !names.includes(member));
}
