import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { asProblem } from '../../../api/problem.ts';
import { visible } from '../../../parts/visible.ts';
import { defaultContactWords } from '../offers/defaultContact.ts';
import { type Contact, contactsQuery } from '../offers/queries.ts';
import { fieldId } from '../step.ts';
import { errorOf, type FieldProps, textOf } from './props.ts';

/** A contact of the account that another field holds. */
export function ContactField({ field, form, connectionId }: FieldProps<'contact'>) {
  const { key, label, help, of } = field;
  const accountId = textOf(form.values[of]);
  const { data, error, isLoading } = useQuery({
    ...contactsQuery(connectionId, accountId),
    enabled: accountId !== '',
  });
  const id = textOf(form.values[key]);
  const options = (data ?? []).map(({ id: value, name, emails }) => ({
    value,
    label: visible(emails[0] ? `${name} (${emails[0]})` : name),
  }));
  if (id !== '' && !options.some(({ value }) => value === id))
    options.push({ value: id, label: `Contact ${id}` });
  return (
    <Select
      id={fieldId(key)}
      label={label}
      description={help}
      error={errorOf(form, key) ?? (error ? asProblem(error).message : undefined)}
      withAsterisk={field.required ?? false}
      placeholder={placeholderOf(accountId === '', isLoading, data)}
      disabled={form.whyNot !== undefined || accountId === ''}
      searchable
      clearable
      nothingFoundMessage="No contact is called that."
      data={options}
      value={id || null}
      onChange={(value) => form.set(key, value ?? undefined)}
    />
  );
}

function placeholderOf(
  lacksAccount: boolean,
  isLoading: boolean,
  contacts: readonly Contact[] | undefined,
): string {
  if (lacksAccount) return 'Choose the account first';
  return isLoading ? 'Asking the PSA…' : defaultContactWords(contacts);
}
