import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { signInByPassword } from '../api/auth.ts';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';

/** E-mail and password. What was typed stays when it was wrong; nothing tells whether the account exists. */
export function PasswordForm({ onIn, onSecondStep }: { onIn(): void; onSecondStep(): void }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useMutation({
    mutationFn: () => signInByPassword(email.trim(), password),
    meta: { showsProblem: true },
    onSuccess: (isSecondStepAsked) => (isSecondStepAsked ? onSecondStep() : onIn()),
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {signIn.error && <ProblemAlert error={signIn.error} title="Not signed in" />}
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="username webauthn"
          required
          withAsterisk={false}
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" mt="xs" loading={signIn.isPending}>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
