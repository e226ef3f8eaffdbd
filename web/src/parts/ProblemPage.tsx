import { useQueryClient, useQueryErrorResetBoundary } from '@tanstack/react-query';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { asProblem } from '../api/problem.ts';
import { sessionQuery } from '../api/session.ts';
import { Page } from './Page.tsx';
import { ProblemAlert } from './ProblemAlert.tsx';
import { Skeletons } from './Skeletons.tsx';

/** Seldom needed: not part of what everybody loads first. */
const SecondFactorNeeded = lazy(() =>
  import('../secondFactor/SecondFactorNeeded.tsx').then((file) => ({ default: file.SecondFactorNeeded })),
);

/** In place of a page that cannot be shown. */
export function ProblemPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const boundary = useQueryErrorResetBoundary();
  const { status, code } = asProblem(error);
  const isGone = status === 404;
  const client = useQueryClient();
  const retry = () => {
    // The session has ended meanwhile: it is asked for anew, and the way leads over the sign-in page back to here.
    if (status === 401) client.removeQueries({ queryKey: sessionQuery.queryKey });
    boundary.reset();
    reset();
    void router.invalidate();
  };
  if (code === 'secondFactorNeeded')
    return (
      <Suspense fallback={<Skeletons />}>
        <SecondFactorNeeded onProven={retry} />
      </Suspense>
    );
  return (
    <Page title={isGone ? 'Not found' : 'This page cannot be shown'}>
      <ProblemAlert error={error} title={titleOf(status)} onRetry={isGone ? undefined : retry} />
    </Page>
  );
}

function titleOf(status: number): string {
  if (status === 404) return 'It is not here any more';
  return status === 401 ? 'You are not signed in any more' : 'Herald could not read it';
}
