import { Group, Select, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { asProblem } from '../../../api/problem.ts';
import type { Choice } from '../../../api/types.ts';
import { visible } from '../../../parts/visible.ts';
import { choicesQuery } from '../offers/queries.ts';
import { fieldId } from '../step.ts';
import { errorOf, type FieldProps, textOf } from './props.ts';

/** A value of one of the PSA's lists. Those that the PSA no longer offers are marked; a chosen one stays visible. */
export function SelectField({ field, form, connectionId }: FieldProps<'select'>) {
  const { key, label, help, dependsOn } = field;
  const { data, error, isLoading } = useQuery(choicesQuery(connectionId, key));
  const value = textOf(form.values[key]);
  const parent = dependsOn === undefined ? undefined : textOf(form.values[dependsOn]);
  const waitsFor = form.fields.find((one) => one.key === dependsOn);
  const lacksParent = dependsOn !== undefined && parent === '';
  const isWrong = error ? asProblem(error).message : undefined;
  return (
    <Select
      id={fieldId(key)}
      label={label}
      description={help}
      error={errorOf(form, key) ?? isWrong}
      withAsterisk={field.required ?? false}
      placeholder={placeholderOf(isLoading, lacksParent ? waitsFor?.label : undefined)}
      disabled={form.whyNot !== undefined || lacksParent}
      searchable
      clearable={!field.required}
      allowDeselect={!field.required}
      nothingFoundMessage="The PSA has no such value."
      data={offered(data ?? [], value, parent)}
      renderOption={({ option }) => <Offered option={option as Option} />}
      value={value || null}
      onChange={(id) => {
        form.set(key, id ?? undefined);
        // What hangs on the old value does not fit the new one.
        for (const one of form.fields)
          if (one.kind === 'select' && one.dependsOn === key) form.set(one.key, undefined);
      }}
    />
  );
}

interface Option {
  value: string;
  label: string;
  disabled: boolean;
}

/** Choices of this parent; unusable ones last and marked, and only the one that is chosen stays if the PSA has lost it. */
function offered(choices: readonly Choice[], chosen: string, parent: string | undefined): Option[] {
  const own = choices.filter(({ parentId }) => !parent || parentId === undefined || parentId === parent);
  const options = own.map(({ id, label, isActive }) => ({
    value: id,
    label: isActive ? visible(label) : `${visible(label)} (not usable)`,
    disabled: !isActive,
  }));
  const isMissing = chosen !== '' && !own.some(({ id }) => id === chosen);
  if (isMissing) options.push({ value: chosen, label: `${chosen} (not in the PSA)`, disabled: true });
  return options.sort((a, b) => Number(a.disabled) - Number(b.disabled));
}

function Offered({ option: { label, value } }: { option: Option }) {
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs" flex={1}>
      <Text size="sm" dir="auto">
        {label}
      </Text>
      <Text size="xs" className="quiet">
        {value}
      </Text>
    </Group>
  );
}

function placeholderOf(isLoading: boolean, parent: string | undefined): string {
  if (parent !== undefined) return `Choose ${parent} first`;
  return isLoading ? 'Asking the PSA…' : 'Choose';
}
