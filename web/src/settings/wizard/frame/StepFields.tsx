import { Stack } from '@mantine/core';
import { FieldInput } from '../fields/FieldInput.tsx';
import { isShown } from '../form/stepValues.ts';
import type { StepForm } from '../step.ts';

/** All declared fields of a step that are asked for now, one below the other. */
export function StepFields({ form, connectionId }: { form: StepForm; connectionId: string }) {
  return (
    <Stack>
      {form.fields
        .filter((field) => isShown(field, form.values))
        .map((field) => (
          <FieldInput key={field.key} field={field} form={form} connectionId={connectionId} />
        ))}
    </Stack>
  );
}
