import { Button, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { errorAt } from '../parts/fieldErrors.ts';
import { NewPassword } from '../parts/NewPassword.tsx';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';

interface NewcomerFormProps {
  email: string;
  error: unknown;
  isPending: boolean;
  onGiven(newcomer: { name: string; password: string }): void;
}

/** An invited person says a name and thinks of a password. */
export function NewcomerForm({ email, error, isPending, onGiven }: NewcomerFormProps) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onGiven({ name: name.trim(), password });
      }}
    >
      <Stack gap="sm">
        {error != null && <ProblemAlert error={error} title="Not accepted" isBesideFields />}
        <TextInput
          label="E-mail"
          description="The invitation is for this address; you sign in with it."
          type="email"
          autoComplete="username"
          readOnly
          value={email}
        />
        <TextInput
          label="Your name"
          description="Others see it beside what you change."
          autoComplete="name"
          required
          withAsterisk={false}
          autoFocus
          maxLength={100}
          value={name}
          error={errorAt(error, 'name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NewPassword value={password} error={errorAt(error, 'password')} onChange={setPassword} />
        <Button type="submit" mt="xs" loading={isPending}>
          Accept the invitation
        </Button>
      </Stack>
    </form>
  );
}
