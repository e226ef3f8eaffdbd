import { Group, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { addPasskey, hasPasskeys, signInByPasskey } from '../api/passkeys.ts';
import { ActionButton } from '../parts/ActionButton.tsx';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';

interface AddPasskeyProps {
  onAdded(): void;
  /** Shows the new passkey at once, so that this session counts as proven by two factors. */
  isProof?: boolean;
}

/** A name first, so that one knows later which device it was. */
export function AddPasskey({ onAdded, isProof }: AddPasskeyProps) {
  const [name, setName] = useState('');
  const add = useMutation({
    mutationFn: async () => {
      await addPasskey(name.trim());
      if (isProof) await signInByPasskey();
    },
    meta: { showsProblem: true },
    onSuccess: () => {
      setName('');
      onAdded();
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      <Stack gap="sm">
        {add.error && <ProblemAlert error={add.error} title="No passkey was added" />}
        <Group align="flex-end" gap="sm">
          <TextInput
            label="Name of the passkey"
            placeholder="Laptop, security key…"
            maxLength={100}
            flex={1}
            miw={220}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <ActionButton type="submit" variant="default" loading={add.isPending} whyNot={whyNotAdded(name)}>
            Add a passkey
          </ActionButton>
        </Group>
      </Stack>
    </form>
  );
}

function whyNotAdded(name: string): string | undefined {
  if (!hasPasskeys()) return 'This browser cannot make passkeys. Take a newer one.';
  return name.trim() === '' ? 'Name it first.' : undefined;
}
