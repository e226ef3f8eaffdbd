import { Button, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { proveByCode } from '../api/auth.ts';
import { CodeInput, noCode } from '../parts/CodeInput.tsx';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';
import { QuietWay } from '../parts/QuietWay.tsx';
import { Outside } from './Outside.tsx';
import { PasskeyButton } from './PasskeyButton.tsx';

interface SecondFactorFormProps {
  hasPasskeys: boolean;
  onBack(): void;
  onIn(): void;
}

/** The password was right; now the second proof. */
export function SecondFactorForm({ hasPasskeys, onBack, onIn }: SecondFactorFormProps) {
  const [code, setCode] = useState(noCode);
  const prove = useMutation({
    mutationFn: () => proveByCode(code.text, code.isBackup),
    meta: { showsProblem: true },
    onSuccess: onIn,
  });
  return (
    <Outside title="One more step" intro="Your password is right. Prove now that it is you.">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          prove.mutate();
        }}
      >
        <Stack gap="sm">
          {prove.error && <ProblemAlert error={prove.error} title="Not signed in" />}
          <CodeInput value={code} onChange={setCode} />
          <Button type="submit" mt="xs" loading={prove.isPending}>
            Go on
          </Button>
        </Stack>
      </form>
      {hasPasskeys && <PasskeyButton onIn={onIn}>Use a passkey instead</PasskeyButton>}
      <QuietWay onClick={onBack}>Sign in as somebody else</QuietWay>
    </Outside>
  );
}
