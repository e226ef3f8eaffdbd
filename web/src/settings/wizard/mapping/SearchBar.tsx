import { Group, SegmentedControl, TextInput } from '@mantine/core';
import type { wizardRoute } from '../../routes.ts';
import type { TableSearch } from './useTableSearch.ts';

type Show = NonNullable<ReturnType<typeof wizardRoute.useSearch>['show']>;

interface SearchBarProps {
  search: TableSearch;
  /** What is searched, for who does not see where the field stands. */
  label: string;
  placeholder: string;
  /** Undefined: all rows. */
  show: Show | undefined;
  choices: readonly { show: Show | 'all'; words: string; count: number }[];
}

/** Above a mapping table: which rows are seen, and how many there are of each. */
export function SearchBar({ search, label, placeholder, show, choices }: SearchBarProps) {
  return (
    <Group gap="sm" flex="1 1 auto">
      <TextInput
        type="search"
        size="xs"
        aria-label={label}
        placeholder={placeholder}
        value={search.q}
        onChange={(event) => search.seek(event.currentTarget.value)}
        flex="1 1 180px"
      />
      <SegmentedControl
        size="xs"
        aria-label="Which organizations are shown"
        value={show ?? 'all'}
        onChange={(value) => search.put({ show: value === 'all' ? undefined : value })}
        data={choices.map(({ show: value, words, count }) => ({
          value,
          label: `${words} ${count.toLocaleString('en')}`,
        }))}
      />
    </Group>
  );
}
