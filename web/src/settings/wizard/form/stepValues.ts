/** Values of a step between what the server answers and what a form holds. */
import type { Connection, Field } from '../../../api/types.ts';
import type { FormStep, StepValues } from '../step.ts';

const isSecret = (fields: readonly Field[], key: string): boolean =>
  fields.some((field) => field.key === key && field.kind === 'secret');

/** The stored values of a step; secrets are not among them. */
export function storedValues(connection: Connection, step: FormStep, fields: readonly Field[]): StepValues {
  return withoutSecrets(connection.steps[step] ?? {}, fields);
}

/** Values that may be kept in the browser: no secret ever is. */
export function withoutSecrets(values: StepValues, fields: readonly Field[]): StepValues {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !isSecret(fields, key)));
}

/** The secrets of a step that are stored. */
export function secretsOf(connection: Connection, step: FormStep): ReadonlySet<string> {
  const entries = Object.entries(connection.steps[step] ?? {});
  return new Set(entries.filter(([, value]) => isStored(value)).map(([key]) => key));
}

const isStored = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (value as { isSet?: unknown }).isSet === true;

/** The same whatever the order of the members. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

export const isSame = (a: unknown, b: unknown): boolean => canonical(a ?? null) === canonical(b ?? null);

/** The keys in which two states of a step differ. */
export function differingKeys(a: StepValues, b: StepValues): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => !isSame(a[key], b[key]));
}

/** A field with a condition is there only while the condition holds. */
export function isShown(field: Field, values: StepValues): boolean {
  return field.showWhen === undefined || values[field.showWhen.key] === field.showWhen.equals;
}
