import { Button, Group, Text } from '@mantine/core';
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { authPost } from '../../api/auth.ts';
import { profileQuery } from '../../api/profile.ts';
import { sessionQuery, useSession } from '../../api/session.ts';
import { tellDone } from '../../parts/tell.tsx';
import { AskPassword } from '../../secondFactor/AskPassword.tsx';
import { BackupCodes } from '../../secondFactor/BackupCodes.tsx';
import { SetUp } from '../../secondFactor/SetUp.tsx';
import { Section } from './Section.tsx';

type Doing = 'nothing' | 'settingUp' | 'newCodes' | 'removing';

/** The authenticator app: set up, new backup codes, take away. */
export function SecondFactor() {
  const { secondFactor } = useSession();
  const { data } = useSuspenseQuery(profileQuery);
  const isSet = data.hasApp;
  const [doing, setDoing] = useState<Doing>('nothing');
  const stop = () => setDoing('nothing');
  const intro = secondFactor.isDemanded
    ? 'This workspace asks everybody for a second proof beside the password.'
    : 'A second proof beside the password: somebody who learns your password alone cannot sign in.';
  return (
    <Section title="Authenticator app" intro={intro}>
      {doing === 'settingUp' && <SetUp onDone={stop} onCancel={stop} />}
      {doing === 'newCodes' && <NewCodes onDone={stop} />}
      {doing === 'removing' && <Remove onDone={stop} />}
      {doing === 'nothing' && (
        <>
          <Text>
            {isSet ? 'It is set up: Herald asks for its code when you sign in.' : 'It is not set up.'}
          </Text>
          <Group gap="xs">
            {isSet ? (
              <>
                <Button variant="default" onClick={() => setDoing('newCodes')}>
                  Make new backup codes
                </Button>
                <Button variant="default" onClick={() => setDoing('removing')}>
                  Remove the app
                </Button>
              </>
            ) : (
              <Button variant="default" onClick={() => setDoing('settingUp')}>
                Set up an authenticator app
              </Button>
            )}
          </Group>
        </>
      )}
    </Section>
  );
}

function NewCodes({ onDone }: { onDone(): void }) {
  const make = useMutation({
    mutationFn: (password: string) =>
      authPost<{ backupCodes: string[] }>(
        '/two-factor/generate-backup-codes',
        password === '' ? {} : { password },
      ),
    meta: { showsProblem: true },
  });
  if (!make.data)
    return (
      <AskPassword
        action="Make new codes"
        why="The codes that you have now stop working."
        error={make.error}
        isPending={make.isPending}
        onGiven={make.mutate}
        onCancel={onDone}
      />
    );
  return (
    <>
      <BackupCodes codes={make.data.backupCodes} />
      <Group>
        <Button onClick={onDone}>I have kept the codes</Button>
      </Group>
    </>
  );
}

function Remove({ onDone }: { onDone(): void }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: (password: string) => authPost('/two-factor/disable', password === '' ? {} : { password }),
    meta: { showsProblem: true },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      await client.invalidateQueries({ queryKey: profileQuery.queryKey });
      tellDone('The authenticator app was removed. Its backup codes do not work any more.');
      onDone();
    },
  });
  return (
    <AskPassword
      action="Remove the app"
      why="Herald stops asking for its code, and the backup codes end."
      error={remove.error}
      isPending={remove.isPending}
      onGiven={remove.mutate}
      onCancel={onDone}
    />
  );
}
