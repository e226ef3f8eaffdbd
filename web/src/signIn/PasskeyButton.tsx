import { Button, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { hasPasskeys, signInByPasskey } from '../api/passkeys.ts';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';

/** Signs in with a passkey; not shown where the browser cannot. */
export function PasskeyButton({ onIn, children }: { onIn(): void; children: ReactNode }) {
  const signIn = useMutation({
    mutationFn: signInByPasskey,
    meta: { showsProblem: true },
    onSuccess: onIn,
  });
  if (!hasPasskeys()) return null;
  return (
    <Stack gap="xs">
      {signIn.error && <ProblemAlert error={signIn.error} title="Not signed in" />}
      <Button variant="default" loading={signIn.isPending} onClick={() => signIn.mutate()}>
        {children}
      </Button>
    </Stack>
  );
}
