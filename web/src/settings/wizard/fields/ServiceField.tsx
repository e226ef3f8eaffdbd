import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { asProblem } from '../../../api/problem.ts';
import { visible } from '../../../parts/visible.ts';
import { servicesQuery } from '../offers/queries.ts';
import { fieldId } from '../step.ts';
import { errorOf, type FieldProps, textOf } from './props.ts';

/** A service of the PSA's contracts, by name. */
export function ServiceField({ field, form, connectionId }: FieldProps<'service'>) {
  const { key, label, help } = field;
  const { data, error, isFetching } = useQuery(servicesQuery(connectionId));
  const value = textOf(form.values[key]);
  const offered = (data ?? []).filter(({ id, isActive }) => isActive || id === value);
  const options = offered.map(({ id, name, unitPrice, isActive }) => {
    const details = isActive ? unitPrice : 'not active any more';
    return { value: id, label: details ? `${visible(name)} (${details})` : visible(name) };
  });
  if (value !== '' && !offered.some(({ id }) => id === value))
    options.push({ value, label: `Service ${value}` });
  return (
    <Select
      id={fieldId(key)}
      label={label}
      description={error ? `${asProblem(error).message} Until then no service can be chosen.` : help}
      error={errorOf(form, key)}
      withAsterisk={field.required ?? field.showWhen !== undefined}
      placeholder={isFetching ? 'Asking the PSA…' : 'Choose a service'}
      disabled={form.whyNot !== undefined || error !== null}
      searchable
      clearable
      nothingFoundMessage="No service is called that."
      data={options}
      value={value || null}
      onChange={(id) => form.set(key, id ?? undefined)}
    />
  );
}
