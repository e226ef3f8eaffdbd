import { Button, Divider, Group, Paper, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { askOutside } from '../api/client.ts';
import { sessionQuery, useSession } from '../api/session.ts';
import { useSignOut } from '../app/signOut.ts';
import { CodeInput, noCode } from '../parts/CodeInput.tsx';
import { Page } from '../parts/Page.tsx';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';
import { QuietWay } from '../parts/QuietWay.tsx';
import { PasskeyButton } from '../signIn/PasskeyButton.tsx';
import { AddPasskey } from './AddPasskey.tsx';
import { SetUp } from './SetUp.tsx';

/** In place of any page that is for sessions which have shown a second factor, while this one has shown none. */
export function SecondFactorNeeded({ onProven }: { onProven(): void }) {
  const { workspace, secondFactor } = useSession();
  const client = useQueryClient();
  const signOut = useSignOut();
  const proven = async () => {
    await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    onProven();
  };
  return (
    <Page
      title="A second factor is needed"
      intro={`${
        secondFactor.isDemanded
          ? `The workspace ${workspace.name} asks everybody for a second proof beside the password.`
          : 'What belongs to your sign-in is for whoever has your second factor too.'
      } ${secondFactor.isSet ? 'Show yours to go on.' : 'Set one up now; it takes a minute.'}`}
    >
      <Paper withBorder p="lg" maw={640}>
        <Stack gap="md">
          {secondFactor.isSet ? <Show onProven={proven} /> : <Choose onProven={proven} />}
          <QuietWay onClick={() => signOut.mutate()}>Sign out</QuietWay>
        </Stack>
      </Paper>
    </Page>
  );
}

function Show({ onProven }: { onProven(): void }) {
  const { data } = useSuspenseQuery(sessionQuery);
  const [code, setCode] = useState(noCode);
  const prove = useMutation({
    mutationFn: () => askOutside('POST', '/api/session/confirm', { code: code.text.trim() }),
    meta: { showsProblem: true },
    onSuccess: onProven,
  });
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          prove.mutate();
        }}
      >
        <Stack gap="sm" maw={360}>
          {prove.error && <ProblemAlert error={prove.error} title="Not confirmed" />}
          <CodeInput value={code} onChange={setCode} />
          <Group>
            <Button type="submit" loading={prove.isPending}>
              Go on
            </Button>
          </Group>
        </Stack>
      </form>
      {data.options.passkeys && <PasskeyButton onIn={onProven}>Use a passkey</PasskeyButton>}
    </>
  );
}

/** Which of the two to set up. */
function Choose({ onProven }: { onProven(): void }) {
  const { data } = useSuspenseQuery(sessionQuery);
  const [isApp, setApp] = useState(false);
  if (isApp) return <SetUp onDone={onProven} onCancel={() => setApp(false)} />;
  return (
    <>
      <Text>An authenticator app on your phone shows a code that you type when you sign in.</Text>
      <Group>
        <Button onClick={() => setApp(true)}>Set up an authenticator app</Button>
      </Group>
      {data.options.passkeys && (
        <>
          <Divider label="or" />
          <Text>
            A passkey is kept by this device or by a security key, and opened by your finger, face or PIN. It
            replaces password and code.
          </Text>
          <AddPasskey onAdded={onProven} isProof />
        </>
      )}
    </>
  );
}
