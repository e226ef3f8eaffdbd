import { MultiSelect, SimpleGrid } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { PsaKind } from '../../../api/types.ts';
import { type AccountFilters, choicesQuery } from './queries.ts';

interface AccountFilterBarProps {
  connectionId: string;
  kind: PsaKind;
  filters: AccountFilters;
  onChange(filters: AccountFilters): void;
}

/** Which accounts are offered for mapping, by the kinds of the PSA itself (req 63). */
export function AccountFilterBar({ connectionId, kind, filters, onChange }: AccountFilterBarProps) {
  if (kind.accountFilters.length === 0) return null;
  return (
    <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm" role="group" aria-label="Accounts that are offered">
      {kind.accountFilters.map(({ key, label }) => (
        <OneFilter
          key={key}
          connectionId={connectionId}
          field={key}
          label={label}
          values={filters[key] ?? []}
          onChange={(values) => onChange({ ...filters, [key]: values })}
        />
      ))}
    </SimpleGrid>
  );
}

interface OneFilterProps {
  connectionId: string;
  field: string;
  label: string;
  values: readonly string[];
  onChange(values: string[]): void;
}

function OneFilter({ connectionId, field, label, values, onChange }: OneFilterProps) {
  const { data, error } = useQuery(choicesQuery(connectionId, field));
  return (
    <MultiSelect
      size="xs"
      label={label}
      placeholder={values.length === 0 ? 'Any' : ''}
      clearable
      searchable
      value={[...values]}
      data={(data ?? []).map(({ id, label: words, isActive }) => ({
        value: id,
        label: isActive ? words : `${words} (not in use)`,
      }))}
      nothingFoundMessage={error ? 'The PSA does not answer.' : 'There is none.'}
      onChange={onChange}
    />
  );
}
