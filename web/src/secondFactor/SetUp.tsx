import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { authPost, proveByCode } from '../api/auth.ts';
import { profileQuery } from '../api/profile.ts';
import { sessionQuery } from '../api/session.ts';
import { AskPassword } from './AskPassword.tsx';
import { BackupCodes } from './BackupCodes.tsx';
import { ScanStep } from './ScanStep.tsx';

interface Made {
  totpURI: string;
  backupCodes: string[];
}

interface SetUpProps {
  /** After the backup codes were kept. */
  onDone(): void;
  onCancel?: () => void;
}

/** An authenticator app in three steps: the password, the code of the app, the backup codes. */
export function SetUp({ onDone, onCancel }: SetUpProps) {
  const client = useQueryClient();
  const [made, setMade] = useState<Made>();
  const [isProven, setProven] = useState(false);
  const begin = useMutation({
    mutationFn: (password: string) =>
      authPost<Made>('/two-factor/enable', password === '' ? {} : { password }),
    meta: { showsProblem: true },
    onSuccess: setMade,
  });
  const prove = useMutation({
    mutationFn: (code: string) => proveByCode(code, false),
    meta: { showsProblem: true },
    onSuccess: () => setProven(true),
  });
  const done = async () => {
    await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    await client.invalidateQueries({ queryKey: profileQuery.queryKey });
    onDone();
  };

  if (!made)
    return (
      <AskPassword
        action="Go on"
        why="From then on you type a code of the app when you sign in."
        error={begin.error}
        isPending={begin.isPending}
        onGiven={begin.mutate}
        {...(onCancel && { onCancel })}
      />
    );
  if (!isProven)
    return (
      <ScanStep uri={made.totpURI} error={prove.error} isPending={prove.isPending} onCode={prove.mutate} />
    );
  return (
    <Stack gap="sm" align="flex-start">
      <Alert color="green" title="The authenticator app is set up" role="status" w="100%">
        <Text>From now on Herald asks for its code when you sign in.</Text>
      </Alert>
      <BackupCodes codes={made.backupCodes} />
      <Group>
        <Button onClick={done}>I have kept the codes</Button>
      </Group>
    </Stack>
  );
}
