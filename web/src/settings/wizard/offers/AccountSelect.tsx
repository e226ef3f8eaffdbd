import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { visible } from '../../../parts/visible.ts';
import { accountQuery, offeredAccountsQuery } from './queries.ts';

interface AccountSelectProps extends Omit<SelectProps, 'value' | 'onChange' | 'data'> {
  connectionId: string;
  /** Empty: none is chosen. */
  accountId: string;
  onChoose(accountId: string): void;
}

/** One account of the PSA, of which there may be thousands: the server searches for what is typed. */
export function AccountSelect({ connectionId, accountId, onChoose, error, ...rest }: AccountSelectProps) {
  const { data: chosen } = useQuery({ ...accountQuery(connectionId, accountId), enabled: accountId !== '' });
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 150);
  const name = chosen?.id === accountId ? visible(chosen.name) : '';
  // What stands in the field is the name of the chosen one until somebody types.
  const { data, isFetching } = useQuery(offeredAccountsQuery(connectionId, q === name ? '' : q, {}));
  const found = (data?.items ?? []).map((one) => ({ value: one.id, label: visible(one.name) }));
  const isListed = accountId === '' || found.some(({ value }) => value === accountId);
  const options = isListed ? found : [{ value: accountId, label: name || `Account ${accountId}` }, ...found];
  return (
    <Select
      {...rest}
      placeholder="Type a part of its name"
      error={
        error ??
        (name !== '' && !chosen?.isActive ? 'This account is no longer active in the PSA.' : undefined)
      }
      searchable
      allowDeselect={false}
      filter={({ options: all }) => all}
      nothingFoundMessage={isFetching ? 'Searching…' : 'No account is called that.'}
      data={options}
      value={accountId || null}
      searchValue={typed}
      onSearchChange={setTyped}
      onChange={(id) => {
        if (id !== null) onChoose(id);
      }}
    />
  );
}
