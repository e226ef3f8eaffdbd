import { NumberInput } from '@mantine/core';
import { fieldId } from '../step.ts';
import { errorOf, type FieldProps } from './props.ts';

const lastDay = 31;

/** A day of the month, 1 to 31. */
export function DayField({ field, form }: FieldProps<'dayOfMonth'>) {
  const { key, label, help } = field;
  const value = form.values[key];
  return (
    <NumberInput
      id={fieldId(key)}
      label={label}
      description={help}
      error={errorOf(form, key)}
      withAsterisk={field.required ?? field.showWhen !== undefined}
      min={1}
      max={lastDay}
      allowDecimal={false}
      styles={{ wrapper: { maxWidth: 220 } }}
      disabled={form.whyNot !== undefined}
      value={typeof value === 'number' ? value : ''}
      onChange={(given) => form.set(key, typeof given === 'number' ? given : undefined)}
    />
  );
}
