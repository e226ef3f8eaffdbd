import { useQueryErrorResetBoundary } from '@tanstack/react-query';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { asProblem } from '../api/problem.ts';
import { Page } from './Page.tsx';
import { ProblemAlert } from './ProblemAlert.tsx';

/** In place of a page that cannot be shown. */
export function ProblemPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const boundary = useQueryErrorResetBoundary();
  const isGone = asProblem(error).status === 404;
  const retry = () => {
    boundary.reset();
    reset();
    void router.invalidate();
  };
  return (
    <Page title={isGone ? 'Not found' : 'This page cannot be shown'}>
      <ProblemAlert
        error={error}
        title={isGone ? 'It is not here any more' : 'Herald could not read it'}
        onRetry={isGone ? undefined : retry}
      />
    </Page>
  );
}
