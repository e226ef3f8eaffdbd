import { List, PasswordInput, Stack } from '@mantine/core';

/** How long a password must be; the server decides, this only tells it early. */
const leastCharacters = 12;

interface NewPasswordProps {
  value: string;
  onChange(password: string): void;
  label?: string;
  /** What the server says about it. */
  error?: string | undefined;
}

/** A field for a password that one thinks of now, with its rules. */
export function NewPassword({ value, onChange, label = 'Password', error }: NewPasswordProps) {
  return (
    <Stack gap={6}>
      <PasswordInput
        label={label}
        autoComplete="new-password"
        required
        withAsterisk={false}
        minLength={leastCharacters}
        // No maxLength: browsers count otherwise than the server, and cut what is pasted without a word.
        value={value}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <List size="sm" className="quiet">
        <List.Item>
          At least {leastCharacters} characters{lengthInWords(value)}; 15 or more are better.
        </List.Item>
        <List.Item>None that is widely known, and not your e-mail address.</List.Item>
        <List.Item>Spaces and all signs are allowed: a short sentence is a good password.</List.Item>
      </List>
    </Stack>
  );
}

function lengthInWords(value: string): string {
  if (value === '') return '';
  const missing = leastCharacters - [...value].length;
  return missing > 0 ? ` (${missing} more)` : ' (done)';
}
