import { TextInput } from '@mantine/core';
import { fieldId } from '../step.ts';
import { errorOf, type FieldProps, textOf } from './props.ts';

export function TextField({ field, form }: FieldProps<'text'>) {
  const { key, label, help, required, maxLength } = field;
  return (
    <TextInput
      id={fieldId(key)}
      label={label}
      description={help}
      error={errorOf(form, key)}
      withAsterisk={required ?? false}
      maxLength={maxLength}
      autoComplete="off"
      spellCheck={false}
      disabled={form.whyNot !== undefined}
      value={textOf(form.values[key])}
      onChange={(event) => form.set(key, event.currentTarget.value)}
    />
  );
}
