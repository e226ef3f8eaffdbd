import { Alert, Button, Code, Divider, Stack, Text } from '@mantine/core';
import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { sessionQuery } from '../api/session.ts';
import { EnterDemo } from './EnterDemo.tsx';
import { forgetPerson } from './forgetPerson.ts';
import { ownPath } from './next.ts';
import { Outside } from './Outside.tsx';
import { PasskeyButton } from './PasskeyButton.tsx';
import { PasswordForm } from './PasswordForm.tsx';
import { refusalInWords } from './refusalInWords.ts';
import { signInRoute } from './routes.ts';
import { SecondFactorForm } from './SecondFactorForm.tsx';

/** All ways in. Whoever is in already goes on to where they wanted to go. */
export function SignInPage() {
  const { next } = signInRoute.useSearch();
  const { data } = useSuspenseQuery(sessionQuery);
  const client = useQueryClient();
  const router = useRouter();
  const isIn = data.signedIn !== null;
  const [isOutside, setOutside] = useState(false);
  useEffect(() => {
    if (isIn) router.history.replace(ownPath(next, location.origin));
  }, [isIn, next, router]);

  const enter = async () => {
    forgetPerson(client);
    const { signedIn } = await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
    setOutside(signedIn === null);
  };
  if (isOutside) return <NoWorkspace />;
  if (isIn) return <Outside title="Signed in">{null}</Outside>;
  if (data.options.demo) return <EnterDemo places={data.options.demo} onIn={enter} />;
  if (data.options.isFirstStart) return <FirstStart />;
  return <Ways options={data.options} onIn={enter} />;
}

/** The person is known and proven, and belongs nowhere. */
function NoWorkspace() {
  return (
    <Outside title="You are not a member here any more">
      <Text>
        Your sign-in is right, but you do not belong to a workspace. Ask an administrator to invite you.
      </Text>
    </Outside>
  );
}

function FirstStart() {
  return (
    <Outside title="Welcome to Herald" intro="Nobody has an account here yet.">
      <Alert color="indigo" title="The way in stands on the terminal" role="note">
        Herald has written a link for the first administrator on the terminal where it was started, and into
        its log. Open that link. It works once and for one hour; a restart of Herald writes a new one.
      </Alert>
      <Text size="sm" className="quiet">
        Everybody else is invited later, in Settings › Access.
      </Text>
    </Outside>
  );
}

/** Whoever leaves for the provider comes back to where they wanted to go. */
const signOnAddress = (id: string, next: string | undefined): string =>
  `/api/sign-on/${id}/begin${next === undefined ? '' : `?${new URLSearchParams({ next })}`}`;

interface WaysProps {
  options: { passkeys: boolean; singleSignOn: { id: string; name: string }[] };
  onIn(): void;
}

function Ways({ options, onIn }: WaysProps) {
  const [isSecondStep, setSecondStep] = useState(false);
  const { refused, next } = signInRoute.useSearch();
  if (isSecondStep)
    return (
      <SecondFactorForm hasPasskeys={options.passkeys} onBack={() => setSecondStep(false)} onIn={onIn} />
    );
  const hasOthers = options.passkeys || options.singleSignOn.length > 0;
  return (
    <Outside title="Sign in">
      {refused && (
        <Alert color="red" title="The single sign-on did not work" role="alert">
          {refusalInWords[refused]}
        </Alert>
      )}
      <PasswordForm onIn={onIn} onSecondStep={() => setSecondStep(true)} />
      {hasOthers && <Divider label="or" labelPosition="center" />}
      {hasOthers && (
        <Stack gap="xs">
          {options.passkeys && <PasskeyButton onIn={onIn}>Sign in with a passkey</PasskeyButton>}
          {options.singleSignOn.map(({ id, name }) => (
            <Button key={id} component="a" variant="default" href={signOnAddress(id, next)}>
              Sign in with {name}
            </Button>
          ))}
        </Stack>
      )}
      <Text size="sm" className="quiet">
        No account? Ask an administrator for an invitation. Password lost? Whoever runs Herald sets a new one
        with <Code>herald user create</Code>.
      </Text>
    </Outside>
  );
}
