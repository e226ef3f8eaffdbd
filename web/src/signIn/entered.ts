import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { sessionQuery } from '../api/session.ts';
import { tellDone } from '../parts/tell.tsx';
import { forgetPerson } from './forgetPerson.ts';

/** After an account was made: in, when the server has signed the new person in; else to where one signs in. */
export function useEntered(): () => Promise<void> {
  const client = useQueryClient();
  const navigate = useNavigate();
  return async () => {
    forgetPerson(client);
    const { signedIn } = await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
    tellDone(
      signedIn ? `Welcome to Herald, ${signedIn.user.name}.` : 'Your account was made. Sign in with it.',
    );
    await (signedIn ? navigate({ to: '/', replace: true }) : navigate({ to: '/sign-in', replace: true }));
  };
}
