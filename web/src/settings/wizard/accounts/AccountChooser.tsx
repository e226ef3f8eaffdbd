import { Combobox, Group, Loader, Text, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type Account, type AccountFilters, offeredAccountsQuery } from '../offers/queries.ts';

interface AccountChooserProps {
  connectionId: string;
  /** Says what it is for, where no label is seen. */
  name: string;
  placeholder?: string;
  /** Only accounts with these values are offered. */
  filters: AccountFilters;
  /** Opens at once and takes the focus. */
  isOpen?: boolean;
  onChoose(account: Account): void;
  /** Closed without a choice. */
  onClose?(): void;
}

/** One of thousands of accounts, by typing a part of its name: the server searches. */
export function AccountChooser({
  connectionId,
  name,
  placeholder = 'Type a part of its name',
  filters,
  isOpen = false,
  onChoose,
  onClose,
}: AccountChooserProps) {
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 150);
  const { data, isFetching } = useQuery(offeredAccountsQuery(connectionId, q, filters));
  const list = useCombobox({ defaultOpened: isOpen });
  const found = data?.items ?? [];
  // Until the server has answered, those that are here already.
  const accounts =
    q === typed.trim() && !isFetching ? found : found.filter(({ name: own }) => isIn(own, typed));
  // Enter takes the first one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed and found moves the mark
  useEffect(() => {
    if (typed !== '' && accounts.length > 0) list.selectFirstOption();
  }, [data, typed]);
  const choose = (id: string) => {
    const account = accounts.find((one) => one.id === id);
    list.closeDropdown();
    setTyped('');
    if (account) onChoose(account);
  };
  return (
    <Combobox store={list} onOptionSubmit={choose} width={340} position="bottom-start">
      <Combobox.Target>
        <TextInput
          aria-label={name}
          placeholder={placeholder}
          size="xs"
          autoFocus={isOpen}
          autoComplete="off"
          value={typed}
          rightSection={isFetching ? <Loader size={12} /> : <Combobox.Chevron size="xs" />}
          rightSectionPointerEvents="none"
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            list.openDropdown();
          }}
          onClick={() => list.openDropdown()}
          onFocus={() => list.openDropdown()}
          onBlur={() => {
            list.closeDropdown();
            onClose?.();
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape') onClose?.();
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options mah={280} className="scrolls" aria-label={name}>
          {accounts.map((account) => (
            <Combobox.Option key={account.id} value={account.id}>
              <Offered account={account} />
            </Combobox.Option>
          ))}
          {accounts.length === 0 && (
            <Combobox.Empty>{isFetching ? 'Searching…' : nothingFound(q, filters)}</Combobox.Empty>
          )}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

const isIn = (name: string, typed: string): boolean =>
  name.toLowerCase().includes(typed.trim().toLowerCase());

function nothingFound(q: string, filters: AccountFilters): string {
  const isFiltered = Object.keys(filters).length > 0;
  if (q === '' && !isFiltered) return 'No accounts are loaded yet.';
  return isFiltered ? 'No account fits it and the filters.' : 'No account is called that.';
}

function Offered({ account }: { account: Account }) {
  const uses = account.organizationIds.length;
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs">
      <Text size="sm" dir="auto" truncate>
        {account.name}
      </Text>
      <Text size="xs" className="quiet" flex="none">
        {uses > 0 && `${uses === 1 ? '1 organization' : `${uses} organizations`} · `}
        {account.number ?? account.id}
      </Text>
    </Group>
  );
}
