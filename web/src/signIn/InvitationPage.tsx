import { Alert, Anchor, Button, Divider, Stack, Text } from '@mantine/core';
import { queryOptions, useMutation, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { z } from 'zod';
import type { shownInvitation } from '../../../src/access/people/schemas.ts';
import { askOutside } from '../api/client.ts';
import { asProblem } from '../api/problem.ts';
import { sessionQuery } from '../api/session.ts';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';
import { roleInSentence } from '../parts/roles.ts';
import { useEntered } from './entered.ts';
import { NewcomerForm } from './NewcomerForm.tsx';
import { Outside } from './Outside.tsx';
import { invitationRoute } from './routes.ts';

type Invitation = z.output<typeof shownInvitation>;

const addressOf = (token: string) => `/api/invitations/${encodeURIComponent(token)}`;

/** An invitation that is not there any more; of a void one, whom to ask. */
interface Ended {
  ended: 'gone' | 'void';
  words: string;
}

/** That an invitation is gone is an answer, not a failure of the page. */
const invitationQuery = (token: string) =>
  queryOptions({
    queryKey: ['invitation', token],
    queryFn: () =>
      askOutside<Invitation>('GET', addressOf(token)).catch((error: unknown): Ended => {
        const { status, code, message } = asProblem(error);
        if (status === 404) return { ended: code === 'invitationVoid' ? 'void' : 'gone', words: message };
        throw error;
      }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Where an invitation leads. */
export function InvitationPage() {
  const { token } = invitationRoute.useParams();
  const { data: invitation } = useSuspenseQuery(invitationQuery(token));
  const { data: session } = useSuspenseQuery(sessionQuery);
  const entered = useEntered();
  const accept = useMutation({
    mutationFn: (newcomer: { name?: string; password?: string }) =>
      askOutside('POST', addressOf(token), newcomer),
    meta: { showsProblem: true },
    onSuccess: entered,
  });
  if ('ended' in invitation) return <Gone {...invitation} />;
  const { email, workspace, role, hasAccount } = invitation;
  const { signedIn, options } = session;
  const isOwn = signedIn?.user.email === email;
  return (
    <Outside title={`You are invited to ${workspace.name}`} intro={`You come in as ${roleInSentence(role)}`}>
      {isOwn ? (
        <>
          {accept.error && <ProblemAlert error={accept.error} title="Not accepted" />}
          <Text>You are signed in as {email}, for whom the invitation is.</Text>
          <Button loading={accept.isPending} onClick={() => accept.mutate({})}>
            Accept the invitation
          </Button>
        </>
      ) : hasAccount ? (
        <SignInFirst email={email} token={token} />
      ) : (
        <NewcomerForm
          email={email}
          error={accept.error}
          isPending={accept.isPending}
          onGiven={accept.mutate}
        />
      )}
      {!isOwn && options.singleSignOn.length > 0 && (
        <>
          <Divider label="or" labelPosition="center" />
          <Stack gap="xs">
            {options.singleSignOn.map(({ id, name }) => (
              <Button
                key={id}
                component="a"
                variant="default"
                href={`/api/sign-on/${id}/begin?${new URLSearchParams({ invitation: token })}`}
              >
                Accept with {name}
              </Button>
            ))}
          </Stack>
        </>
      )}
    </Outside>
  );
}

function SignInFirst({ email, token }: { email: string; token: string }) {
  return (
    <Alert color="indigo" title="You have an account already" role="note">
      <Text>
        Sign in as {email} first; this page comes back then.{' '}
        <Anchor
          renderRoot={(props) => <Link {...props} to="/sign-in" search={{ next: `/invitations/${token}` }} />}
        >
          Sign in
        </Anchor>
      </Text>
    </Alert>
  );
}

function Gone({ ended, words }: Ended) {
  return (
    <Outside title="This invitation does not work any more">
      <Text>
        {ended === 'void'
          ? words
          : 'It was used, taken back, or is older than seven days. Ask whoever invited you for a new one.'}
      </Text>
      <Text>
        If you have accepted it already, <Link to="/sign-in">sign in</Link>.
      </Text>
    </Outside>
  );
}
