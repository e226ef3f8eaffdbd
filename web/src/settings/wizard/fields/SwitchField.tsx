import { Switch } from '@mantine/core';
import { fieldId } from '../step.ts';
import { errorOf, type FieldProps } from './props.ts';

export function SwitchField({ field, form }: FieldProps<'switch'>) {
  const { key, label, help } = field;
  return (
    <Switch
      id={fieldId(key)}
      label={label}
      description={help}
      error={errorOf(form, key)}
      disabled={form.whyNot !== undefined}
      checked={(form.values[key] ?? field.default) === true}
      onChange={(event) => form.set(key, event.currentTarget.checked)}
    />
  );
}
