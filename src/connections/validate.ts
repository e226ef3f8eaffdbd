/** Validation of a step's body, derived from the adapter's declared fields alone (design §6). Pure. */
import type { FieldError } from '../errors.ts';
import type { Field, Step } from '../psa/contract.ts';
import { readValue, shown, unknownMember } from './values.ts';

export type StepValues = Record<string, unknown>;

export type StepResult =
  | { ok: true; values: StepValues; secrets: Record<string, string> }
  | { ok: false; errors: FieldError[] };

/** A page of errors; nobody reads more. */
const mostErrors = 100;

export const fieldsOf = (fields: readonly Field[], step: Step): Field[] =>
  fields.filter((field) => field.step === step);

/**
 * Reads the body of a step. Unknown keys are refused, defaults of switches applied, one error per wrong field.
 * `storedSecrets` are the keys of secrets that are kept when left out.
 */
export function readStep(
  fields: readonly Field[],
  step: Step,
  body: StepValues,
  storedSecrets: ReadonlySet<string> = new Set(),
): StepResult {
  const own = fieldsOf(fields, step);
  const known = new Set(own.map(({ key }) => key));
  const errors = Object.keys(body)
    .filter((key) => !known.has(key))
    .map((key) => unknownMember(shown(key)));
  const values: StepValues = {};
  const secrets: Record<string, string> = {};
  for (const field of own) {
    const read = readGiven(field, body);
    if ('errors' in read) errors.push(...read.errors);
    else if (read.value === undefined) continue;
    else if (field.kind === 'secret') secrets[field.key] = read.value as string;
    else values[field.key] = read.value;
  }
  const isSet = (key: string) =>
    values[key] !== undefined || secrets[key] !== undefined || storedSecrets.has(key);
  const wrong = new Set(errors.map(({ field }) => field.split(/[.[]/)[0]));
  for (const field of own) {
    if (!wrong.has(field.key)) errors.push(...missing(field, values, isSet));
  }
  if (errors.length > 0) return { ok: false, errors: errors.slice(0, mostErrors) };
  return { ok: true, values, secrets };
}

/** What keeps a stored step from being complete; empty = complete. The same rules as at saving (req 90, 105). */
export function missingIn(
  fields: readonly Field[],
  step: Step,
  values: StepValues,
  storedSecrets: ReadonlySet<string>,
): FieldError[] {
  const result = readStep(fields, step, values, storedSecrets);
  return result.ok ? [] : result.errors;
}

function readGiven(field: Field, body: StepValues): ReturnType<typeof readValue> {
  const given = Object.hasOwn(body, field.key) ? body[field.key] : undefined;
  if (given === undefined || (given === null && field.kind !== 'brake')) {
    return { value: field.kind === 'switch' ? field.default : undefined };
  }
  return readValue(field, given);
}

/** A field with a condition is asked for, and required, only while the condition holds. */
export function isShown({ showWhen }: Field, values: StepValues): boolean {
  return showWhen === undefined || values[showWhen.key] === showWhen.equals;
}

function missing(field: Field, values: StepValues, isSet: (key: string) => boolean): FieldError[] {
  const { key, label } = field;
  const isRequired = field.required === true || field.showWhen !== undefined;
  if (!isSet(key)) {
    if (!isRequired || !isShown(field, values)) return [];
    return [{ field: key, code: 'required', message: `${label} is required.` }];
  }
  const parent = field.kind === 'select' ? field.dependsOn : field.kind === 'contact' ? field.of : undefined;
  if (parent === undefined || isSet(parent)) return [];
  return [{ field: key, code: 'parentMissing', message: `${label} needs ${parent} to be chosen first.` }];
}
