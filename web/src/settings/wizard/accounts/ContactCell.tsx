import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { CellSelect, CellText } from '../mapping/CellChoice.tsx';
import { ProblemText } from '../mapping/ProblemText.tsx';
import { defaultContactWords } from '../offers/defaultContact.ts';
import { type Contact, contactsQuery } from '../offers/queries.ts';

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
  const [takesFocus, setTakesFocus] = useState(false);
  const close = (isDone: boolean) => {
    setTakesFocus(isDone);
    setIsOpen(false);
  };
  const { data, error } = useQuery({
    ...contactsQuery(connectionId, accountId),
    enabled: isOpen || contactId !== null,
  });
  if (error) return <ProblemText error={error} />;
  if (!isOpen) {
    const chosen = contactId === null ? undefined : data?.find(({ id }) => id === contactId);
    return (
      <CellText
        words={contactId === null ? defaultContactWords(data) : (chosen?.name ?? `Contact ${contactId}`)}
        label={`Contact for ${organization}: ${contactId === null ? 'default' : (chosen?.name ?? contactId)}`}
        hint="Choose the contact"
        isQuiet={contactId === null}
        whyNot={whyNot}
        tabIndex={tabIndex}
        takesFocus={takesFocus}
        onOpen={() => setIsOpen(true)}
      />
    );
  }
  return (
    <CellSelect
      aria-label={`Contact for ${organization}`}
      listWidth={300}
      value={contactId ?? byDefault}
      data={data ? optionsOf(data) : [{ value: byDefault, label: 'Asking the PSA…' }]}
      allowDeselect={false}
      nothingFoundMessage="No contact is called that."
      onClose={close}
      onChange={(id) => {
        onChoose(id === byDefault ? null : id);
        close(true);
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
