import { Select, Text, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { defaultContactWords } from './defaultContact.ts';
import { ProblemText } from './ProblemText.tsx';
import { type Contact, contactsQuery } from './queries.ts';

interface ContactCellProps {
  connectionId: string;
  organization: string;
  accountId: string;
  contactId: string | null;
  whyNot: string | undefined;
  tabIndex: number;
  onChoose(contactId: string | null): void;
}

const byDefault = '';

/** Which contact the tickets of a row get when no address matches. Contacts are asked of the PSA when one wants to see them. */
export function ContactCell({
  connectionId,
  organization,
  accountId,
  contactId,
  whyNot,
  tabIndex,
  onChoose,
}: ContactCellProps) {
  const [isOpen, setIsOpen] = useState(false);
  const { data, error } = useQuery({
    ...contactsQuery(connectionId, accountId),
    enabled: isOpen || contactId !== null,
  });
  if (error) return <ProblemText error={error} />;
  if (!isOpen) {
    const chosen = contactId === null ? undefined : data?.find(({ id }) => id === contactId);
    return (
      <UnstyledButton
        tabIndex={tabIndex}
        className="mappingText"
        disabled={whyNot !== undefined}
        title={whyNot ?? 'Choose the contact'}
        aria-label={`Contact for ${organization}: ${contactId === null ? 'default' : (chosen?.name ?? contactId)}`}
        onClick={() => setIsOpen(true)}
      >
        <Text size="sm" truncate dir="auto" {...(contactId === null && { className: 'quiet' })}>
          {contactId === null ? defaultContactWords(data) : (chosen?.name ?? `Contact ${contactId}`)}
        </Text>
      </UnstyledButton>
    );
  }
  return (
    <Select
      aria-label={`Contact for ${organization}`}
      size="xs"
      autoFocus
      searchable
      defaultDropdownOpened
      value={contactId ?? byDefault}
      data={data ? optionsOf(data) : [{ value: byDefault, label: 'Asking the PSA…' }]}
      allowDeselect={false}
      comboboxProps={{ width: 300, position: 'bottom-start' }}
      nothingFoundMessage="No contact is called that."
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape') setIsOpen(false);
      }}
      onBlur={() => setIsOpen(false)}
      onChange={(id) => {
        onChoose(id === byDefault ? null : id);
        setIsOpen(false);
      }}
    />
  );
}

const optionsOf = (contacts: readonly Contact[]) => [
  { value: byDefault, label: defaultContactWords(contacts) },
  ...contacts.map(({ id, name, emails }) => ({
    value: id,
    label: emails[0] ? `${name} (${emails[0]})` : name,
  })),
];
