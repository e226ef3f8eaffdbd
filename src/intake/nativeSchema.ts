import { z } from 'zod';
import { numberText } from '../http/lossless.ts';
import { maxEvents, maxExternalIdLength, maxSourceLength, refused } from './compose.ts';
import { at, maxNameLength } from './reader.ts';
import type { FieldError } from './types.ts';

/** At most so many wrong members are named in one answer. */
const maxFieldErrors = 20;

const someText = z.string().regex(/\S/);
const word = z.string().max(maxNameLength).nullish();
const longText = z.string().nullish();
const number = z.custom<unknown>((value) => numberText(value) !== undefined);
const labelValue = z.union([z.string(), z.boolean(), z.null(), number]);

/** The members of nested members, as design §9 has them. */
export const nestedMembers = {
  organization: ['externalId', 'domain', 'tenantId', 'name'],
  user: ['email', 'name'],
  device: ['name', 'ip'],
  location: ['country', 'city'],
  rule: ['kind', 'id', 'name'],
  events: ['type', 'at', 'summary'],
} as const;

const organization = z.looseObject({ externalId: word, domain: word, tenantId: word, name: word });
const event = z.looseObject({ type: word, at: word, summary: longText });

/** The native form (design §9): what is required, the types of what is known, and the limits. Times are text. */
export const nativeAlert = z.looseObject({
  source: someText.max(maxSourceLength),
  externalId: someText.max(maxExternalIdLength),
  title: someText,
  severity: someText.max(maxSourceLength),
  organization: organization.nullish(),
  description: longText,
  eventType: word,
  status: word,
  occurredAt: word,
  user: z.looseObject({ email: word, name: word }).nullish(),
  device: z.looseObject({ name: word, ip: word }).nullish(),
  application: word,
  ip: word,
  location: z.looseObject({ country: word, city: word }).nullish(),
  rule: z.looseObject({ kind: word, id: word, name: word }).nullish(),
  events: z.array(event).max(maxEvents).nullish(),
  incidentId: word,
  url: word,
  recommendedAction: longText,
  labels: z.record(z.string(), labelValue).nullish(),
});

export type NativeAlert = z.infer<typeof nativeAlert>;

/** Says in our words what the schema found; values are never repeated. */
export function fieldErrors(error: z.ZodError, record: unknown): FieldError[] {
  return error.issues.slice(0, maxFieldErrors).map((issue) => {
    const path = issue.path.map(String);
    const field = pathText(issue.path);
    if (issue.code === 'too_big') return tooBig(field, issue.origin, Number(issue.maximum));
    if (issue.code === 'invalid_format') return refused(field, 'required', `${field} must not be empty.`);
    const value = valueAt(record, path);
    if (value === undefined || value === null) return refused(field, 'required', `${field} is missing.`);
    const expected = issue.code === 'invalid_type' ? issue.expected : 'label';
    const message = `${field} must be ${kinds[expected] ?? 'something else'}, not ${kindOf(value)}.`;
    return refused(field, 'invalidType', message);
  });
}

const kinds: Record<string, string> = {
  string: 'text',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  label: 'text, a number, true or false',
};

function kindOf(value: unknown): string {
  if (numberText(value) !== undefined) return 'a number';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  return typeof value === 'boolean' ? 'true or false' : 'an object';
}

function tooBig(field: string, origin: string, maximum: number): FieldError {
  const most = maximum.toLocaleString('en');
  if (origin === 'string') return refused(field, 'tooBig', `${field} has more than ${most} characters.`);
  return refused(field, 'tooBig', `${field} has more than ${most} entries.`);
}

/** `events[3].type` */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : dotted(String(part), index)))
    .join('');
}

/** A label's name comes from the sender: shown in part, and without control characters. */
function dotted(part: string, index: number): string {
  const shown = part.slice(0, 100).replace(/[^\x20-\x7e]/g, '?');
  return index === 0 ? shown : `.${shown}`;
}

function valueAt(record: unknown, path: readonly string[]): unknown {
  return path.reduce((found, part) => (Array.isArray(found) ? found[Number(part)] : at(found, part)), record);
}
