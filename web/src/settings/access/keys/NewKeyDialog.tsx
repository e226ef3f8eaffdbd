import { Checkbox, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { z } from 'zod';
import type { newlyMadeKey } from '../../../../../src/access/schemas.ts';
import { send } from '../../../api/client.ts';
import { errorAt } from '../../../parts/fieldErrors.ts';
import { keysQuery } from '../queries.ts';
import { SecretDialog, SecretForm } from '../SecretDialog.tsx';
import { keyScopes } from './scopes.ts';

interface NewKeyDialogProps {
  isOpen: boolean;
  onClose(): void;
}

/** Makes a key and shows it once. */
export function NewKeyDialog({ isOpen, onClose }: NewKeyDialogProps) {
  return (
    <SecretDialog isOpen={isOpen} onClose={onClose} title="Make an API key">
      <NewKey onClose={onClose} />
    </SecretDialog>
  );
}

function NewKey({ onClose }: { onClose(): void }) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<string[]>(['intake']);
  const [source, setSource] = useState('');
  const make = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), scopes, ...(source.trim() !== '' && { source: source.trim() }) };
      return send<z.output<typeof newlyMadeKey>>('POST', '/api-keys', { body });
    },
    meta: { showsProblem: true },
    onSuccess: () => client.invalidateQueries({ queryKey: keysQuery.queryKey }),
  });
  return (
    <SecretForm
      action="Make the key"
      whyNot={scopes.length === 0 ? 'Choose what the key may do.' : undefined}
      making={make}
      refusal="No key was made"
      made={
        make.data && {
          title: `The key ${name.trim()} is made`,
          value: make.data.key,
          what: 'key',
          words:
            'Put it into the program that uses it. Herald keeps only a fingerprint and cannot show it again.',
        }
      }
      onClose={onClose}
    >
      <TextInput
        label="Name"
        description="The program that uses it; it stands in the audit."
        required
        withAsterisk={false}
        maxLength={200}
        data-autofocus
        value={name}
        error={errorAt(make.error, 'name')}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Checkbox.Group
        label="What it may do"
        value={scopes}
        error={errorAt(make.error, 'scopes')}
        onChange={setScopes}
      >
        <Stack gap="xs" mt={4}>
          {keyScopes.map(({ value, label, means }) => (
            <Checkbox key={value} value={value} label={label} description={means} />
          ))}
        </Stack>
      </Checkbox.Group>
      <TextInput
        label="Source (optional)"
        description="Alerts sent with this key count as from this source, whatever they say."
        maxLength={200}
        value={source}
        error={errorAt(make.error, 'source')}
        onChange={(event) => setSource(event.currentTarget.value)}
      />
    </SecretForm>
  );
}
