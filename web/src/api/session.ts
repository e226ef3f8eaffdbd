/** Who is signed in, and how one can sign in here. */
import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { role, sessionAnswer, signedIn } from '../../../src/access/people/schemas.ts';
import { asProblem, problemOf, unreachable } from './problem.ts';
import { forgetWorkspace, workspaceHeader } from './workspace.ts';

export type Role = z.output<typeof role>;
export type SignedIn = z.output<typeof signedIn>;
type SessionAnswer = z.output<typeof sessionAnswer>;

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }): Promise<SessionAnswer> => {
    const ask = () =>
      fetch('/api/session', { credentials: 'same-origin', headers: workspaceHeader(), signal }).catch(() => {
        throw unreachable();
      });
    let response = await ask();
    if (response.status === 404) {
      // The person does not belong to the chosen workspace any more.
      forgetWorkspace();
      response = await ask();
    }
    if (!response.ok) throw await problemOf(response);
    return (await response.json()) as SessionAnswer;
  },
  staleTime: 60_000,
});

/** The signed-in person; only below the shell, which lets nobody else in. */
export function useSession(): SignedIn {
  const { data } = useSuspenseQuery(sessionQuery);
  if (!data.signedIn) throw asProblem(new Error('Sign in to see this page.'));
  return data.signedIn;
}

const ranks: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

/** Why a control is not for this person; undefined when it is. */
export function whyNot(role: Role, needed: Role): string | undefined {
  if (ranks[role] >= ranks[needed]) return undefined;
  return needed === 'admin'
    ? 'Only administrators can do this.'
    : 'Only operators and administrators can do this.';
}
