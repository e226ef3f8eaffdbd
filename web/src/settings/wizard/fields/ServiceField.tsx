import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { asProblem } from '../../../api/problem.ts';
import { servicesQuery } from '../contracts/queries.ts';
import { fieldId } from '../step.ts';
import { errorOf, type FieldProps, textOf } from './props.ts';

/** A service of the PSA's contracts; where this version does not read them, the field says so. */
export function ServiceField({ field, form, connectionId }: FieldProps<'service'>) {
  const { key, label, help } = field;
  const { data, error, isFetching } = useQuery(servicesQuery(connectionId));
  const value = textOf(form.values[key]);
  return (
    <Select
      id={fieldId(key)}
      label={label}
      description={error ? `${asProblem(error).message} Switch off what asks for it, to go on.` : help}
      error={errorOf(form, key)}
      withAsterisk={field.required ?? field.showWhen !== undefined}
      placeholder={
        isFetching ? 'Asking the PSA …' : error ? 'Cannot be chosen in this version' : 'Choose a service'
      }
      disabled={form.whyNot !== undefined || error !== null}
      searchable
      clearable
      data={(data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      value={value || null}
      onChange={(id) => form.set(key, id ?? undefined)}
    />
  );
}
