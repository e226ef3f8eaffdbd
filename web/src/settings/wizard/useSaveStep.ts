import { useMutation, useQueryClient } from '@tanstack/react-query';
import { isStale, sendVersioned } from '../../api/client.ts';
import type { Connection, ConnectionWithChecks } from '../../api/types.ts';
import { connectionPath, connectionQuery, connectionsQuery } from '../psa/queries.ts';
import type { FormStep, StepValues } from './step.ts';

interface Order {
  values: StepValues;
  /** Whether the step is as it was when these values were typed. */
  isStillOurs(connection: Connection): boolean;
}

/**
 * Saves a step whole, one save after the other. The revision counts every change of a connection; when another step was
 * changed meanwhile, nobody's work is in the way and it is sent again. `mutateAsync` fails with 412 when this step was.
 */
export function useSaveStep(connectionId: string, step: FormStep) {
  const client = useQueryClient();
  const one = connectionQuery(connectionId);
  return useMutation({
    meta: { showsProblem: true },
    scope: { id: `connection ${connectionId}` },
    mutationFn: async ({ values, isStillOurs }: Order): Promise<ConnectionWithChecks> => {
      const put = (ifMatch: string | null | undefined) =>
        sendVersioned<ConnectionWithChecks>('PUT', `${connectionPath(connectionId)}/steps/${step}`, {
          body: values,
          ifMatch,
        });
      const { value: answer, etag } = await put(client.getQueryData(one.queryKey)?.etag).catch(
        async (error: unknown) => {
          if (!isStale(error)) throw error;
          const now = await client.fetchQuery({ ...one, staleTime: 0 });
          if (!isStillOurs(now.value)) throw error;
          return put(now.etag);
        },
      );
      const { checks: _checks, ...value } = answer;
      client.setQueryData(one.queryKey, { value, etag });
      void client.invalidateQueries({ queryKey: connectionsQuery.queryKey, exact: true });
      return answer;
    },
  });
}
