import { Button, Group, PasswordInput, Stack, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { profileQuery } from '../api/profile.ts';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';

interface AskPasswordProps {
  /** The verb on the button. */
  action: string;
  why: string;
  error: unknown;
  isPending: boolean;
  onGiven(password: string): void;
  onCancel?: () => void;
}

/** Asks for one's own password once more; people who sign in elsewhere have none, and only say that they want it. */
export function AskPassword({ action, why, error, isPending, onGiven, onCancel }: AskPasswordProps) {
  const [password, setPassword] = useState('');
  const { data } = useSuspenseQuery(profileQuery);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onGiven(password);
      }}
    >
      <Stack gap="sm">
        {error != null && <ProblemAlert error={error} title="Not done" />}
        {data.hasPassword ? (
          <PasswordInput
            label="Your password"
            description={why}
            autoComplete="current-password"
            required
            withAsterisk={false}
            autoFocus
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
        ) : (
          <Text>{why}</Text>
        )}
        <Group gap="xs">
          <Button type="submit" loading={isPending}>
            {action}
          </Button>
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              Cancel
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
