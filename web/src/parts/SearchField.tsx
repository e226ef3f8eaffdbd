import { Kbd, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';

/** So long nothing is typed before it is searched for. */
const pauseMs = 300;

interface SearchFieldProps {
  label: string;
  /** What stands in the address. */
  value: string | undefined;
  onSearch(text: string | undefined): void;
}

/** Free text above a list; `/` leads here. */
export function SearchField({ label, value = '', onSearch }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  const search = useDebouncedCallback((typed: string) => {
    sent.current = typed.trim();
    onSearch(sent.current || undefined);
  }, pauseMs);
  // The address was changed by something else than typing: back, a link, "clear".
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      w={{ base: '100%', sm: 300 }}
      maxLength={200}
      value={text}
      rightSection={text === '' ? <Kbd aria-hidden="true">/</Kbd> : undefined}
      onChange={(event) => {
        setText(event.currentTarget.value);
        search(event.currentTarget.value);
      }}
    />
  );
}
