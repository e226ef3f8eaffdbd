import { Loader, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get, type Page, query } from '../api/client.ts';
import type { Organization } from '../api/types.ts';
import { FilterChip } from './FilterChip.tsx';

const matching = (q: string) =>
  queryOptions({
    queryKey: ['organizations', 'matching', q],
    queryFn: ({ signal }) => get<Page<Organization>>(`/organizations${query({ q, limit: 50 })}`, signal),
  });

const named = (id: string | undefined) =>
  queryOptions({
    queryKey: ['organizations', 'one', id, 'name'],
    queryFn: ({ signal }) => get<Organization>(`/organizations/${encodeURIComponent(id ?? '')}`, signal),
    enabled: id !== undefined,
  });

interface OrganizationChipProps {
  id: string | undefined;
  onChange(id: string | undefined): void;
}

/** A filter by organization; it is searched for on the server, because there can be thousands. */
export function OrganizationChip({ id, onChange }: OrganizationChipProps) {
  const { data, isError } = useQuery(named(id));
  const name = isError ? 'one that was removed' : (data?.name ?? '…');
  return (
    <FilterChip label="Organization" value={id && name} onClear={() => onChange(undefined)}>
      {(close) => (
        <Choose
          onChange={(chosen) => {
            onChange(chosen);
            close();
          }}
        />
      )}
    </FilterChip>
  );
}

function Choose({ onChange }: { onChange(id: string): void }) {
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text.trim(), 200);
  const { data, isFetching } = useQuery({ ...matching(q), placeholderData: (before) => before });
  return (
    <Select
      label="Organization"
      placeholder="Type a part of its name"
      searchable
      searchValue={text}
      onSearchChange={setText}
      data={(data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      filter={({ options }) => options}
      nothingFoundMessage={isFetching ? 'Searching…' : 'No organization has this in its name.'}
      rightSection={isFetching ? <Loader size="xs" /> : undefined}
      comboboxProps={{ withinPortal: false }}
      value={null}
      onChange={(chosen) => chosen && onChange(chosen)}
    />
  );
}
