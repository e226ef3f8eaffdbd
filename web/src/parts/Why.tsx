import { TextInput } from '@mantine/core';

interface WhyProps {
  value: string;
  onChange(text: string): void;
  label?: string;
  description?: string;
  /** As wide as the fields that it stands among. */
  isWide?: boolean;
}

/** Asks why something is changed; what is written goes along with the change into the audit. */
export function Why({
  value,
  onChange,
  label = 'Why this change (optional)',
  description = 'It stands in the audit, for those who ask later.',
  isWide = false,
}: WhyProps) {
  return (
    <TextInput
      label={label}
      description={description}
      maw={isWide ? undefined : 560}
      maxLength={500}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** As it is sent: undefined when nothing was written. */
export const reasonOf = (text: string): string | undefined => text.trim() || undefined;
