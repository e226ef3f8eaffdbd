import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { organizationChoicesQuery } from '../../organizations/queries.ts';

interface OrganizationSelectProps {
  value: string | undefined;
  error?: string | undefined;
  onChange(id: string | undefined): void;
}

/** One organization, searched for on the server, because there can be thousands. */
export function OrganizationSelect({ value, error, onChange }: OrganizationSelectProps) {
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text.trim(), 200);
  const { data, isFetching } = useQuery(organizationChoicesQuery(q));
  const [chosen, setChosen] = useState<{ value: string; label: string }>();
  const found = (data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const isChosenFound = found.some((one) => one.value === chosen?.value);
  return (
    <Select
      label="Organization"
      w="100%"
      placeholder="Type a part of its name"
      searchable
      searchValue={text}
      onSearchChange={setText}
      data={chosen && !isChosenFound ? [chosen, ...found] : found}
      filter={({ options }) => options}
      nothingFoundMessage={isFetching ? 'Looking …' : 'No organization has this in its name.'}
      error={error}
      value={value ?? null}
      onChange={(id, option) => {
        setChosen(option ? { value: option.value, label: option.label } : undefined);
        onChange(id ?? undefined);
      }}
    />
  );
}
