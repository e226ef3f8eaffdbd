import { CheckIcon, Group, MultiSelect, SimpleGrid, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { PsaKind } from '../../../api/types.ts';
import { type AccountFilters, choicesQuery } from '../offers/queries.ts';
import { accountCountsQuery } from './queries.ts';

interface AccountFilterBarProps {
  connectionId: string;
  kind: PsaKind;
  filters: AccountFilters;
  onChange(filters: AccountFilters): void;
}

/** Which accounts are offered for mapping, by the kinds of the PSA itself, and how many there are of each (req 63). */
export function AccountFilterBar({ connectionId, kind, filters, onChange }: AccountFilterBarProps) {
  const { data: counts } = useQuery({
    ...accountCountsQuery(connectionId),
    enabled: kind.accountFilters.length > 0,
  });
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
          counted={counts && (counts.find(({ filter }) => filter === key)?.values ?? [])}
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
  /** Undefined while nobody has counted. */
  counted: readonly { value: string; count: number }[] | undefined;
  onChange(values: string[]): void;
}

function OneFilter({ connectionId, field, label, values, counted, onChange }: OneFilterProps) {
  const { data, error } = useQuery(choicesQuery(connectionId, field));
  const counts = counted && new Map(counted.map(({ value, count }) => [value, count]));
  return (
    <MultiSelect
      size="xs"
      classNames={{ inputField: 'filterText' }}
      label={label}
      placeholder={values.length === 0 ? 'Any' : ''}
      clearable
      searchable
      value={[...values]}
      data={(data ?? []).map(({ id, label: words, isActive }) => ({
        value: id,
        label: isActive ? words : `${words} (not in use)`,
      }))}
      renderOption={({ option: { value, label: words }, checked }) => (
        <Choice words={words} count={counts && (counts.get(value) ?? 0)} isChosen={checked ?? false} />
      )}
      nothingFoundMessage={error ? 'The PSA does not answer.' : 'There is none.'}
      onChange={onChange}
    />
  );
}

interface ChoiceProps {
  words: string;
  count: number | undefined;
  isChosen: boolean;
}

function Choice({ words, count, isChosen }: ChoiceProps) {
  return (
    <Group gap={6} wrap="nowrap" w="100%">
      {isChosen && <CheckIcon size={10} aria-hidden="true" />}
      <Text size="xs" dir="auto" truncate flex={1}>
        {words}
      </Text>
      {count !== undefined && (
        <Text size="xs" className="quiet" flex="none">
          {count.toLocaleString('en')}
          <span className="unseen">{count === 1 ? ' account' : ' accounts'}</span>
        </Text>
      )}
    </Group>
  );
}
