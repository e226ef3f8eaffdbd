import { Button, Group, PasswordInput, Stack, Text } from '@mantine/core';
import { useMutation, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { askOutside } from '../api/client.ts';
import { profileQuery } from '../api/profile.ts';
import { sessionQuery } from '../api/session.ts';
import { CodeInput, noCode } from '../parts/CodeInput.tsx';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';
import { QuietWay } from '../parts/QuietWay.tsx';
import { PasskeyButton } from '../signIn/PasskeyButton.tsx';

/** A fresh proof of the person who is signed in: password, code, or passkey. */
export function Proof({ onProven, onCancel }: { onProven(): void; onCancel(): void }) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState(noCode);
  const { data } = useSuspenseQuery(profileQuery);
  const { data: session } = useSuspenseQuery(sessionQuery);
  const hasNothing = !data.hasPassword && !data.hasApp;
  const [isByCode, setByCode] = useState(!data.hasPassword);
  const prove = useMutation({
    mutationFn: () =>
      askOutside('POST', '/api/session/confirm', isByCode ? { code: code.text.trim() } : { password }),
    meta: { showsProblem: true },
    onSuccess: onProven,
  });
  const turn = () => {
    prove.reset();
    setByCode(!isByCode);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        // The form that the change comes from may stand around this one.
        event.stopPropagation();
        prove.mutate();
      }}
    >
      <Stack gap="sm">
        <Text>This change needs a proof that is not older than ten minutes. What you typed is kept.</Text>
        {prove.error && <ProblemAlert error={prove.error} title="Not confirmed" />}
        {hasNothing ? (
          <Text>Herald keeps no password for you: use a passkey, or sign out and in again.</Text>
        ) : isByCode ? (
          <CodeInput value={code} onChange={setCode} />
        ) : (
          <PasswordInput
            label="Your password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            data-autofocus
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
        )}
        {data.hasApp && data.hasPassword && (
          <QuietWay onClick={turn}>
            {isByCode ? 'Use the password' : 'Use a code of the authenticator app'}
          </QuietWay>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          {!hasNothing && (
            <Button type="submit" loading={prove.isPending}>
              Confirm
            </Button>
          )}
        </Group>
        {session.options.passkeys && <PasskeyButton onIn={onProven}>Use a passkey</PasskeyButton>}
      </Stack>
    </form>
  );
}
