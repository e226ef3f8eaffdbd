/** What every field component of the wizard gets. */
import type { FieldError } from '../../../api/problem.ts';
import type { Field } from '../../../api/types.ts';
import { keyOf, type StepForm } from '../step.ts';

/** A declared field of this kind. */
export type FieldOf<Kind extends Field['kind']> = Extract<Field, { kind: Kind }>;

/** `connectionId`: whose lists to choose from. */
export interface FieldProps<Kind extends Field['kind'] = Field['kind']> {
  field: FieldOf<Kind>;
  form: StepForm;
  connectionId: string;
}

/** What is wrong with this very field; undefined when nothing is to be shown. */
export function errorAt({ shown }: Pick<StepForm, 'shown'>, place: string): FieldError | undefined {
  return shown.find(({ field }) => field === place);
}

/** The same as text. */
export function errorOf(form: Pick<StepForm, 'shown'>, place: string): string | undefined {
  return errorAt(form, place)?.message;
}

/** All that is wrong in a field with parts: `priorities.low`, `alertOverrides[0].issueType`. */
export function errorsIn(form: StepForm, key: string): FieldError[] {
  return form.shown.filter(({ field }) => keyOf(field) === key);
}

/** A value as text, for fields that hold an id or text. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
