import { MutationCache, QueryClient } from '@tanstack/react-query';
import { asProblem, Problem } from '../api/problem.ts';
import { sessionQuery } from '../api/session.ts';
import { tellProblem } from '../parts/tell.tsx';

declare module '@tanstack/react-query' {
  interface Register {
    /** `showsProblem`: the form that sends it shows what went wrong beside its fields. */
    mutationMeta: { showsProblem?: boolean };
  }
}

/** What is read is read again when one comes back to it; what cannot be repaired by asking again is not asked again. */
export function makeQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => failures < 2 && asProblem(error).status >= 500,
      },
    },
    mutationCache: new MutationCache({
      onError: (error, _variables, _result, mutation) => {
        // The session has ended meanwhile: the page asks for it, and what was typed stays.
        if (error instanceof Problem && error.status === 401)
          void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
        if (!mutation.meta?.showsProblem) tellProblem(error);
      },
    }),
  });
  return client;
}
