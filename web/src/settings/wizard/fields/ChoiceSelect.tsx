import { Select, type SelectProps } from '@mantine/core';
import type { Choice } from '../../../api/types.ts';

interface ChoiceSelectProps extends Omit<SelectProps, 'data' | 'value' | 'onChange'> {
  choices: readonly Choice[];
  /** Only choices of this parent. */
  parent?: string | undefined;
  /** Offered before the PSA's own values. */
  first?: { value: string; label: string };
  value: string | undefined;
  onChange(value: string | undefined): void;
}

/** One value of a PSA's list in a row or cell. What cannot be used is marked, and stays visible where it is chosen. */
export function ChoiceSelect({ choices, parent, first, value, onChange, ...rest }: ChoiceSelectProps) {
  const own = choices.filter(({ parentId }) => !parent || parentId === undefined || parentId === parent);
  const data = own
    .filter(({ id, isActive }) => isActive || id === value)
    .map(({ id, label, isActive }) => ({
      value: id,
      label: isActive ? label : `${label} (not usable)`,
      disabled: !isActive,
    }));
  const isKnown = value === undefined || value === first?.value || data.some((one) => one.value === value);
  const lost = isKnown ? [] : [{ value: value ?? '', label: `${value} (not in the PSA)`, disabled: true }];
  return (
    <Select
      size="xs"
      searchable
      nothingFoundMessage="The PSA has no such value."
      {...rest}
      data={[...(first ? [{ ...first, disabled: false }] : []), ...data, ...lost]}
      value={value ?? null}
      onChange={(id) => onChange(id ?? undefined)}
    />
  );
}
