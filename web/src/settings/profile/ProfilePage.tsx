import { Divider, Stack } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { sessionQuery, useSession } from '../../api/session.ts';
import { Page } from '../../parts/Page.tsx';
import { NameForm } from './NameForm.tsx';
import { Passkeys } from './Passkeys.tsx';
import { PasswordChange } from './PasswordChange.tsx';
import { SecondFactor } from './SecondFactor.tsx';
import { Sessions } from './Sessions.tsx';

/** What one does with one's own account: nobody else can. */
export function ProfilePage() {
  const { user } = useSession();
  const { data } = useSuspenseQuery(sessionQuery);
  return (
    <Page title="Your sign-in" intro={`How you prove that it is you. You sign in as ${user.email}.`}>
      <Stack gap="xl">
        <NameForm key={user.name} />
        <Divider maw={640} />
        <PasswordChange />
        <Divider maw={640} />
        <SecondFactor />
        {data.options.passkeys && (
          <>
            <Divider maw={640} />
            <Passkeys />
          </>
        )}
        <Divider maw={640} />
        <Sessions />
      </Stack>
    </Page>
  );
}
